namespace Pellucid.Tensors.Tests.Gradients;

public sealed class TiedMatrixTests
{
    private const int Rows = 7;
    private const int Width = 5;
    private static readonly int[] Places = [3, 0, 3, 8, 1];

    /// <summary>A matrix alone, looked up in and multiplied by, as an embedding that the unembedding shares: turned, or as it is.</summary>
    [Theory]
    [InlineData(9, DType.F32)]
    [InlineData(Width, DType.F32)]
    [InlineData(60, DType.BF16)]
    [InlineData(60, DType.Q8)]
    public void Backward_ThroughAMatrixLookedUpIn_IsTheTablesGradient(int count, DType storage)
    {
        using Tensor table = Values(count, 1), x = Values(Rows, 2);
        using PackedMatrix matrix = PackedMatrix.Pack(table.AsSpan(), Width, count, outputsByInputs: true, storage);
        float[] held = new float[count * Width];
        matrix.Unpack(held, outputsByInputs: true);
        using Tensor rounded = Tensor.From(held, table.Shape);
        int[] places = [.. Places.Select(place => place * 7 % count)];
        (float[] seen, float[] expected) = Gradient((ops, tape, watched) => (ops.Gather(watched, places, new Shape(places.Length)), ops.MatMul(x, watched, transposeRight: true)), null);
        foreach (bool turned in new[] { true, false })
        {
            (float[] looked, float[] got) = Gradient((ops, tape, _) =>
            {
                if (turned)
                {
                    tape.WatchTurned(matrix, "table");
                }
                else
                {
                    tape.Watch(matrix);
                }

                return (ops.GatherOutputs(matrix, places, new Shape(places.Length)), ops.Linear(x, matrix));
            }, turned ? null : matrix);
            Assert.Equal(seen, looked);
            for (int i = 0; i < expected.Length; i++)
            {
                int at = turned ? i : (i % Width * count) + (i / Width);
                Assert.Equal(expected[i], got[at], storage == DType.Q8 ? 2e-3f : 1e-5f); // Q8 rounds what enters to 16 bits: 1e-5 of sums of 35 products of up to 2
            }
        }

        (float[] Seen, float[] Gradient) Gradient(Func<Ops, Tape, Tensor, (Tensor Seen, Tensor Product)> work, PackedMatrix? asked)
        {
            using Tape tape = new();
            using Ops ops = new(tape);
            Tensor watched = ops.Watch(rounded, "table");
            (Tensor seen, Tensor product) = work(ops, tape, watched);
            Tensor loss = ops.Add(ops.Sum(ops.Square(seen)), ops.Sum(ops.Square(product)));
            using Tensors.Gradients gradients = tape.Backward(loss);
            return (seen.ToArray(), (asked is null ? gradients["table"] : gradients[asked]).ToArray());
        }
    }

    [Fact]
    public void GatherOutputs_WhatIsNoOutput_IsRefused()
    {
        using Tensor table = Values(9, 1);
        using PackedMatrix matrix = PackedMatrix.Pack(table.AsSpan(), Width, 9, outputsByInputs: true);
        using Ops ops = new();
        Assert.Contains("9 outputs", Assert.Throws<ShapeException>(() => ops.GatherOutputs(matrix, [9], new Shape(1))).Message);
        Assert.Throws<ShapeException>(() => ops.GatherOutputs(matrix, [1, 2], new Shape(1)));
        using Tape tape = new();
        tape.WatchTurned(matrix, "a");
        Assert.Contains("already", Assert.Throws<PellucidException>(() => tape.WatchTurned(matrix, "b")).Message);
    }

    private static Tensor Values(int rows, int seed)
    {
        Random random = new(seed);
        return Tensor.From([.. Enumerable.Range(0, rows * Width).Select(_ => random.NextSingle() - 0.5f)], new Shape(rows, Width));
    }
}
