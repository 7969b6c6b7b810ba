using System.Text;
using Pellucid.Models.Checkpoints.Gguf;

namespace Pellucid.Models.Tests.Checkpoints.Gguf;

/// <summary>Writes small GGUF files for tests, from the description of the format.</summary>
internal sealed class GgufBytes
{
    private readonly List<Action<BinaryWriter>> _values = [];
    private readonly List<(string Name, int[] Sizes, GgufType Type, byte[] Data)> _arrays = [];

    internal uint Version { get; init; } = 3;

    internal int Alignment { get; init; } = 32;

    internal GgufBytes With(string key, int value) => Add(key, GgufValueType.UInt32, writer => writer.Write(value));

    internal GgufBytes With(string key, float value) => Add(key, GgufValueType.Float32, writer => writer.Write(value));

    internal GgufBytes With(string key, bool value) => Add(key, GgufValueType.Bool, writer => writer.Write(value));

    internal GgufBytes With(string key, string value) => Add(key, GgufValueType.String, writer => Text(writer, value));

    internal GgufBytes With(string key, params string[] values) => Many(key, GgufValueType.String, values, Text);

    internal GgufBytes With(string key, params float[] values) => Many(key, GgufValueType.Float32, values, (writer, value) => writer.Write(value));

    internal GgufBytes With(string key, params int[] values) => Many(key, GgufValueType.Int32, values, (writer, value) => writer.Write(value));

    internal GgufBytes With(string key, params bool[] values) => Many(key, GgufValueType.Bool, values, (writer, value) => writer.Write(value));

    /// <summary>Adds an entry of any type.</summary>
    internal GgufBytes Add(string key, GgufValueType type, Action<BinaryWriter> value)
    {
        _values.Add(writer =>
        {
            Text(writer, key);
            writer.Write((uint)type);
            value(writer);
        });
        return this;
    }

    /// <summary>Adds an array; sizes outermost first, as everywhere but in the file.</summary>
    internal GgufBytes Array(string name, int[] sizes, GgufType type, byte[] data)
    {
        _arrays.Add((name, sizes, type, data));
        return this;
    }

    /// <summary>Adds an array of single-precision numbers.</summary>
    internal GgufBytes Array(string name, int[] sizes, ReadOnlySpan<float> values) =>
        Array(name, sizes, GgufType.F32, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values).ToArray());

    internal byte[] Made()
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write("GGUF"u8);
        writer.Write(Version);
        writer.Write((long)_arrays.Count);
        writer.Write(_values.Count + (Alignment == 32 ? 0L : 1L));
        if (Alignment != 32)
        {
            Text(writer, "general.alignment");
            writer.Write((uint)GgufValueType.UInt32);
            writer.Write(Alignment);
        }

        _values.ForEach(value => value(writer));
        long offset = 0;
        foreach ((string name, int[] sizes, GgufType type, byte[] data) in _arrays)
        {
            Text(writer, name);
            writer.Write(sizes.Length);
            foreach (int size in sizes.Reverse())
            {
                writer.Write((long)size);
            }

            writer.Write((uint)type);
            writer.Write(offset);
            offset += (data.Length + Alignment - 1) / Alignment * Alignment;
        }

        foreach ((_, _, _, byte[] data) in _arrays)
        {
            writer.Write(new byte[((Alignment - (stream.Position % Alignment)) % Alignment)]);
            writer.Write(data);
        }

        return stream.ToArray();
    }

    private GgufBytes Many<T>(string key, GgufValueType type, T[] values, Action<BinaryWriter, T> write) => Add(key, GgufValueType.Array, writer =>
    {
        writer.Write((uint)type);
        writer.Write((long)values.Length);
        foreach (T value in values)
        {
            write(writer, value);
        }
    });

    private static void Text(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((long)bytes.Length);
        writer.Write(bytes);
    }
}
