// The checkpoint format of llama2.c: seven i32 (dim, hidden_dim, n_layers, n_heads, n_kv_heads, vocab_size, seq_len), then f32
// matrices by kind, each [layers, outputs, inputs]. A negative vocabulary means an unembedding of its own at the end.
// It rotates neighbouring pairs of a head; query and key rows are permuted here so that pairs are (i, i + d/2) inside.
// Weights that are not numbers are read as they are: a network that diverged can be opened and looked into.
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Pellucid.Models.Networks;
using Pellucid.Models.Tokenizers;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Checkpoints;

/// <summary>Reads llama2.c checkpoints; every size is checked against the file's length before anything is allocated.</summary>
internal static class Llama2CReader
{
    private const int HeaderBytes = 28;
    private const int MostValues = int.MaxValue / sizeof(float); // of one matrix: its bytes are read through one span

    /// <summary>Reads the parameters that follow the header.</summary>
    /// <param name="config">What <see cref="ReadConfig"/> gave for the same file.</param>
    /// <param name="stream">Its content.</param>
    /// <param name="storage">How the matrices are held.</param>
    internal static NetworkWeights ReadWeights(ModelConfig config, Stream stream, DType storage = DType.F32)
    {
        stream.Position = HeaderBytes;
        List<LayerWeights> layers = [];
        PackedMatrix embedding = ReadMatrix(stream, storage, config.Vocabulary, config.DModel);
        Tensor[] ln1 = Each(config, () => ReadTensor(stream, config.DModel));
        (int q, int kv, int d) = (config.Heads * config.DHead, config.KeyHeads * config.DHead, config.DModel);
        PackedMatrix[] queries = Each(config, () => ReadMatrix(stream, storage, q, d, config.DHead));
        PackedMatrix[] keys = Each(config, () => ReadMatrix(stream, storage, kv, d, config.DHead));
        PackedMatrix[] values = Each(config, () => ReadMatrix(stream, storage, kv, d));
        PackedMatrix[] outputs = Each(config, () => ReadMatrix(stream, storage, d, q));
        Tensor[] ln2 = Each(config, () => ReadTensor(stream, config.DModel));
        PackedMatrix[] gates = Each(config, () => ReadMatrix(stream, storage, config.DMlp, d));
        PackedMatrix[] downs = Each(config, () => ReadMatrix(stream, storage, d, config.DMlp));
        PackedMatrix[] ups = Each(config, () => ReadMatrix(stream, storage, config.DMlp, d));
        Tensor finalNorm = ReadTensor(stream, d);
        stream.Seek((long)config.Context * config.DHead * sizeof(float), SeekOrigin.Current); // two rotary tables, no longer used
        PackedMatrix unembedding = config.TiedEmbedding ? embedding : ReadMatrix(stream, storage, config.Vocabulary, d);
        for (int i = 0; i < config.Layers; i++)
        {
            layers.Add(new LayerWeights(
                new(ln1[i], null), new(queries[i]), new(keys[i]), new(values[i]), new(outputs[i]), new(ln2[i], null), new(gates[i]), new(ups[i]), new(downs[i])));
        }

        return new NetworkWeights(embedding, layers) { FinalNorm = new(finalNorm, null), Unembedding = new(unembedding) };
    }

