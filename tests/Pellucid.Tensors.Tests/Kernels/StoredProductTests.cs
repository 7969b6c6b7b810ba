using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors.Tests.Kernels;

public sealed unsafe class StoredProductTests
{
    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Multiply_BFloat16Weights_GivesTheBitsOfTheRoundedWeights(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        int[] columns = [1, 7, 16, 31, 47, 48, 49, 95, 97, 150];
        foreach (int rows in new[] { 1, 2, 3, 5, 8, 9, 21, 200 })
        {
            foreach (int n in columns)
            {
                Check(rows, 1 + (rows * n % 37), n);
            }

            Check(rows, 1600, 100); // three blocks of k
            Check(rows, 0, 50);
        }

        Check(4, 3300, 50); // two chunks of k
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void MultiplyTransposed_GeneratedShapes_MatchesReference(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        Random random = new(5);
        for (int trial = 0; trial < 12; trial++)
        {
            int rows = trial < 3 ? 1 : random.Next(1, 90), inputs = random.Next(1, 200), outputs = random.Next(1, 200);
            bool accumulate = trial % 2 == 0;
            Guarded a = Guarded.Random(rows * outputs, trial), w = Guarded.Random(inputs * outputs, trial + 20),
                c = Guarded.Random(rows * inputs, trial + 40);
            double[] expected = c.Doubles;
            Reference.MatrixProduct<double>(a.Doubles, false, w.Doubles, true, expected, rows, inputs, outputs, accumulate);
            using PackedMatrix packed = PackedMatrix.Pack(w.Span, inputs, outputs, outputsByInputs: false);
            MatrixProduct.MultiplyTransposed(a.Pointer, outputs, rows, packed, c.Pointer, inputs, accumulate);
            Guarded.KeepAlive(a);
            c.AssertClose(expected, 0, 4 * 6e-8 * (outputs + 8) / 3); // as for every product: see MatrixProductTests
        }
    }

    private static void Check(int rows, int depth, int columns)
    {
        Guarded a = Guarded.Random(rows * depth, rows), weights = Guarded.Random(depth * columns, columns), bias = Guarded.Random(columns, 3);
        float[] rounded = [.. weights.Span.ToArray().Select(value => DTypes.FromBFloat16(DTypes.ToBFloat16(value)))];
        using PackedMatrix narrow = PackedMatrix.Pack(weights.Span, depth, columns, (depth & 1) == 0, DType.BF16);
        using PackedMatrix wide = PackedMatrix.Pack(rounded, depth, columns, (depth & 1) == 0);
        Guarded got = new(rows * columns), expected = new(rows * columns);
        MatrixProduct.Multiply(a.Pointer, depth, rows, narrow, got.Pointer, columns, false, bias.Pointer);
        MatrixProduct.Multiply(a.Pointer, depth, rows, wide, expected.Pointer, columns, false, bias.Pointer);
        Assert.True(expected.Span.SequenceEqual(got.Span), $"{rows} × {depth} × {columns}");
        got.AssertGuards();
        Guarded.KeepAlive(a, bias);
    }
}
