namespace Pellucid.Tensors.Tests.Memory;

/// <summary>What a scope that is reset does with the arrays of the steps before, and that nothing else ever serves twice.</summary>
public sealed class ResetTests : IDisposable
{
    private readonly Tape _tape = new();
    private readonly Ops _ops;
    private readonly Tensor _values = Tensor.From(1, 2, 3);

    public ResetTests() => _ops = new Ops(_tape);

    public void Dispose()
    {
        _ops.Dispose();
        _tape.Dispose();
        _values.Dispose();
    }

    [Fact]
    public void Reset_StepAfterStep_GivesTheGradientsOfANewTape()
    {
        for (int step = 1; step < 6; step++)
        {
            _ops.Reset();
            Tensor x = _ops.Watch(_values, "x");
            Tensor y = step % 2 == 0 ? _ops.Square(x) : _ops.Exp(_ops.Scale(x, step)); // not twice the same operations
            using Tensors.Gradients gradients = _tape.Backward(_ops.Sum(y));
            float[] expected = step % 2 == 0 ? [2, 4, 6] : [.. _values.ToArray().Select(value => step * MathF.Exp(step * value))];
            Assert.All(expected.Zip(gradients[x].ToArray(), gradients["x"].ToArray()), three =>
            {
                Assert.Equal(three.First, three.Second, three.First * 1e-6f);
                Assert.Equal(three.Second, three.Third);
            });
        }
    }

    [Fact]
    public void Reset_ArraysOfTheStepBefore_ThrowInTheNext()
    {
        _ops.Reset();
        Tensor x = _ops.Watch(_values), y = _ops.Square(x), released = _ops.Exp(x);
        _ops.Release(released);
        Tensors.Gradients gradients = _tape.Backward(_ops.Sum(y));
        Tensor gradient = gradients[x];
        _ops.Reset();
        _tape.Backward(_ops.Sum(_ops.Square(_ops.Watch(_values)))); // makes as many arrays as the step before
        Assert.All([y, released, gradient], tensor => Assert.Throws<ObjectDisposedException>(() => tensor.ToArray()));
        Assert.Throws<PellucidException>(() => gradients[x]);
    }

    [Fact]
    public void Reset_ArrayGivenToTheScope_IsFreedAndNeverServesAgain()
    {
        using Ops other = new();
        Tensor given = _ops.Own(Tensor.From(4, 5, 6)), moved = _ops.Own(other.Scale(_values, 2));
        TakeSteps(6);
        Assert.Throws<ObjectDisposedException>(() => given.ToArray());
        Assert.Throws<ObjectDisposedException>(() => moved.ToArray());
    }

    [Fact]
    public void Clear_InAScopeThatIsNotReset_LetsNoArrayServeAgain()
    {
        using Ops plain = new();
        Tensor[] old = [plain.Scale(_values, 2), plain.Zeros(new Shape(3)), plain.Reshape(_values, new Shape(3, 1))];
        for (int step = 0; step < 5; step++)
        {
            plain.Clear();
            plain.Exp(plain.Scale(_values, 3));
            TakeSteps(1);
        }

        Assert.All(old, tensor => Assert.Throws<ObjectDisposedException>(() => tensor.ToArray()));
        old[0].Dispose(); // a second time does nothing
        Assert.Equal(3, plain.Scale(_values, 1).ToArray().Length);
    }

    [Fact]
    public void Operation_OnArrayRecordedBeforeAReset_IsRefused()
    {
        using Tensor kept = _ops.Square(_ops.Watch(_values)).Share();
        TakeSteps(4);
        _ops.Reset();
        Tensor now = _ops.Square(_ops.Watch(_values));
        Assert.False(_ops.IsRecorded(kept));
        Assert.Contains("another tape", Assert.Throws<PellucidException>(() => _ops.Add(now, kept)).Message, StringComparison.Ordinal);
        using Tensors.Gradients gradients = _tape.Backward(_ops.Sum(_ops.Add(now, _ops.Freeze(kept))));
        Assert.False(gradients.Contains(kept));
    }

    [Fact]
    public void Custom_ArraysShownToItsDerivative_NeverServeAgain()
    {
        List<Tensor> shown = [];
        Tensor y = _ops.Custom("times", static (ops, x) => ops.Scale(x[0], 2), (ops, x, result, dy) =>
        {
            Tensor dx = ops.Scale(dy, 2);
            shown.AddRange([x[0], result, dy, dx]);
            return [dx];
        }, _ops.Watch(_values));
        _tape.Backward(_ops.Sum(y)).Dispose();
        TakeSteps(5);
        Assert.Equal(4, shown.Count);
        Assert.All(shown, tensor => Assert.Throws<ObjectDisposedException>(() => tensor.ToArray()));
    }

    [Fact]
    public void IsRecorded_WatchedAndWhatIsMadeOfIt_AndNothingElse()
    {
        Tensor x = _ops.Watch(_values);
        using Ops plain = new();
        using Tensor view = x.Slice(0, 0, 1);
        Assert.True(_ops.IsRecorded(x));
        Assert.True(_ops.IsRecorded(_ops.Exp(x)));
        Assert.True(_ops.IsRecorded(_ops.Reshape(x, new Shape(x.Shape.Sizes.ToArray()))));
        Assert.False(_ops.IsRecorded(_values));
        Assert.False(_ops.IsRecorded(_ops.Freeze(x)));
        Assert.False(_ops.IsRecorded(view));
        Assert.False(plain.IsRecorded(x));
    }

    [Fact]
    public void OfAStep_ThatAllocates_IsNotZero() => Assert.InRange(ManagedMemory.OfAStep(_ => GC.KeepAlive(new object())), 16, 64);

    private void TakeSteps(int count)
    {
        for (int step = 0; step < count; step++)
        {
            _ops.Reset();
            using Tensors.Gradients gradients = _tape.Backward(_ops.Sum(_ops.Exp(_ops.Square(_ops.Watch(_values)))));
        }
    }
}
