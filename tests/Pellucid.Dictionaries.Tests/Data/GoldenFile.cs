using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Pellucid.Dictionaries.Tests.Data;

/// <summary>A safetensors file with types that the library does not read (I64, BOOL), everything as float.</summary>
internal sealed class GoldenFile
{
    private readonly byte[] _bytes;
    private readonly JsonElement _header;
    private readonly int _data;

    internal GoldenFile(params string[] path)
    {
        _bytes = File.ReadAllBytes(PathOf(path));
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(_bytes);
        _header = JsonDocument.Parse(_bytes.AsMemory(8, length)).RootElement;
        _data = 8 + length;
    }

    internal float[] this[string name]
    {
        get
        {
            JsonElement entry = _header.GetProperty(name);
            JsonElement offsets = entry.GetProperty("data_offsets");
            ReadOnlySpan<byte> bytes = _bytes.AsSpan((_data + offsets[0].GetInt32())..(_data + offsets[1].GetInt32()));
            return entry.GetProperty("dtype").GetString() switch
            {
                "F32" => MemoryMarshal.Cast<byte, float>(bytes).ToArray(),
                "I64" => Array.ConvertAll(MemoryMarshal.Cast<byte, long>(bytes).ToArray(), value => (float)value),
                _ => Array.ConvertAll(bytes.ToArray(), value => (float)value),
            };
        }
    }

    internal static string PathOf(params string[] path) => Path.Combine([AppContext.BaseDirectory, "goldens", .. path]);

    internal Tensor Tensor(string name, params int[] shape) => Pellucid.Tensors.Tensor.From(this[name], new Shape(shape));

    /// <summary>A matrix stored the other way round.</summary>
    internal Tensor Turned(string name, int rows, int columns)
    {
        using Tensor stored = Tensor(name, columns, rows), turned = stored.Transpose(1, 0);
        return turned.Copy();
    }
}
