// GGUF, versions 2 and 3, little-endian (the format is described in github.com/ggml-org/ggml, docs/gguf.md):
//   "GGUF", u32 version, u64 arrays, u64 metadata entries
//   entries: text key, u32 type, value;  text: u64 bytes, UTF-8;  array: u32 type of the elements, u64 count, elements
//   arrays: text name, u32 rank, u64 sizes (innermost first), u32 type, u64 offset into the data
//   data, from the next multiple of general.alignment (32 unless given), as is each offset
// Each count is held against the bytes that follow before anything is allocated; arrays of arrays, which no known key has, are refused.
using System.Text;
using Pellucid.Tensors;

namespace Pellucid.Models.Checkpoints.Gguf;

/// <summary>What stands before the data of a GGUF file.</summary>
/// <param name="Version">2 or 3.</param>
/// <param name="Values">The metadata.</param>
/// <param name="Tensors">The arrays, in the order of their data.</param>
internal sealed record GgufHeader(uint Version, Dictionary<string, GgufValue> Values, List<GgufTensor> Tensors)
{
    private const uint Magic = 0x46554747; // "GGUF" as a little-endian number
    private const int LongestName = 1 << 10, MostKeys = 1 << 12, MostTensors = 1 << 16, MostAxes = 4;
    private const int LeastKeyBytes = 8 + 4 + 1, LeastTensorBytes = 8 + 4 + 4 + 8, LongestAlignment = 1 << 16;
    private const string AlignmentKey = "general.alignment";

    internal static GgufHeader Read(GgufCursor file)
    {
        if (file.Remaining < 4 || file.UInt32() != Magic)
        {
            throw file.Bad("it does not begin with \"GGUF\", as a GGUF file does");
        }

        uint version = file.UInt32();
        if (version is not (2 or 3))
        {
            throw file.Bad(version << 16 != 0 || version == 0
                ? $"its version is {version}; 2 and 3 can be read"
                : "it is big-endian; only little-endian files can be read");
        }

        long tensors = file.Count("arrays", LeastTensorBytes), keys = file.Count("metadata entries", LeastKeyBytes);
        if (tensors > MostTensors || keys > MostKeys)
        {
            throw file.Bad($"it claims {tensors} arrays and {keys} metadata entries; at most {MostTensors} and {MostKeys} were expected");
        }

        Dictionary<string, GgufValue> values = new(StringComparer.Ordinal);
        for (long i = 0; i < keys; i++)
        {
            string key = file.Text("a metadata key", LongestName);
            if (!values.TryAdd(key, Value(file, key)))
            {
                throw file.Bad($"metadata key '{JsonFile.Short(key)}' stands there twice");
            }
        }

        long alignment = Alignment(file, values);
        List<GgufTensor> infos = [];
        for (long i = 0; i < tensors; i++)
        {
            infos.Add(Tensor(file, alignment));
        }

        long data = (file.Position + alignment - 1) / alignment * alignment;
        return new GgufHeader(version, values, Placed(file, infos, data, file.Position + file.Remaining));
    }

    /// <summary>Writes a header of these entries and no arrays.</summary>
    /// <param name="writer">Where it goes.</param>
    /// <param name="entries">The entries.</param>
    /// <param name="content">The bytes of a text, or of an array's elements.</param>
    internal static void Write(BinaryWriter writer, IReadOnlyCollection<KeyValuePair<string, GgufValue>> entries, Func<GgufValue, byte[]> content)
    {
        writer.Write(Magic);
        writer.Write(3);
        writer.Write(0L);
        writer.Write((long)entries.Count);
        foreach ((string key, GgufValue value) in entries)
        {
            byte[] name = Encoding.UTF8.GetBytes(key);
            writer.Write((long)name.Length);
            writer.Write(name);
            writer.Write((uint)(value.IsArray ? GgufValueType.Array : value.Type));
            if (value.IsArray || value.Type == GgufValueType.String)
            {
                writer.Write(value.IsArray ? BitConverter.GetBytes((uint)value.Type) : []);
                writer.Write(value.Count);
                writer.Write(content(value));
                continue;
            }

            long bits = value.Type == GgufValueType.Float32 ? BitConverter.SingleToInt32Bits((float)BitConverter.Int64BitsToDouble(value.Bits)) : value.Bits;
            writer.Write(BitConverter.GetBytes(bits).AsSpan(0, GgufValue.SizeOf(value.Type)));
        }
    }

