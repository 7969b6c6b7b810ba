using Pellucid.Tensors.Sparse;
using Pellucid.Tensors.Tests.Kernels;

namespace Pellucid.Tensors.Tests.Sparse;

public sealed class PostponedUpdatesTests
{
    private const int Latents = 90;
    private const int Width = 37;
    private const int Rows = 4;

    /// <summary>
    /// 300 steps in which few latents are active, some of them never again after the first steps: values and both moments have the bits of
    /// updates of every row. Small rates let rows rest; rates that rise wake them.
    /// </summary>
    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Flush_AfterManySteps_HasTheBitsOfUpdatesOfEveryRow(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach ((Func<int, double> rate, double? clip, bool unit) in ((Func<int, double>, double?, bool)[])
            [(_ => 1e-3, null, true), (_ => 1e-7, 0.1, true), (_ => 1e-7, null, false), (step => step % 90 == 0 ? 1e-2 : 1e-8, 0.1, true)])
        {
            using LearnedDictionary dense = Make(), lazy = Make();
            using LatentGradients gradients = new();
            using PostponedUpdates postponed = new(lazy);
            UpdateOptions options = new() { UnitRows = unit, ClipNorm = clip };
            Random random = new(1);
            int rested = 0;
            for (int step = 1; step <= 300; step++)
            {
                using SparseCodes codes = Codes(random, step);
                using Tensor x = Problem.Random(Rows, Width, step);
                LatentAdamFactors adam = LatentAdamFactors.Of(rate(step), step);
                gradients.Reconstruct(x, x, codes, dense.Decoder.Value, -0.5, 0.1);
                gradients.Update(dense, adam, options);
                postponed.CatchUp(codes);
                gradients.Reconstruct(x, x, codes, lazy.Decoder.Value, -0.5, 0.1);
                gradients.Update(lazy, adam, options, postponed);
                rested = Math.Max(rested, postponed.Resting);
                Assert.Equal(dense.Encoder.Value.ToArray(), lazy.Encoder.Value.ToArray()); // what the encoder reads is never behind
                Assert.Equal(dense.EncoderBias.Value.ToArray(), lazy.EncoderBias.Value.ToArray());
                if (step is 100 or 300)
                {
                    Assert.True(step < 300 || rate(1) == 1e-3 || rested > Latents / 3, $"only {rested} latents rested");
                    Assert.NotEqual(Bits(dense.Decoder.Second), Bits(lazy.Decoder.Second)); // there is something to catch up with
                    postponed.Flush();
                    foreach ((AdamArray want, AdamArray got) in Arrays(dense).Zip(Arrays(lazy)))
                    {
                        Assert.Equal(Bits(want.Value), Bits(got.Value));
                        Assert.Equal(Bits(want.First), Bits(got.First));
                        Assert.Equal(Bits(want.Second), Bits(got.Second));
                    }
                }
            }
        }
    }

    [Fact]
    public void Update_ActiveLatentThatIsBehind_IsRefused()
    {
        using LearnedDictionary dictionary = Make();
        using LatentGradients gradients = new();
        using PostponedUpdates postponed = new(dictionary);
        using Tensor x = Problem.Random(1, Width, 1);
        using SparseCodes first = SparseCodes.From(Latents, [0, 1], [3], [1f]), second = SparseCodes.From(Latents, [0, 1], [4], [1f]);
        gradients.Reconstruct(x, x, first, dictionary.Decoder.Value, -1);
        gradients.Update(dictionary, LatentAdamFactors.Of(0.1, 1), new UpdateOptions(), postponed);
        gradients.Reconstruct(x, x, second, dictionary.Decoder.Value, -1);
        Assert.Contains("latent 4 is active, but its rows are 1 updates behind", Assert.Throws<PellucidException>(() =>
            gradients.Update(dictionary, LatentAdamFactors.Of(0.1, 2), new UpdateOptions(), postponed)).Message, StringComparison.Ordinal);
        using SparseCodes other = SparseCodes.From(Latents + 1, [0, 1], [4], [1f]);
        Assert.Throws<ShapeException>(() => postponed.CatchUp(other));
    }

    /// <summary>Two of ten common latents on each row, now and then one of the rest, of which the last thirty are active in the first ten steps only.</summary>
    private static SparseCodes Codes(Random random, int step)
    {
        List<int> offsets = [0], indices = [];
        for (int row = 0; row < Rows; row++)
        {
            indices.AddRange([random.Next(5), 5 + random.Next(5)]);
            if (step <= 10)
            {
                indices.AddRange(Enumerable.Range(10, Latents - 10).Where(_ => random.Next(3) == 0));
            }
            else if (random.Next(20) == 0)
            {
                indices.Add(10 + random.Next(Latents - 40));
            }

            offsets.Add(indices.Count);
        }

        float[] values = [.. indices.Select(_ => 0.1f + (float)random.NextDouble())];
        return SparseCodes.From(Latents, offsets.ToArray(), indices.ToArray(), values);
    }

    private static LearnedDictionary Make()
    {
        using Tensor bias = Problem.Random(1, Latents, 3);
        return new(Problem.Random(Latents, Width, 2), bias.Reshape(new Shape(Latents)).Copy(), Problem.Random(Latents, Width, 4), Tensor.Zeros(new Shape(Width)));
    }

    private static AdamArray[] Arrays(LearnedDictionary dictionary) =>
        [dictionary.Encoder, dictionary.EncoderBias, dictionary.Decoder, dictionary.DecoderBias];

    private static int[] Bits(Tensor tensor) => Array.ConvertAll(tensor.ToArray(), BitConverter.SingleToInt32Bits);
}
