using System.Buffers.Binary;
using System.Text.Json;

namespace Pellucid.Tensors.Files;

public sealed partial class SafetensorsFile
{
    /// <summary>Writes arrays in the order given; the same arrays give the same bytes.</summary>
    /// <param name="path">Where the file goes; written whole or not at all.</param>
    /// <param name="tensors">Name and contiguous array.</param>
    /// <param name="metadata">Texts for <c>__metadata__</c>, if any.</param>
    /// <exception cref="BadFileException">The file cannot be written.</exception>
    public static void Write(
        string path, IReadOnlyCollection<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        byte[] header = Header(tensors, metadata);
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach ((_, Tensor tensor) in tensors)
            {
                WriteValues(stream, tensor);
            }
        });
    }

    private static byte[] Header(IReadOnlyCollection<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject("__metadata__");
                foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            long offset = 0;
            foreach ((string name, Tensor tensor) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", tensor.DType.Name());
                json.WriteStartArray("shape");
                foreach (int size in tensor.Shape.Sizes)
                {
                    json.WriteNumberValue(size);
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.Count * tensor.DType.Size());
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        int padding = (int)((8 - (buffer.Length % 8)) % 8); // the format wants the data aligned; readers skip the spaces
        return [.. buffer.ToArray(), .. Enumerable.Repeat((byte)' ', padding)];
    }

    private static unsafe void WriteValues(Stream stream, Tensor tensor)
    {
        using Tensor whole = tensor.IsContiguous ? tensor.Share() : tensor.Copy();
        long bytes = whole.Count * whole.DType.Size();
        for (long at = 0; at < bytes; at += 1 << 20)
        {
            stream.Write(new ReadOnlySpan<byte>((byte*)whole.RawPointer + at, (int)Math.Min(bytes - at, 1 << 20)));
        }
    }
}
