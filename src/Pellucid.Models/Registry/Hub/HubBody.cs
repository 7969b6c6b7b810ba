namespace Pellucid.Models.Registry.Hub;

/// <summary>The body of an answer, read under a limit on silence. A connection that breaks is trouble, so that it is told from a disk that does.</summary>
internal sealed class HubBody(HttpResponseMessage answer, Stream content, TimeSpan silence) : IDisposable
{
    internal HttpResponseMessage Answer => answer;

    /// <summary>Reads some bytes; 0 at the end.</summary>
    /// <exception cref="HubTroubleException">The connection broke, or nothing came for too long.</exception>
    internal async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(silence);
        try
        {
            return await content.ReadAsync(buffer, patience.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or HttpRequestException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new HubTroubleException(
                error is OperationCanceledException ? $"The hub sent nothing for {silence.TotalSeconds:0} seconds" : "The connection to the hub was cut", null, error);
        }
    }

    public void Dispose()
    {
        content.Dispose();
        answer.Dispose();
    }
}
