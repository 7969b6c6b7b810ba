using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pellucid.Reports;

/// <summary>Writes numbers that JSON cannot hold (NaN and the infinities) as null.</summary>
public sealed class NullForUndefined : JsonConverter<double>
{
    /// <inheritdoc/>
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

    /// <inheritdoc/>
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
