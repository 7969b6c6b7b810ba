using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pellucid.Cli.Frame;

/// <summary>Writes numbers that JSON cannot hold (NaN and the infinities) as null.</summary>
internal sealed class NullForUndefined : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumberValue(value);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}
