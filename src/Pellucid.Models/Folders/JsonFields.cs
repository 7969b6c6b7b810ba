using System.Text.Json;
using Pellucid.Models.Checkpoints;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Folders;

/// <summary>The values of a JSON object from outside, each checked: a value that is missing or null takes its default, another kind is refused.</summary>
internal readonly struct JsonFields(string path, JsonElement root, string advice)
{
    internal string Path => path;

    internal IEnumerable<JsonProperty> Properties => root.EnumerateObject();

    internal bool Has(string key) => root.TryGetProperty(key, out _);

    /// <summary>Whether there is a value that is not null.</summary>
    internal bool HasValue(string key) => Find(key) is not null;

    /// <summary>Whether a value is missing or says that there is nothing: null, false, or a number that is not positive.</summary>
    internal bool IsNothing(string key) => Find(key) switch
    {
        null or { ValueKind: JsonValueKind.False } => true,
        { ValueKind: JsonValueKind.Number } number => number.TryGetDouble(out double value) && value <= 0,
        _ => false,
    };

    /// <summary>A value as it may stand in a message.</summary>
    internal string Shown(string key) => root.TryGetProperty(key, out JsonElement value) ? Shown(value) : "missing";

    /// <summary>An object in it; null where it is missing or null.</summary>
    internal JsonFields? Object(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value => new JsonFields(path, value, advice),
        { } other => throw Bad($"'{key}' is {Shown(other)}; an object was expected"),
    };

    /// <summary>The values of a list, or the one value that stands for a list of one; null where it is missing or null.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="most">The most values that are read.</param>
    internal JsonElement[]? Values(string key, int most) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Array } list => list.GetArrayLength() <= most ? [.. list.EnumerateArray()] : throw Bad($"'{key}' has {list.GetArrayLength()} values; at most {most} are read"),
        { } one => [one],
    };

    /// <summary>Token ids: a list, or one; null where it is missing or null.</summary>
    internal int[]? Ids(string key)
    {
        JsonFields fields = this;
        const int Most = 1024;
        return Values(key, Most) is not { } values ? null : Array.ConvertAll(
            values, value => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int id) ? id : throw fields.Bad($"'{key}' has {Shown(value)}; token ids were expected"));
    }

    /// <summary>A whole number of 1 or more.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="most">The largest that is taken.</param>
    /// <param name="missing">What it is where it is missing, null, or −1, which stands for that; it must be there when null.</param>
    internal int Size(string key, int most, int? missing = null)
    {
        JsonElement? met = Find(key);
        if (met is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out int size) && (size >= 1 || (size == -1 && missing is not null)))
        {
            met = size == -1 ? null : met;
            if (met is not null)
            {
                return size <= most ? size : throw Bad($"'{key}' is {size}; at most {most} can be read");
            }
        }

        return met is null && missing is { } otherwise
            ? otherwise
            : throw Bad(met is null ? $"'{key}' is missing" : $"'{key}' is {Shown(met.Value)}; a whole number, 1 to {most}, was expected");
    }

    internal double Number(string key, double missing) => Find(key) switch
    {
        null => missing,
        { ValueKind: JsonValueKind.Number } number when number.TryGetDouble(out double value) && double.IsFinite(value) => value,
        { } other => throw Bad($"'{key}' is {Shown(other)}; a finite number was expected"),
    };

    internal float Single(string key, float missing) => Find(key) switch
    {
        null => missing,
        { ValueKind: JsonValueKind.Number } number when number.TryGetSingle(out float value) && float.IsFinite(value) => value,
        { } other => throw Bad($"'{key}' is {Shown(other)}; a finite number was expected"),
    };

    internal bool Flag(string key, bool missing) => Find(key) switch
    {
        null => missing,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => throw Bad($"'{key}' is {Shown(other)}; true or false was expected"),
    };

    internal string Text(string key, string missing) => Find(key) switch
    {
        null => missing,
        { ValueKind: JsonValueKind.String } text when JsonFile.TextOf(text) is { Length: > 0 } value && JsonFile.Short(value) == value => value,
        { } other => throw Bad($"'{key}' is {Shown(other)}; a text of one short line was expected"),
    };

    /// <summary>One of several texts; the default where the key is missing. A null that is there is a choice of its own if it is among them.</summary>
    internal T Choice<T>(string key, string? missing, params ReadOnlySpan<(string? Name, T Value)> choices)
    {
        JsonElement? met = root.TryGetProperty(key, out JsonElement there) ? there : null;
        string? name = met switch
        {
            null => missing,
            { ValueKind: JsonValueKind.String } text => JsonFile.TextOf(text) ?? throw Bad($"'{key}' is {Shown(text)}, which is no text"),
            { ValueKind: JsonValueKind.Null } => null,
            { } other => throw Bad($"'{key}' is {Shown(other)}; a text was expected"),
        };
        foreach ((string? choice, T value) in choices)
        {
            if (choice == name)
            {
                return value;
            }
        }

        string known = string.Join(", ", choices.ToArray().Select(choice => choice.Name ?? "null"));
        throw Bad(met is null ? $"'{key}' is missing; one of {known} was expected" : $"'{key}' is {Shown(met.Value)}; one of {known} can be read");
    }

    internal BadFileException Bad(string problem) => new(path, problem, advice);

    private static string Shown(JsonElement value) => JsonFile.Short(value.GetRawText());

    private JsonElement? Find(string key) => root.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