    /// <summary>Reads the header and holds it against the file's length; nothing is allocated before.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="stream">Its content, from the start.</param>
    /// <exception cref="BadFileException">It is truncated, has bytes left over, or its header lies.</exception>
    internal static ModelConfig ReadConfig(string path, Stream stream)
    {
        if (!stream.CanSeek || stream.Length < HeaderBytes)
        {
            string length = stream.CanSeek ? $"has {stream.Length} bytes" : "is not a file of known length";
            throw Bad(path, $"it {length}; the header of a llama2.c checkpoint has {HeaderBytes} bytes");
        }

        Span<byte> header = stackalloc byte[HeaderBytes];
        stream.ReadExactly(header);
        int[] fields = new int[7];
        for (int i = 0; i < fields.Length; i++)
        {
            fields[i] = BinaryPrimitives.ReadInt32LittleEndian(header[(i * 4)..]);
        }

        (int d, int hidden, int layers, int heads, int keyHeads, int signedVocabulary, int context) =
            (fields[0], fields[1], fields[2], fields[3], fields[4], fields[5], fields[6]);
        int vocabulary = signedVocabulary == int.MinValue ? 0 : Math.Abs(signedVocabulary);
        string facts = $"d_model {d}, d_mlp {hidden}, {layers} layers, {heads} heads, {keyHeads} key heads, vocabulary {signedVocabulary}, context {context}";
        if (d is < 1 or > 1 << 20 || hidden is < 1 or > 1 << 22 || layers is < 1 or > 1024 || heads < 1 || keyHeads < 1
            || vocabulary is < 1 or > 1 << 24 || context is < 1 or > 1 << 24 || d % heads != 0 || heads % keyHeads != 0 || d / heads % 2 != 0)
        {
            throw Bad(path, $"its header is impossible for a llama2.c checkpoint ({facts})");
        }

        int dHead = d / heads;
        Int128 perLayer = (2 * (Int128)d) + (2 * (Int128)d * d) + (2 * (Int128)keyHeads * dHead * d) + (3 * (Int128)hidden * d);
        Int128 values = ((Int128)vocabulary * d) + (layers * perLayer) + d + ((Int128)context * dHead)
            + (signedVocabulary < 0 ? (Int128)vocabulary * d : 0);
        Int128 bytes = HeaderBytes + (values * sizeof(float));
        if (bytes != stream.Length)
        {
            throw Bad(path, $"its header ({facts}) asks for {bytes} bytes; the file has {stream.Length}");
        }

        if ((long)Math.Max(Math.Max(vocabulary, hidden), d) * d > MostValues)
        {
            throw Bad(path, $"one of its matrices ({facts}) has more than {MostValues} values, the most that can be read");
        }

        return new ModelConfig
        {
            Architecture = "llama",
            Layers = layers,
            DModel = d,
            Heads = heads,
            KeyHeads = keyHeads,
            DHead = dHead,
            DMlp = hidden,
            Vocabulary = vocabulary,
            Context = context,
            TiedEmbedding = signedVocabulary > 0,
            BosId = vocabulary > Llama2CTokenizer.Bos ? Llama2CTokenizer.Bos : null,
            StopIds = [.. new[] { Llama2CTokenizer.Bos, Llama2CTokenizer.Eos }.Where(id => id < vocabulary)],
        };
    }

    private static T[] Each<T>(ModelConfig config, Func<T> read) => [.. Enumerable.Range(0, config.Layers).Select(_ => read())];

    private static Tensor ReadTensor(Stream stream, params ReadOnlySpan<int> sizes)
    {
        Tensor tensor = Tensor.Empty(new Shape(sizes));
        stream.ReadExactly(MemoryMarshal.AsBytes(tensor.AsSpan()));
        return tensor;
    }

    /// <summary>Packs a matrix as it is read. Rows (2i, 2i + 1) of each rotated head become rows (i, i + d/2), so that rows are read where they lie in the file.</summary>
    private static PackedMatrix ReadMatrix(Stream stream, DType storage, int outputs, int inputs, int rotatedHead = 0)
    {
        long start = stream.Position, rowBytes = (long)inputs * sizeof(float);
        PackedMatrix matrix = PackedMatrix.Pack(inputs, outputs, outputsByInputs: true, storage, (first, rows) =>
        {
            if (rotatedHead == 0)
            {
                stream.ReadExactly(MemoryMarshal.AsBytes(rows));
                return;
            }

            for (int row = 0; row < rows.Length / inputs; row++)
            {
                (int head, int within) = Math.DivRem(first + row, rotatedHead);
                (int half, int pair) = Math.DivRem(within, rotatedHead / 2);
                stream.Position = start + (((head * rotatedHead) + (2 * pair) + half) * rowBytes);
                stream.ReadExactly(MemoryMarshal.AsBytes(rows.Slice(row * inputs, inputs)));
            }
        });
        stream.Position = start + (outputs * rowBytes);
        return matrix;
    }

    private static BadFileException Bad(string path, string problem) => new(path, problem, "Get the checkpoint again");
}