    private static GgufValue Value(GgufCursor file, string key)
    {
        GgufValueType type = Type(file, key);
        if (type == GgufValueType.Array)
        {
            GgufValueType element = Type(file, key);
            if (element == GgufValueType.Array)
            {
                throw file.Bad($"metadata '{JsonFile.Short(key)}' is an array of arrays, which no GGUF file needs");
            }

            long count = file.Count($"elements of '{JsonFile.Short(key)}'", GgufValue.SizeOf(element)), start = file.Position;
            if (element != GgufValueType.String)
            {
                file.Skip(count * GgufValue.SizeOf(element));
            }

            for (long i = 0; element == GgufValueType.String && i < count; i++)
            {
                file.Skip(file.Count("bytes of a text in an array", 1));
            }

            return new GgufValue(element, true, 0, start, count, file.Position - start);
        }

        if (type == GgufValueType.String)
        {
            long length = file.Count($"bytes of '{JsonFile.Short(key)}'", 1), start = file.Position;
            file.Skip(length);
            return new GgufValue(type, false, 0, start, length, length);
        }

        return new GgufValue(type, false, Number(file, type), 0, 0, 0);
    }

    /// <summary>The bits of one number.</summary>
    internal static long Number(GgufCursor file, GgufValueType type) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.Bool => file.Byte(),
        GgufValueType.Int8 => (sbyte)file.Byte(),
        GgufValueType.UInt16 => file.UInt16(),
        GgufValueType.Int16 => (short)file.UInt16(),
        GgufValueType.UInt32 => file.UInt32(),
        GgufValueType.Int32 => (int)file.UInt32(),
        GgufValueType.Float32 => BitConverter.DoubleToInt64Bits(BitConverter.UInt32BitsToSingle(file.UInt32())),
        _ => (long)file.UInt64(),
    };

    private static GgufValueType Type(GgufCursor file, string key)
    {
        GgufValueType type = (GgufValueType)file.UInt32();
        return Enum.IsDefined(type) ? type : throw file.Bad($"metadata '{JsonFile.Short(key)}' has type {(uint)type}, which the format does not know");
    }

    private static long Alignment(GgufCursor file, Dictionary<string, GgufValue> values)
    {
        const int Usual = 32;
        if (!values.TryGetValue(AlignmentKey, out GgufValue value))
        {
            return Usual;
        }

        return value is { IsArray: false, Type: GgufValueType.UInt32, Bits: >= 8 and <= LongestAlignment } && long.IsPow2(value.Bits)
            ? value.Bits
            : throw file.Bad($"its {AlignmentKey} is {value.Bits}; a power of two from 8 to {LongestAlignment} was expected");
    }

    /// <summary>One array; <see cref="GgufTensor.Start"/> is still its offset into the data.</summary>
    private static GgufTensor Tensor(GgufCursor file, long alignment)
    {
        string name = file.Text("an array's name", LongestName), shown = JsonFile.Short(name);
        uint rank = file.UInt32();
        if (rank > MostAxes)
        {
            throw file.Bad($"array '{shown}' has {rank} axes; at most {MostAxes} were expected");
        }

        Span<int> sizes = stackalloc int[(int)rank];
        long values = 1;
        for (int axis = (int)rank - 1; axis >= 0; axis--)
        {
            ulong size = file.UInt64();
            if (size is 0 or > int.MaxValue || values > (1L << 40) / (long)size)
            {
                throw file.Bad($"array '{shown}' has an axis of {size}; 1 to {int.MaxValue} were expected, and at most 2^40 values in all");
            }

            (sizes[axis], values) = ((int)size, values * (long)size);
        }

        GgufType type = (GgufType)file.UInt32();
        BlockFormat? format = BlockFormat.Of(type);
        if (format is not null && (rank == 0 ? 1 : sizes[^1]) % format.Values != 0)
        {
            throw file.Bad($"array '{shown}' has rows of {(rank == 0 ? 1 : sizes[^1])} values, which are no whole number of {BlockFormat.NameOf(type)} blocks of {format.Values}");
        }

        ulong offset = file.UInt64();
        return offset <= long.MaxValue && offset % (ulong)alignment == 0
            ? new GgufTensor(name, type, new Shape(sizes), (long)offset, format)
            : throw file.Bad($"the data of array '{shown}' begin at {offset}, which is no multiple of the alignment {alignment}");
    }

    /// <summary>The arrays in the order of their data, which lie within the file and share no byte.</summary>
    private static List<GgufTensor> Placed(GgufCursor file, List<GgufTensor> infos, long data, long length)
    {
        HashSet<string> names = new(infos.Count, StringComparer.Ordinal);
        infos.Sort((one, other) => one.Start.CompareTo(other.Start));
        long end = data;
        for (int i = 0; i < infos.Count; i++)
        {
            GgufTensor tensor = infos[i];
            string name = JsonFile.Short(tensor.Name);
            if (!names.Add(tensor.Name))
            {
                throw file.Bad($"array '{name}' stands there twice");
            }

            if (tensor.Start > length - data || tensor.Bytes > length - data - tensor.Start)
            {
                throw file.Bad($"array '{name}' needs {tensor.Bytes} bytes from {data + (Int128)tensor.Start} on; the file has {length}");
            }

            long start = data + tensor.Start;
            if (start < end)
            {
                throw file.Bad($"the data of array '{name}' begin at {start}, within those of the array before, which end at {end}");
            }

            infos[i] = tensor with { Start = start };
            end = start + tensor.Bytes;
        }

        return infos;
    }
}
