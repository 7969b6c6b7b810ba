namespace Pellucid.Tensors.Tests.Memory;

/// <summary>A step that is taken again and again in a scope that is reset allocates nothing on the managed heap.</summary>
public sealed class StepAllocationTests
{
    private const int Batch = 37;
    private const int Inputs = 29;
    private const int Hidden = 53;
    private const int Classes = 11;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TrainingStep_OfAPerceptron_AllocatesNothing(bool packed)
    {
        using Perceptron network = new(packed);
        using Adam adam = new(network.Parameters, new AdamOptions { LearningRate = 1e-3f, ClipNorm = 1 });
        using Tape tape = new();
        using Ops ops = new(tape);
        Assert.Equal(0, ManagedMemory.OfAStep(step =>
        {
            ops.Reset();
            using Tensors.Gradients gradients = tape.Backward(network.Loss(ops, step));
            adam.Step(gradients);
        }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Inference_OfAPerceptron_AllocatesNothing(bool packed)
    {
        using Perceptron network = new(packed);
        using Ops ops = new();
        Assert.Equal(0, ManagedMemory.OfAStep(step =>
        {
            ops.Reset();
            network.Loss(ops, step);
        }));
    }

    [Fact]
    public void TrainingStep_WithARecomputedPart_AllocatesNothing()
    {
        using Perceptron network = new(packed: false);
        using Tensor input = Tensor.From(Gradients.Numbers.Generate(new Random(3), Batch * Inputs, -1, 1).Select(value => (float)value).ToArray(), new Shape(Batch, Inputs));
        Parameter[] parameters = network.Parameters;
        Func<Ops, Tensor, Tensor> layer = (inside, x) => inside.Linear(x, parameters[0], parameters[1], Activation.Gelu);
        using Tape tape = new();
        using Ops ops = new(tape);
        Assert.Equal(0, ManagedMemory.OfAStep(_ =>
        {
            ops.Reset();
            Tensor hidden = ops.Recompute(ops.Watch(input), layer);
            using Tensors.Gradients gradients = tape.Backward(ops.Sum(ops.Square(hidden)));
        }));
    }

    /// <summary>A perceptron and its batches, of different sizes one after another.</summary>
    private sealed class Perceptron : IDisposable
    {
        private readonly Tensor[] _values =
            [Values(1, Inputs, Hidden), Values(2, Hidden), Values(3, Hidden, Classes), Values(4, Classes)];

        private readonly Tensor[] _batches = [Values(5, Batch, Inputs), Values(6, Batch / 2, Inputs)];
        private readonly int[] _targets = [.. Enumerable.Range(0, Batch).Select(row => row % Classes)];
        private readonly PackedMatrix[] _packed;

        internal Perceptron(bool packed)
        {
            _packed = packed ? [Pack(_values[0]), Pack(_values[2])] : [];
            Parameters =
            [
                packed ? new("hidden.weight", _values[0], _packed[0]) : new("hidden.weight", _values[0]),
                new("hidden.bias", _values[1]),
                packed ? new("out.weight", _values[2], _packed[1]) : new("out.weight", _values[2]) { Constraint = ParameterConstraint.UnitRows },
                new("out.bias", _values[3]),
            ];
        }

        internal Parameter[] Parameters { get; }

        internal Tensor Loss(Ops ops, int step)
        {
            Tensor x = _batches[step % 2];
            Tensor hidden = ops.Linear(x, Parameters[0], Parameters[1], Activation.GeluTanh);
            Tensor logits = ops.Linear(ops.LayerNorm(hidden, null, null, 1e-5f), Parameters[2], Parameters[3]);
            return ops.Mean(ops.CrossEntropy(logits, _targets.AsSpan(0, x.Shape[0])));
        }

        public void Dispose()
        {
            foreach (IDisposable one in _values.Concat<IDisposable>(_batches).Concat(_packed))
            {
                one.Dispose();
            }
        }

        private static PackedMatrix Pack(Tensor values) => PackedMatrix.Pack(values.AsSpan(), values.Shape[0], values.Shape[1], false);

        private static Tensor Values(int seed, params int[] shape) => Tensor.From(
            [.. Gradients.Numbers.Generate(new Random(seed), Gradients.Numbers.Count(shape), -0.5, 0.5).Select(value => (float)value)], new Shape(shape));
    }
}
