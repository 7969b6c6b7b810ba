namespace Pellucid.Models.Tests.Registry.Hub;

/// <summary>One request as it came.</summary>
internal sealed record HubRequest(bool AtStore, string Method, string Path, IReadOnlyDictionary<string, string> Headers)
{
    internal string? Token => Headers.GetValueOrDefault("authorization");

    internal string? Range => Headers.GetValueOrDefault("range");
}

/// <summary>One answer, with what may be wrong about it.</summary>
internal sealed record HubReply(int Status, byte[] Body, params (string Name, string Value)[] Headers)
{
    /// <summary>What Content-Length says; the body's length when null, no such header when negative.</summary>
    internal long? Announced { get; init; }

    /// <summary>Bytes of the body after which the connection is cut.</summary>
    internal int? CutAfter { get; init; }

    /// <summary>Waited for after each piece of the body.</summary>
    internal Func<Task>? AfterPiece { get; init; }

    internal HubReply With(params (string Name, string Value)[] headers) => this with { Headers = [.. Headers, .. headers] };
}
