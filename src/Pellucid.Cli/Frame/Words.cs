using System.Globalization;
using System.Text.Json.Nodes;
using Pellucid.GroundTruth;
using Pellucid.Tensors;

namespace Pellucid.Cli.Frame;

/// <summary>Values of RASP programs as a user types them and as JSON has them.</summary>
internal static class Words
{
    /// <summary>A token of a vocabulary: a number where it reads as one, otherwise text.</summary>
    internal static Value Read(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? Value.Of(number) : Value.Of(text);

    /// <summary>An input: tokens of a vocabulary, with commas or spaces between.</summary>
    /// <exception cref="PellucidException">There is none, or one is not in the vocabulary.</exception>
    internal static IReadOnlyList<Value> Split(IEnumerable<string> texts, IReadOnlyList<Value> vocabulary)
    {
        string[] tokens = [.. texts.SelectMany(text => text.Split([',', ' ', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries))];
        if (tokens.Length == 0)
        {
            throw new PellucidException($"There are no tokens. Give some of {string.Join(", ", vocabulary)}.");
        }

        return [.. tokens.Select(token => Find(token, vocabulary))];
    }

    /// <summary>A value as JSON; a measured number is a float32, and is written as one.</summary>
    internal static JsonNode? Json(Value value, bool measured) => value.Kind switch
    {
        ValueKind.Undefined => null,
        ValueKind.Boolean => JsonValue.Create(value.IsTrue),
        ValueKind.Number when measured => JsonValue.Create((float)value.Number),
        ValueKind.Number => JsonValue.Create(value.Number),
        ValueKind.Tuple => new JsonArray([.. value.Items.Select(item => Json(item, measured))]),
        _ => JsonValue.Create(value.ToString()),
    };

    private static Value Find(string token, IReadOnlyList<Value> vocabulary)
    {
        Value read = Read(token);
        foreach (Value known in vocabulary)
        {
            if (known == read || known.ToString() == token)
            {
                return known;
            }
        }

        string advice = token.Length > 1 && token.All(letter => vocabulary.Any(known => known.ToString() == letter.ToString()))
            ? $"Put commas between: {string.Join(',', token.AsEnumerable())}."
            : $"It has {string.Join(", ", vocabulary)}.";
        throw new PellucidException($"The token '{token}' is not in the program's vocabulary. {advice}");
    }
}
