using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pellucid.GroundTruth.Circuits;

/// <summary>The form of <c>truth.json</c>.</summary>
internal sealed record TruthDocument
{
    public required string Format { get; init; }

    /// <summary>What the truth is about: <c>program</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The hash of the model that it is about.</summary>
    public required string ModelHash { get; init; }

    public required string Program { get; init; }

    public required ProgramVariant Variant { get; init; }

    public string? Text { get; init; }

    public required List<Value> Vocabulary { get; init; }

    public required int Length { get; init; }

    public required bool Causal { get; init; }

    public required string Bos { get; init; }

    public required string Pad { get; init; }

    public required List<string> Blocks { get; init; }

    public required List<string> Basis { get; init; }

    public required List<VariableDocument> Variables { get; init; }

    public required Circuit Circuit { get; init; }
}

/// <summary>One variable: where it is in the network, and how the program computes it.</summary>
internal sealed record VariableDocument
{
    public required string Name { get; init; }

    public required ValueEncoding Encoding { get; init; }

    public required List<Value> Values { get; init; }

    public required string WrittenBy { get; init; }

    /// <summary>Of a selector's width, the head that counts.</summary>
    public string? CountedBy { get; init; }

    public required List<string> ReadBy { get; init; }

    public required string Hook { get; init; }

    public required OperationDocument Operation { get; init; }
}

/// <summary>A function over finite sets of values, as a table.</summary>
internal sealed record OperationDocument
{
    public required string Kind { get; init; }

    /// <summary>Numbers of the variables it is made of: of a selector keys, then queries, and of an aggregate then what it moves.</summary>
    public required List<int> Operands { get; init; }

    /// <summary>
    /// Values of the operands: of a map its inputs, of a sequence map those of both, of a selector those of keys and queries.
    /// </summary>
    public List<List<Value>>? Inputs { get; init; }

    /// <summary>Values of the function, the last operand's changing fastest; of an aggregate the one value for nothing selected.</summary>
    public List<Value>? Outputs { get; init; }

    /// <summary>What a selector selects: for each key a text of 0 and 1, one for each query.</summary>
    public List<string>? Selected { get; init; }

    /// <summary>The factors of a linear sequence map.</summary>
    public List<double>? Factors { get; init; }
}

/// <summary>Undefined as null, booleans, numbers and texts as such, tuples as arrays.</summary>
internal sealed class ValueJson : JsonConverter<Value>
{
    private const int Deepest = 16;

    public override bool HandleNull => true;

    public override Value Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Read(ref reader, 0);

    public override void Write(Utf8JsonWriter writer, Value value, JsonSerializerOptions options)
    {
        switch (value.Kind)
        {
            case ValueKind.Boolean:
                writer.WriteBooleanValue(value.IsTrue);
                break;
            case ValueKind.Number:
                writer.WriteNumberValue(value.Number);
                break;
            case ValueKind.Text:
                writer.WriteStringValue(value.Text);
                break;
            case ValueKind.Tuple:
                writer.WriteStartArray();
                foreach (Value item in value.Items)
                {
                    Write(writer, item, options);
                }

                writer.WriteEndArray();
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }

    private static Value Read(ref Utf8JsonReader reader, int depth)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return Value.Undefined;
            case JsonTokenType.True or JsonTokenType.False:
                return Value.Of(reader.GetBoolean());
            case JsonTokenType.Number when reader.TryGetDouble(out double number) && double.IsFinite(number):
                return Value.Of(number);
            case JsonTokenType.String:
                return Value.Of(reader.GetString()!);
            case JsonTokenType.StartArray when depth < Deepest:
                List<Value> items = [];
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(Read(ref reader, depth + 1));
                }

                return Value.Tuple(items);
            default:
                throw new JsonException("a value is null, a boolean, a number, a text or a list of values");
        }
    }
}

/// <summary>The values of an enumeration by their names in lower case.</summary>
internal sealed class NameJson<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    IndentSize = 1,
    NewLine = "\n",
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    Converters = [typeof(ValueJson), typeof(NameJson<ProgramVariant>), typeof(NameJson<ValueEncoding>)])]
[JsonSerializable(typeof(TruthDocument))]
internal sealed partial class TruthJson : JsonSerializerContext;
