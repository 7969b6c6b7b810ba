using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors.Tests.Gradients;

/// <summary>Counts the process's bytes, so no other test runs beside it.</summary>
[Collection(nameof(Alone))]
public sealed class RecomputeTests
{
    private const int Layers = 16;
    private const int Width = 128;
    private const int Rows = 512;

    [Fact]
    public void Recompute_DeepNetwork_GivesTheSameBitsWithLessMemory()
    {
        using PackedMatrix weight = Weight();
        (float[][] plain, long plainPeak) = Run(weight, recompute: false);
        (float[][] again, long againPeak) = Run(weight, recompute: true);
        Assert.Equal(plain, again);

        // Each of sixteen layers keeps four arrays besides what enters it; with recomputation only one layer's are alive at a time.
        Assert.InRange(againPeak, 1, plainPeak / 2);
    }

    [Fact]
    public void Recompute_WatchedInside_IsFoundByNameOutside()
    {
        using Tape tape = new();
        using Ops ops = new(tape);
        Tensor x = ops.Watch(ops.Own(Tensor.From(1, 2))), outer = ops.Watch(ops.Own(Tensor.From(3, 4)));
        Tensor y = ops.Recompute(x, (inside, part) => inside.Multiply(inside.Watch(inside.Square(part), "inside"), outer));
        using Tensors.Gradients gradients = tape.Backward(ops.Sum(y));
        Assert.Equal([3, 4], gradients["inside"].ToArray());
        Assert.Equal([6, 16], gradients[x].ToArray());
        Assert.Equal([1, 4], gradients[outer].ToArray());
    }

    [Fact]
    public void Recompute_WithinRecompute_IsTheSame()
    {
        using Tape tape = new();
        using Ops ops = new(tape);
        Tensor x = ops.Watch(ops.Own(Tensor.From(1, 2))), outer = ops.Watch(ops.Own(Tensor.From(3, 4)));
        Tensor y = ops.Recompute(x, (inside, part) => inside.Recompute(part, (deep, rest) => deep.Multiply(deep.Square(rest), outer)));
        using Tensors.Gradients gradients = tape.Backward(ops.Sum(y));
        Assert.Equal([6, 16], gradients[x].ToArray());
        Assert.Equal([1, 4], gradients[outer].ToArray());
    }

    [Fact]
    public void Recompute_PartThatReturnsWhatIsOutside_PassesItsGradient()
    {
        using Tape tape = new();
        using Ops ops = new(tape);
        Tensor x = ops.Watch(ops.Own(Tensor.From(1, 2))), outer = ops.Watch(ops.Own(Tensor.From(3, 4)));
        using Tensors.Gradients gradients = tape.Backward(ops.Sum(ops.Add(ops.Recompute(x, (_, _) => outer), ops.Recompute(x, (_, same) => same))));
        Assert.Equal([1, 1], gradients[outer].ToArray());
        Assert.Equal([1, 1], gradients[x].ToArray());
    }

    [Fact]
    public void Recompute_ParameterWatchedInside_HasItsGradient()
    {
        using Tensor values = Tensor.From([2f, 0, 0, 3], new Shape(2, 2)), added = Tensor.From(1, 1);
        using PackedMatrix packed = PackedMatrix.Pack(values.AsSpan(), 2, 2, false);
        Parameter weight = new("weight", values, packed), bias = new("bias", added);
        using Tape tape = new();
        using Ops ops = new(tape);
        Tensor x = ops.Watch(ops.Own(Tensor.From([1f, 2], new Shape(1, 2))));
        Tensor y = ops.Recompute(x, (inside, part) => inside.Linear(part, weight, bias));
        y = ops.Recompute(y, (inside, part) => inside.Recompute(part, (deep, rest) => deep.Linear(rest, weight, bias)));
        using Tensors.Gradients gradients = tape.Backward(ops.Sum(y));
        Assert.Equal([5, 6, 11, 13], gradients[packed].ToArray());
        Assert.Equal([3, 4], gradients.Find(bias)!.ToArray());
        Assert.Equal([4, 9], gradients[x].ToArray());
    }

    [Fact]
    public void Recompute_MatrixWatchedOutsideUsedDeepInside_HasItsGradient()
    {
        using PackedMatrix packed = PackedMatrix.Pack([2, 0, 0, 3], 2, 2, false), late = PackedMatrix.Pack([1, 0, 0, 1], 2, 2, false);
        using Tape tape = new();
        using Ops ops = new(tape);
        tape.Watch(packed);
        Tensor x = ops.Own(Tensor.From([1f, 2], new Shape(1, 2)));
        Tensor y = ops.Recompute(x, (inside, part) => inside.Recompute(part, (deep, rest) => deep.Linear(deep.Linear(rest, packed), late)));
        tape.Watch(late); // after it was used: it takes no part, as it would not without recomputation
        using Tensors.Gradients gradients = tape.Backward(ops.Sum(y));
        Assert.Equal([1, 1, 2, 2], gradients[packed].ToArray());
        Assert.False(gradients.Contains(late));
    }

    private static (float[][] Gradients, long Peak) Run(PackedMatrix weight, bool recompute)
    {
        using Tape tape = new();
        using Ops ops = new(tape);
        tape.Watch(weight);
        using Tensor input = Tensor.From([.. Enumerable.Range(0, Rows * Width).Select(i => (i * 37 % 101 / 50f) - 1)], new Shape(Rows, Width));
        Tensor first = ops.Watch(input);
        long before = BufferPool.Shared.Live;
        BufferPool.Shared.ResetPeak();
        Tensor x = first;
        for (int layer = 0; layer < Layers; layer++)
        {
            Tensor entering = x;
            if (recompute)
            {
                x = ops.Recompute(x, (inside, part) => Layer(inside, part, weight));
            }
            else
            {
                using Ops passing = new(tape);
                x = ops.Own(Layer(passing, x, weight).Share());
            }

            if (layer > 0)
            {
                ops.Release(entering);
            }
        }

        using Tensors.Gradients gradients = tape.Backward(ops.Sum(ops.Square(x)));
        return ([gradients[first].ToArray(), gradients[weight].ToArray()], BufferPool.Shared.Peak - before);
    }

    private static Tensor Layer(Ops ops, Tensor x, PackedMatrix weight) =>
        ops.Add(x, ops.Linear(ops.Tanh(ops.Gelu(ops.Linear(ops.LayerNorm(x, null, null, 1e-5f), weight))), weight));

    private static PackedMatrix Weight() =>
        PackedMatrix.Pack([.. Enumerable.Range(0, Width * Width).Select(i => ((i * 53 % 97 / 48f) - 1) / 8)], Width, Width, false);

}
