using System.Buffers.Binary;
using Pellucid.Models.Registry;
using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Checkpoints;

/// <summary>What arrays hold at most while a model is opened, against what its weights take in the end.</summary>
public sealed class LoadMemoryTests
{
    /// <summary>The most that loading may hold, as a part of the weights.</summary>
    private const double Most = 1.1;

    [Theory]
    [InlineData(DType.F32, 4.0, true)]
    [InlineData(DType.F32, 4.0, false)]
    [InlineData(DType.BF16, 2.0, true)]
    [InlineData(DType.BF16, 2.0, false)]
    [InlineData(DType.Q8, 1.125, true)]
    [InlineData(DType.Q8, 1.125, false)]
    public void OpenFile_Llama2CCheckpoint_HoldsNoWeightTwice(DType storage, double bytesOfWeight, bool tied)
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "model.bin");
        long weights = Write(path, tied);
        Model? model = null;
        long peak = ComputeMemory.Measure(() => model = CheckpointFiles.OpenFile(path, new OpenOptions { WeightStorage = storage }));
        using (model)
        {
            Assert.Equal(weights, model!.Parameters.Count);
            Assert.Equal(storage, model.WeightStorage);
            Assert.InRange(peak / (weights * bytesOfWeight), 1, Most);
        }
    }

    /// <summary>A checkpoint of zeros of stories15m's shape, which takes no place on the disk.</summary>
    /// <returns>Its parameters.</returns>
    private static long Write(string path, bool tied)
    {
        const int d = 288, hidden = 768, layers = 6, heads = 6, vocabulary = 32000, context = 256;
        int[] fields = [d, hidden, layers, heads, heads, tied ? vocabulary : -vocabulary, context];
        byte[] header = new byte[28];
        foreach ((int index, int field) in fields.Index())
        {
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(index * 4), field);
        }

        long weights = ((tied ? 1L : 2) * vocabulary * d) + (layers * ((2L * d) + (4L * d * d) + (3L * hidden * d))) + d;
        using FileStream stream = File.Create(path);
        stream.Write(header);
        stream.SetLength(header.Length + ((weights + (context * d / heads)) * sizeof(float)));
        return weights;
    }
}
