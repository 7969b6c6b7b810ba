using System.Buffers.Binary;
using System.Text.Json;

namespace Pellucid.Tensors.Files;

public sealed partial class SafetensorsFile
{
    private static SafetensorsFile ReadHeader(string path, FileStream stream)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (stream.ReadAtLeast(prefix, 8, throwOnEndOfStream: false) < 8)
        {
            throw Bad(path, $"it has {stream.Length} bytes, fewer than the 8 of the header length");
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > LongestHeader || (long)length > stream.Length - 8)
        {
            throw Bad(path, $"its header claims {length} bytes; the file has {stream.Length - 8} after the length");
        }

        byte[] header = new byte[length];
        stream.ReadExactly(header);
        using JsonDocument document = JsonDocument.Parse(header);
        Dictionary<string, SafetensorsEntry> entries = new(StringComparer.Ordinal);
        Dictionary<string, string> unreadable = new(StringComparer.Ordinal);
        List<(string Name, long Start, long Length)> places = [];
        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        long dataStart = 8 + (long)length;
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            if (property.NameEquals("__metadata__"))
            {
                foreach (JsonProperty text in property.Value.EnumerateObject())
                {
                    metadata[text.Name] = text.Value.GetString() ?? "";
                }
            }
            else
            {
                (string type, Shape shape, long start, long bytes) = Place(path, property, stream.Length - dataStart);
                if (!(Enum.TryParse(type, out DType known)
                    ? entries.TryAdd(property.Name, new SafetensorsEntry(property.Name, known, shape, dataStart + start, bytes))
                    : unreadable.TryAdd(property.Name, type)))
                {
                    throw Bad(path, $"array '{property.Name}' stands in the header twice");
                }

                places.Add((property.Name, start, bytes));
            }
        }

        CheckOverlaps(path, places);
        return new SafetensorsFile(path, stream, entries, unreadable, metadata);
    }

    /// <summary>One entry of the header, checked against the size of the data.</summary>
    private static (string Type, Shape Shape, long Start, long Bytes) Place(string path, JsonProperty property, long dataLength)
    {
        string name = property.Name;
        string type = (property.Value.TryGetProperty("dtype", out JsonElement dtype) ? dtype.GetString() : null) ?? "";
        int bits = BitsOf(type);
        if (bits == 0)
        {
            throw Bad(path, $"array '{name}' has storage type '{type}', which the format does not know");
        }

        if (!property.Value.TryGetProperty("shape", out JsonElement sizes) || !property.Value.TryGetProperty("data_offsets", out JsonElement offsets)
            || offsets.GetArrayLength() != 2)
        {
            throw Bad(path, $"array '{name}' has no shape or no two data_offsets");
        }

        Shape shape;
        try
        {
            shape = new Shape([.. sizes.EnumerateArray().Select(size => size.GetInt32())]);
        }
        catch (ShapeException error)
        {
            throw Bad(path, $"array '{name}' has an impossible shape", error);
        }

        long start = offsets[0].GetInt64(), end = offsets[1].GetInt64();
        if (start < 0 || end < start || end > dataLength || end - start != shape.Count * bits / 8 || shape.Count * bits % 8 != 0)
        {
            throw Bad(path, $"array '{name}' {type} {shape} claims bytes {start}..{end} of {dataLength}");
        }

        return (type, shape, start, end - start);
    }

    /// <summary>Bits of one value of each storage type of the format; 0 for what is none.</summary>
    private static int BitsOf(string type) => type switch
    {
        "F64" or "I64" or "U64" or "C64" => 64,
        "F32" or "I32" or "U32" => 32,
        "F16" or "BF16" or "I16" or "U16" => 16,
        "I8" or "U8" or "BOOL" or "F8_E4M3" or "F8_E5M2" or "F8_E8M0" => 8,
        "F6_E2M3" or "F6_E3M2" => 6,
        "F4" => 4,
        _ => 0,
    };

    private static void CheckOverlaps(string path, List<(string Name, long Start, long Length)> places)
    {
        long end = 0;
        foreach ((string name, long start, long length) in places.Where(place => place.Length > 0).OrderBy(place => place.Start))
        {
            if (start < end)
            {
                throw Bad(path, $"array '{name}' lies over another");
            }

            end = start + length;
        }
    }
}
