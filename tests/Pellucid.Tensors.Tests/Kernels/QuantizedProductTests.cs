using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors.Tests.Kernels;

public sealed unsafe class QuantizedProductTests
{
    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Multiply_GeneratedShapes_MatchesReferenceOfTheRoundedOperands(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        Random random = new(3);
        (int Rows, int Depth, int Columns)[] shapes =
        [
            (1, 1, 1), (1, 32, 48), (1, 33, 49), (2, 31, 47), (3, 64, 96), (8, 100, 150), (9, 7, 5), (200, 65, 49), (3, 0, 7), (5, 1000, 100),
            .. Enumerable.Range(0, 12).Select(_ => (random.Next(1, 40), random.Next(1, 300), random.Next(1, 200))),
        ];
        foreach ((int rows, int depth, int columns) in shapes)
        {
            Guarded a = Guarded.Random(rows * depth, rows), w = Guarded.Random(depth * columns, depth), bias = Guarded.Random(columns, 5), c = Guarded.Random(rows * columns, 6);
            bool accumulate = (rows & 1) == 0;
            using PackedMatrix packed = PackedMatrix.Pack(w.Span, depth, columns, (depth & 1) == 0, DType.Q8);
            float[] weights = new float[depth * columns];
            packed.Unpack(weights);
            double[] expected = accumulate ? c.Doubles : new double[rows * columns];
            for (int i = 0; i < expected.Length; i++)
            {
                expected[i] += bias.Span[i % columns];
            }

            Reference.MatrixProduct<double>(
                [.. Reference.RoundedRows<float>(a.Span, depth).Select(value => (double)value)], false, [.. weights.Select(value => (double)value)], false, expected, rows, columns, depth, true);
            MatrixProduct.Multiply(a.Pointer, depth, rows, packed, c.Pointer, columns, accumulate, bias.Pointer);
            Guarded.KeepAlive(a, bias);
            c.AssertClose(expected, 1e-6, 3e-7 * (1 + depth)); // the scales and the sum of each block are rounded, 2^-23 of values below 32
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Multiply_OneRowOrMany_GivesTheSameBits(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        const int depth = 417, columns = 131, rows = 23;
        Guarded a = Guarded.Random(rows * depth, 1), w = Guarded.Random(depth * columns, 2), all = new(rows * columns);
        using PackedMatrix packed = PackedMatrix.Pack(w.Span, depth, columns, true, DType.Q8);
        MatrixProduct.Multiply(a.Pointer, depth, rows, packed, all.Pointer, columns, activation: Activation.Silu);
        for (int row = 0; row < rows; row++)
        {
            Guarded one = new(columns);
            MatrixProduct.Multiply(a.Pointer + (row * depth), depth, 1, packed, one.Pointer, columns, activation: Activation.Silu);
            Assert.True(one.Span.SequenceEqual(all.Span.Slice(row * columns, columns)), $"row {row}");
            one.AssertGuards();
        }

        Guarded.KeepAlive(a);
    }

    [Fact]
    public void Multiply_EightBitWeights_IsWithinWhatRoundingTakes()
    {
        const int depth = 512, columns = 96;
        Guarded a = Guarded.Random(depth, 1), w = Guarded.Random(depth * columns, 2), c = new(columns);
        double[] expected = new double[columns];
        Reference.MatrixProduct<double>(a.Doubles, false, w.Doubles, false, expected, 1, columns, depth, false);
        using PackedMatrix packed = PackedMatrix.Pack(w.Span, depth, columns, false, DType.Q8);
        MatrixProduct.Multiply(a.Pointer, depth, 1, packed, c.Pointer, columns);
        Guarded.KeepAlive(a);

        // a weight is off by at most 1/254, uniformly: a deviation of 1/440; with activations of deviation 0.58 that is 0.0013 · √512 = 0.03; five of them
        c.AssertClose(expected, 0, 0.15);
        Assert.Contains(expected.Select((value, index) => Math.Abs(value - c.Span[index])), off => off > 1e-4); // they are rounded all the same
    }

    /// <summary>Whole multiples of one number in each block, as IQ2_XXS (8, 25, 43), Q8_0 and Q4_0 have them, come back to the bit.</summary>
    [Theory]
    [InlineData(43, 25, 8)]
    [InlineData(25, 8, 8)]
    [InlineData(8, 8, 8)]
    [InlineData(127, 64, 3)]
    [InlineData(8, 7, 1)]
    [InlineData(7, 5, 0)]
    public void Pack_BlocksOfWholeSteps_AreHeldExactly(int most, int second, int third)
    {
        const int inputs = 70, outputs = 50;
        Random random = new(most);
        float[] values = new float[inputs * outputs];
        for (int output = 0; output < outputs; output++)
        {
            float step = 0;
            for (int input = 0; input < inputs; input++)
            {
                bool isFirst = input % 32 == 0;
                step = isFirst ? (float)(Half)(random.NextSingle() * 0.01f) * (0.5f + random.Next(16)) * 0.25f : step;
                int magnitude = isFirst ? most : random.Next(3) switch { 0 => most, 1 => second, _ => third };
                values[(output * inputs) + input] = step * magnitude * (random.Next(2) == 0 ? 1 : -1);
            }
        }

        using PackedMatrix packed = PackedMatrix.Pack(values, inputs, outputs, outputsByInputs: true, DType.Q8);
        float[] unpacked = new float[values.Length];
        packed.Unpack(unpacked);
        for (int output = 0; output < outputs; output++)
        {
            for (int input = 0; input < inputs; input++)
            {
                Assert.Equal(values[(output * inputs) + input] + 0f, unpacked[(input * outputs) + output] + 0f);
            }
        }
    }

    [Fact]
    public void Pack_AnyValues_AreRoundedToTheNearestOf127Steps()
    {
        const int inputs = 100, outputs = 70;
        Guarded w = Guarded.Random(inputs * outputs, 9);
        using PackedMatrix packed = PackedMatrix.Pack(w.Span, inputs, outputs, outputsByInputs: false, DType.Q8);
        float[] unpacked = new float[w.Length];
        packed.Unpack(unpacked);
        for (int output = 0; output < outputs; output++)
        {
            for (int block = 0; block < inputs; block += 32)
            {
                int[] places = [.. Enumerable.Range(block, Math.Min(32, inputs - block)).Select(input => (input * outputs) + output)];
                float most = places.Max(place => Math.Abs(w.Span[place]));
                Assert.All(places, place => Assert.InRange(Math.Abs(w.Span[place] - unpacked[place]), 0, most / 253.99f));
            }
        }

        Assert.Equal(128 * 96 * 9 / 8, packed.Bytes); // 1.125 bytes a weight, padding included
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Multiply_ValuesThatAreHardlyAboveZero_KeepTheirSign(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        float[] tiny = new float[32 * 48];
        Array.Fill(tiny, 190 * float.Epsilon); // a scale of 1.5 times the least number rounds to that: 190 steps, and there are 127
        using PackedMatrix packed = PackedMatrix.Pack(tiny, 32, 48, outputsByInputs: false, DType.Q8), ones = PackedMatrix.Pack(Enumerable.Repeat(1f, 32).ToArray(), 32, 1, outputsByInputs: false, DType.Q8);
        float[] unpacked = new float[tiny.Length];
        packed.Unpack(unpacked);
        Assert.All(unpacked, value => Assert.InRange(value, 95 * float.Epsilon, 190 * float.Epsilon));
        Guarded a = new(32), c = new(1);
        a.Span.Fill(1e-35f); // 32767 divided by it is infinite
        MatrixProduct.Multiply(a.Pointer, 32, 1, ones, c.Pointer, 1);
        Guarded.KeepAlive(a);
        Assert.InRange(c.Span[0], 0, 3.3e-34f);
    }

    [Fact]
    public void Transposed_OfQuantized_HoldsTheSameValuesInSinglePrecision()
    {
        const int inputs = 75, outputs = 53;
        Guarded w = Guarded.Random(inputs * outputs, 9), other = Guarded.Random(inputs * outputs, 10);
        using PackedMatrix packed = PackedMatrix.Pack(w.Span, inputs, outputs, outputsByInputs: false, DType.Q8);
        Check();
        packed.Refill(other.Span, outputsByInputs: false);
        Check();

        void Check()
        {
            float[] values = new float[inputs * outputs], turned = new float[values.Length];
            packed.Unpack(values);
            packed.Transposed.Unpack(turned);
            Assert.Equal(DType.F32, packed.Transposed.Storage);
            Assert.All(Enumerable.Range(0, values.Length), i => Assert.Equal(values[i], turned[(i % outputs * inputs) + (i / outputs)]));
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Multiply_WhatIsNoNumber_IsNoNumberInTheResult(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach (float odd in new[] { float.NaN, float.PositiveInfinity })
        {
            Guarded a = Guarded.Random(2 * 64, 1), w = Guarded.Random(64 * 50, 2), c = new(100);
            a.Span[70] = odd;
            using PackedMatrix packed = PackedMatrix.Pack(w.Span, 64, 50, false, DType.Q8);
            MatrixProduct.Multiply(a.Pointer, 64, 2, packed, c.Pointer, 50);
            Assert.All(c.Span[..50].ToArray(), value => Assert.True(float.IsFinite(value)));
            Assert.All(c.Span[50..].ToArray(), value => Assert.True(float.IsNaN(value)));
            w.Span[3] = odd;
            packed.Refill(w.Span, false);
            MatrixProduct.Multiply(a.Pointer, 64, 1, packed, c.Pointer, 50);
            Assert.True(float.IsNaN(c.Span[3]));
            Assert.True(float.IsFinite(c.Span[4]));
            Guarded.KeepAlive(a);
        }
    }
}
