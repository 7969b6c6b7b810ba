using System.Runtime.InteropServices;
using Pellucid.Models.Checkpoints;
using Pellucid.Tensors;

namespace Pellucid.Models.Tests;

/// <summary>A llama2.c checkpoint of a few thousand seeded random weights, with grouped queries and its own unembedding if asked for.</summary>
internal sealed class TinyCheckpoint
{
    private readonly List<float[]> _parts = [];

    internal TinyCheckpoint(bool tied = true, long seed = 1, int layers = 2, int dim = 16, int hidden = 20, int heads = 4, int keyHeads = 2, int vocabulary = 23, int context = 12)
    {
        (Dim, Hidden, Layers, Heads, KeyHeads, Vocabulary, Context, Tied) = (dim, hidden, layers, heads, keyHeads, vocabulary, context, tied);
        SeededRandom random = new(seed);
        int kv = keyHeads * DHead;
        Embedding = Part(random, vocabulary * dim, 1);
        Ln1 = Part(random, layers * dim, 0.3, 1);
        Q = Part(random, layers * dim * dim, 0.3);
        K = Part(random, layers * kv * dim, 0.3);
        V = Part(random, layers * kv * dim, 0.3);
        O = Part(random, layers * dim * dim, 0.3);
        Ln2 = Part(random, layers * dim, 0.3, 1);
        Gate = Part(random, layers * hidden * dim, 0.3);
        Down = Part(random, layers * dim * hidden, 0.3);
        Up = Part(random, layers * hidden * dim, 0.3);
        FinalNorm = Part(random, dim, 0.3, 1);
        Part(random, context * DHead, 1); // the two tables that nobody reads
        Unembedding = tied ? Embedding : Part(random, vocabulary * dim, 0.3);
    }

    internal int Dim { get; }

    internal int Hidden { get; }

    internal int Layers { get; }

    internal int Heads { get; }

    internal int KeyHeads { get; }

    internal int Vocabulary { get; }

    internal int Context { get; }

    internal bool Tied { get; }

    internal int DHead => Dim / Heads;

    internal float[] Embedding { get; }

    internal float[] Ln1 { get; }

    internal float[] Q { get; }

    internal float[] K { get; }

    internal float[] V { get; }

    internal float[] O { get; }

    internal float[] Ln2 { get; }

    internal float[] Gate { get; }

    internal float[] Down { get; }

    internal float[] Up { get; }

    internal float[] FinalNorm { get; }

    internal float[] Unembedding { get; }

    internal int[] Header => [Dim, Hidden, Layers, Heads, KeyHeads, Tied ? Vocabulary : -Vocabulary, Context];

    internal byte[] Bytes => [.. MemoryMarshal.AsBytes<int>(Header), .. _parts.SelectMany(part => MemoryMarshal.AsBytes<float>(part).ToArray())];

    internal string Write(string path)
    {
        File.WriteAllBytes(path, Bytes);
        return path;
    }

    internal Model Open() => Open(Bytes);

    internal static Model Open(byte[] bytes)
    {
        using MemoryStream stream = new(bytes);
        ModelConfig config = Llama2CReader.ReadConfig("tiny.bin", stream);
        return new Model("tiny", config, Llama2CReader.ReadWeights(config, stream), null, "0");
    }

    private float[] Part(SeededRandom random, int count, double spread, double center = 0)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (float)(center + (spread * random.NextNormal()));
        }

        _parts.Add(values);
        return values;
    }
}
