using Pellucid.Tensors.Kernels;
using Pellucid.Tensors.Sparse;

namespace Pellucid.Tensors.Tests.Sparse;

/// <summary>The screened encoder against the float32 one, bit for bit, on inputs that are made to mislead it.</summary>
public sealed class ScreenTests
{
    private const int Rows = 300;
    private const int Width = 65;
    private const int Latents = 700;

    public static TheoryData<InstructionSet, string> Cases()
    {
        TheoryData<InstructionSet, string> cases = [];
        foreach (InstructionSet set in Processor.Supported)
        {
            foreach (string name in (string[])["plain", "near-ties", "all-equal", "dynamic-range", "one-large", "zeros", "tiny", "huge", "nan", "infinity", "large-bias", "nan-weight"])
            {
                cases.Add(set, name);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TopK_AdversarialInputs_HasTheBitsOfTheFloat32Encoder(InstructionSet set, string name)
    {
        using IDisposable scope = Processor.Force(set);
        Random random = new(name.Length);
        using Tensor x = Problem.Random(Rows, Width, 1), weights = Problem.Random(Latents, Width, 2), bias = Problem.Random(1, Latents, 3, scale: 0.1f);
        Span<float> xs = x.AsSpan(), ws = weights.AsSpan(), bs = bias.AsSpan();
        switch (name)
        {
            case "near-ties":
                for (int latent = 1; latent < Latents; latent++)
                {
                    weights.Row(0).CopyTo(weights.Row(latent));
                    weights.Row(latent)[random.Next(Width)] *= 1 + (random.Next(5) * 1.2e-7f);
                }

                bs.Clear();
                break;
            case "all-equal":
                ws.Fill(0.3f);
                bs.Fill(0.01f);
                break;
            case "dynamic-range":
                Scramble(xs, random);
                Scramble(ws, random);
                break;
            case "one-large":
                for (int row = 0; row < Rows; row++)
                {
                    x.Row(row)[row % Width] = 1e6f;
                }

                break;
            case "zeros":
                xs[..(Rows * Width / 2)].Clear();
                ws[(Latents * Width / 2)..].Clear();
                break;
            case "tiny":
                Scale(xs, 1e-30f);
                Scale(ws, 1e-14f);
                break;
            case "huge":
                Scale(xs, 1e20f);
                break;
            case "nan":
                xs[77] = float.NaN;
                break;
            case "infinity":
                xs[78] = float.PositiveInfinity;
                break;
            case "large-bias":
                bs[3] = 1e25f;
                bs[5] = 1e35f;
                break;
            case "nan-weight":
                ws[^1] = float.NaN;
                break;
        }

        using SparseEncoder plain = new(), screened = new() { Screened = true };
        using SparseCodes expected = new(), actual = new();
        plain.Pack(weights, bias);
        screened.Pack(weights, bias);
        foreach (int k in (int[])[1, 10, 200])
        {
            plain.TopK(x, k, expected);
            screened.TopK(x, k, actual);
            Assert.Equal(expected.Offsets.ToArray(), actual.Offsets.ToArray());
            Assert.Equal(expected.Indices.ToArray(), actual.Indices.ToArray());
            Assert.Equal(expected.Values.ToArray().Select(BitConverter.SingleToInt32Bits), actual.Values.ToArray().Select(BitConverter.SingleToInt32Bits));
        }
    }

    /// <summary>The bound itself, in double: 2,000 pairs of rows of mixed magnitudes.</summary>
    [Fact]
    public unsafe void Quantize_AnyRows_ProductIsWithinTheStatedBound()
    {
        Random random = new(5);
        for (int trial = 0; trial < 2000; trial++)
        {
            int width = 1 + random.Next(90);
            using Tensor rows = Problem.Random(2, width, trial);
            Scramble(rows.AsSpan(), random, decades: 3);
            short[] q = new short[width + 1], p = new short[width + 1];
            fixed (short* a = q, b = p)
            {
                float* row = rows.Pointer;
                Assert.True(ScreenRows.Quantize(row, width, a, out ScreenNorms x));
                Assert.True(ScreenRows.Quantize(row + width, width, b, out ScreenNorms w));
                double exact = 0, sum = 0;
                for (int k = 0; k < width; k++)
                {
                    exact += (double)row[k] * row[width + k];
                    sum += (double)a[k] * b[k];
                }

                double bound = ((double)x.Norm * w.Residue) + ((double)x.Residue * (w.Norm + w.Residue));
                Assert.True(Math.Abs(sum) < int.MaxValue);
                Assert.InRange(Math.Abs(exact - (sum * x.Scale * w.Scale)), 0, bound);
                Assert.InRange(x.Residue, 0, x.Norm); // and the bound is of use
            }
        }
    }

    private static void Scramble(Span<float> values, Random random, int decades = 6)
    {
        foreach (ref float value in values)
        {
            value *= MathF.Pow(10, random.Next((2 * decades) + 1) - decades);
        }
    }

    private static void Scale(Span<float> values, float factor)
    {
        foreach (ref float value in values)
        {
            value *= factor;
        }
    }
}
