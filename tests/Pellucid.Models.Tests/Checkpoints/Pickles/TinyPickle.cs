using System.Buffers.Binary;
using System.Text;
using Pellucid.Models.Pickles;

namespace Pellucid.Models.Tests.Checkpoints.Pickles;

/// <summary>Writes pickles instruction by instruction, and the two layouts of torch.save around them, true or lying.</summary>
internal sealed class TinyPickle
{
    private readonly List<byte> _bytes = [0x80, 2];

    /// <summary>What is written, with its end.</summary>
    internal byte[] Bytes => [.. _bytes, PickleCode.Stop];

    internal TinyPickle Code(params ReadOnlySpan<byte> codes)
    {
        _bytes.AddRange(codes);
        return this;
    }

    internal TinyPickle Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text), length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        return Code(PickleCode.Text).Code(length).Code(bytes);
    }

    internal TinyPickle Number(long value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return Code(PickleCode.Long1, 8).Code(bytes);
    }

    internal TinyPickle Class(string module, string name) => Code(PickleCode.Global).Code(Encoding.UTF8.GetBytes($"{module}\n{name}\n"));

    internal TinyPickle Tuple(params ReadOnlySpan<long> values)
    {
        Code(PickleCode.Mark);
        foreach (long value in values)
        {
            Number(value);
        }

        return Code(PickleCode.Tuple);
    }

    /// <summary>A tensor as torch.save describes it.</summary>
    internal TinyPickle Tensor(string storage, string key, long count, long offset, long[] sizes, long[] strides) =>
        Class("torch._utils", "_rebuild_tensor_v2").Code(PickleCode.Mark, PickleCode.Mark).Text("storage").Class("torch", storage).Text(key).Text("cpu").Number(count)
            .Code(PickleCode.Tuple, PickleCode.PersistentId).Number(offset).Tuple(sizes).Tuple(strides).Code(PickleCode.False)
            .Class("collections", "OrderedDict").Code(PickleCode.EmptyTuple, PickleCode.Reduce, PickleCode.Tuple, PickleCode.Reduce);

    /// <summary>A dictionary of one tensor {"w": [2, 2]} of four singles.</summary>
    internal static byte[] OneTensor(long count = 4, long offset = 0, long[]? sizes = null, long[]? strides = null, string storage = "FloatStorage", string key = "0") =>
        Dictionary(pickle => pickle.Text("w").Tensor(storage, key, count, offset, sizes ?? [2, 2], strides ?? [2, 1]));

    internal static byte[] Dictionary(Action<TinyPickle> fill)
    {
        TinyPickle pickle = new TinyPickle().Code(PickleCode.EmptyDictionary, PickleCode.Mark);
        fill(pickle);
        return pickle.Code(PickleCode.SetItems).Bytes;
    }

    /// <summary>The zip layout.</summary>
    internal static byte[] Zip(byte[] pickle, params ReadOnlySpan<(string Key, byte[] Values)> storages)
    {
        TinyZip zip = new();
        zip.Add("a/data.pkl", pickle);
        foreach ((string key, byte[] values) in storages)
        {
            zip.Add($"a/data/{key}", values);
        }

        return zip.Finish();
    }

    /// <summary>The layout before PyTorch 1.6, of singles.</summary>
    internal static byte[] Legacy(byte[] pickle, params ReadOnlySpan<(string Key, float[] Values)> storages)
    {
        List<byte> bytes = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, PickleCode.Stop];
        bytes.AddRange(new TinyPickle().Number(1001).Bytes);
        bytes.AddRange(Dictionary(facts => facts.Text("little_endian").Code(PickleCode.True)));
        bytes.AddRange(pickle);
        TinyPickle keys = new TinyPickle().Code(PickleCode.EmptyList, PickleCode.Mark);
        foreach ((string key, _) in storages)
        {
            keys.Text(key);
        }

        bytes.AddRange(keys.Code(PickleCode.Appends).Bytes);
        foreach ((_, float[] values) in storages)
        {
            bytes.AddRange(BitConverter.GetBytes((long)values.Length));
            bytes.AddRange(Singles(values));
        }

        return [.. bytes];
    }

    internal static byte[] Singles(params ReadOnlySpan<float> values)
    {
        byte[] bytes = new byte[values.Length * sizeof(float)];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        }

        return bytes;
    }
}
