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
