namespace Pellucid.Tensors.Tests.Gradients;

public sealed class TieTests
{
    private const int Rows = 7;
    private const int Width = 5;
    private static readonly int[] Places = [3, 0, 3, 8, 1];

    /// <summary>A table that is looked up and multiplied by: with a packed matrix tied to it, its gradient is that of the table alone.</summary>
    [Theory]
    [InlineData(9)]
    [InlineData(Width)]
    public void Backward_ThroughATiedMatrix_AddsToTheTablesGradient(int count)
    {
        using Tensor table = Values(count, 1), x = Values(Rows, 2);
        using PackedMatrix turned = PackedMatrix.Pack(table.AsSpan(), Width, count, outputsByInputs: true);
        int[] places = [.. Places.Select(place => place % count)];
        float[] tied = Gradient((ops, tape, watched) =>
        {
            tape.Tie(turned, watched);
            return ops.Linear(x, turned);
        });
        float[] whole = Gradient((ops, _, watched) => ops.MatMul(x, watched, transposeRight: true));
        Assert.Equal(whole.Length, tied.Length);
        for (int i = 0; i < whole.Length; i++)
        {
            Assert.Equal(whole[i], tied[i], 1e-5f);
        }

        float[] Gradient(Func<Ops, Tape, Tensor, Tensor> product)
        {
            using Tape tape = new();
            using Ops ops = new(tape);
            Tensor watched = ops.Watch(table, "table");
            Tensor seen = ops.Gather(watched, places, new Shape(places.Length));
            Tensor loss = ops.Add(ops.Sum(ops.Square(seen)), ops.Sum(ops.Square(product(ops, tape, watched))));
            using Tensors.Gradients gradients = tape.Backward(loss);
            return gradients["table"].ToArray();
        }
    }

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

    [Fact]
    public void Tie_WhatDoesNotFit_IsRefused()
    {
        using Tape tape = new();
        using Ops ops = new(tape);
        using Tensor table = Values(9, 1);
        using PackedMatrix turned = PackedMatrix.Pack(table.AsSpan(), Width, 9, outputsByInputs: true);
        Assert.Contains("not watched", Assert.Throws<PellucidException>(() => tape.Tie(turned, table)).Message);
        using Tensor other = Values(8, 1);
        Tensor watchedOther = ops.Watch(other), watched = ops.Watch(table);
        Assert.Contains("[8, 5]", Assert.Throws<ShapeException>(() => tape.Tie(turned, watchedOther)).Message);
        tape.Tie(turned, watched);
        Assert.Contains("already", Assert.Throws<PellucidException>(() => tape.Tie(turned, watched)).Message);
    }

    private static Tensor Values(int rows, int seed)
    {
        Random random = new(seed);
        return Tensor.From([.. Enumerable.Range(0, rows * Width).Select(_ => random.NextSingle() - 0.5f)], new Shape(rows, Width));
    }
}
