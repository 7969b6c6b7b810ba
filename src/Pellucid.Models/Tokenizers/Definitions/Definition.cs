using System.Text.Json;
using Pellucid.Models.Checkpoints;

namespace Pellucid.Models.Tokenizers.Definitions;

/// <summary>A JSON object that defines a part of a tokenizer. What is missing takes its default; a value of another kind is refused by name.</summary>
/// <param name="Name">What it defines, for messages: normalizer, model and so on.</param>
/// <param name="Json">The object.</param>
internal readonly record struct Definition(string Name, JsonElement Json)
{
    /// <summary>The object that an element must be.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    internal static Definition Of(string name, JsonElement json) =>
        json.ValueKind == JsonValueKind.Object ? new(name, json) : throw new FormatException($"its {name} is {Shown(json)}; an object was expected");

    /// <summary>What it names as its type; null where it names none.</summary>
    internal string? Kind => Find("type") is { } ? Text("type") : null;

    internal bool Has(string key) => Find(key) is not null;

    /// <summary>The value of a key; null where it is missing or null.</summary>
    internal JsonElement? Find(string key) => Json.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    internal bool Flag(string key, bool missing) => OptionalFlag(key) ?? missing;

    internal bool? OptionalFlag(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => throw Wrong(key, other, "true or false"),
    };

    internal string Text(string key) => OptionalText(key) ?? throw Missing(key);

    internal string? OptionalText(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { } other => throw Wrong(key, other, "a text"),
    };

    /// <summary>A text of one UTF-16 unit.</summary>
    internal char Character(string key, char? missing = null) => OptionalText(key) switch
    {
        null => missing ?? throw Missing(key),
        [char only] when !char.IsSurrogate(only) => only,
        { } other => throw new FormatException($"'{key}' of its {Name} is '{JsonFile.Short(other)}'; one character was expected"),
    };

    internal int Number(string key, int? missing = null) => Find(key) switch
    {
        null => missing ?? throw Missing(key),
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out int value) => value,
        { } other => throw Wrong(key, other, "a whole number"),
    };

    /// <summary>The objects of a list.</summary>
    internal IEnumerable<Definition> List(string key)
    {
        string name = Name;
        return Elements(key).Select(element => Of(name, element));
    }

    /// <summary>The elements of a list, which must be there.</summary>
    internal IEnumerable<JsonElement> Elements(string key) => Find(key) switch
    {
        null => throw Missing(key),
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray(),
        { } other => throw Wrong(key, other, "a list"),
    };

    /// <summary>The names of an object and what they are given.</summary>
    internal IEnumerable<JsonProperty> Members(string key) => Find(key) switch
    {
        null => throw Missing(key),
        { ValueKind: JsonValueKind.Object } members => members.EnumerateObject(),
        { } other => throw Wrong(key, other, "an object"),
    };

    internal FormatException Wrong(string key, JsonElement met, string expected) => new($"'{key}' of its {Name} is {Shown(met)}; {expected} was expected");

    internal FormatException Missing(string key) => new($"its {Name}{(Json.TryGetProperty("type", out JsonElement kind) && kind.ValueKind == JsonValueKind.String ? $" {JsonFile.Short(kind.GetString()!)}" : "")} has no '{key}'");

    /// <summary>The refusal of what cannot be read.</summary>
    internal FormatException Unknown(string readable) =>
        new($"its {Name} is {(Kind is null ? "of no type" : $"of the kind '{JsonFile.Short(Kind)}'")}; {readable} can be read");

    internal static string Shown(JsonElement json) => JsonFile.Short(json.GetRawText());
}
