namespace Pellucid.Tensors.Tests.Gradients;

public sealed class TapeTests : IDisposable
{
    private readonly Tape _tape = new();
    private readonly Ops _ops;

    public TapeTests() => _ops = new Ops(_tape);

    public void Dispose()
    {
        _ops.Dispose();
        _tape.Dispose();
    }

    [Fact]
    public void Operations_BeforeAnythingIsWatched_AreNotRecorded()
    {
        Tensor x = _ops.Relu(_ops.Add(Values(1, 2), Values(3, 4)));
        Assert.Null(x.Place.Node);
        Tensor y = _ops.Multiply(_ops.Watch(Values(5, 6)), x);
        Assert.Equal(1, y.Place.Node!.Index); // the watched array is 0
        Assert.Null(_ops.Exp(x).Place.Node);
        using Tensors.Gradients gradients = _tape.Backward(_ops.Sum(y));
        Assert.Equal(1, gradients.Watched);
    }

    [Fact]
    public void Backward_OperandThatNeedsNone_GetsNoneComputed()
    {
        Tensor x = _ops.Watch(Values(1, 2)), constant = Values(3, 4);
        Tensor unused = Throwing(x); // its result takes no part in what is differentiated
        Tensor used = _ops.Multiply(x, Throwing(constant));
        using Tensors.Gradients gradients = _tape.Backward(_ops.Sum(used));
        Assert.Equal([3, 4], gradients[x].ToArray());
        Assert.NotNull(unused.Place.Node);

        Tensor Throwing(Tensor operand) => _ops.Custom(
            "throwing", static (ops, x) => ops.Scale(x[0], 1), static (_, _, _, _) => throw new InvalidOperationException("differentiated"), operand);
    }

    [Fact]
    public void Backward_ArrayUsedManyTimes_AddsUpAndLeavesOthersAlone()
    {
        Tensor x = _ops.Watch(Values(1, 2)), y = _ops.Watch(Values(3, 4));
        Tensor sum = _ops.Add(x, y); // both get the very array that comes from above
        Tensor loss = _ops.Sum(_ops.Add(_ops.Add(sum, x), _ops.Add(x, x)));
        using Tensors.Gradients gradients = _tape.Backward(loss);
        Assert.Equal([4, 4], gradients[x].ToArray());
        Assert.Equal([1, 1], gradients[y].ToArray());
    }

    [Fact]
    public void Backward_RuleThatGivesWhatItKept_DoesNotFreeItTwice()
    {
        Tensor x = _ops.Watch(Values(1, 2)), factors = Values(3, 4);
        Tensor y = _ops.Custom("kept", static (ops, x) => ops.Multiply(x[0], x[1]), static (_, x, _, _) => [x[1], x[0]], x, factors);
        using Tensors.Gradients gradients = _tape.Backward(y, Values(1, 1));
        _ops.Dispose();
        using Tensor other = Tensor.From(9, 9); // would take the memory that was freed too early
        Assert.Equal([3, 4], gradients[x].ToArray());
        Assert.Equal([9, 9], other.ToArray());
    }

    [Fact]
    public void Backward_ThroughViewsWithGaps_IsThatOfTheWhole()
    {
        Tensor x = _ops.Watch(Counting(2, 3)), turned = _ops.Transpose(x, 1, 0);
        Tensor loss = _ops.Sum(_ops.Multiply(_ops.Slice(turned, 1, 1, 1), _ops.Own(Tensor.From([1, 10, 100], new Shape(3, 1)))));
        using Tensors.Gradients gradients = _tape.Backward(_ops.Add(loss, _ops.Sum(turned)));
        Assert.Equal([1, 1, 1, 2, 11, 101], gradients[x].AsSpan().ToArray());
    }

    [Fact]
    public void Backward_AfterTheScopeGaveItsArraysBack_StillHasWhatItNeeds()
    {
        using Ops passing = new(_tape);
        Tensor x = passing.Watch(passing.Own(Tensor.From(2, 3)));
        Tensor square = passing.Square(x), product = passing.Multiply(square, x);
        passing.Release(square);
        Tensor loss = passing.Sum(product).Share();
        passing.Dispose();
        using Tensors.Gradients gradients = _tape.Backward(loss);
        Assert.Equal([12, 27], gradients[x].ToArray());
        loss.Dispose();
    }

    [Fact]
    public void Backward_NameWatchedTwice_AddsUpUnderIt()
    {
        Tensor first = _ops.Watch(Values(1, 2), "w"), second = _ops.Watch(Values(3, 4), "w");
        using Tensors.Gradients gradients = _tape.Backward(_ops.Sum(_ops.Add(_ops.Scale(first, 2), _ops.Scale(second, 5))));
        Assert.Equal([7, 7], gradients["w"].ToArray());
        Assert.Equal([2, 2], gradients[first].ToArray());
        Assert.Contains("There are: w.", Assert.Throws<PellucidException>(() => gradients["v"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Backward_PackedMatrixUsedTwice_HasOneGradientThatOutlivesTheTape()
    {
        using PackedMatrix matrix = PackedMatrix.Pack([1, 2, 3, 4, 5, 6], 2, 3, false), other = PackedMatrix.Pack([1], 1, 1, false);
        Tape tape = new();
        using Ops ops = new(tape);
        tape.Watch(matrix);
        Tensor loss = ops.Add(ops.Sum(ops.Linear(Values(1, 2), matrix)), ops.Sum(ops.Linear(Values(10, 20), matrix, null, Activation.Relu)));
        using Tensors.Gradients gradients = tape.Backward(loss);
        tape.Dispose();
        Assert.Equal([11, 11, 11, 22, 22, 22], gradients[matrix].ToArray());
        Assert.False(gradients.Contains(other));
        Assert.Throws<PellucidException>(() => gradients[other]);
    }

    [Fact]
    public void Freeze_OnOnePath_StopsTheGradientThere()
    {
        Tensor x = _ops.Watch(Values(2, 3));
        using Tensors.Gradients gradients = _tape.Backward(_ops.Sum(_ops.Multiply(x, _ops.Freeze(_ops.Square(x)))));
        Assert.Equal([4, 9], gradients[x].ToArray()); // 3x² if nothing were frozen
    }

    [Fact]
    public void Custom_WithDerivative_TakesPart()
    {
        Tensor x = _ops.Watch(Values(1, 2)), y = _ops.Watch(Values(3, 4));
        Tensor cube = _ops.Custom(
            "x²y", static (ops, x) => ops.Multiply(ops.Square(x[0]), x[1]),
            static (ops, x, _, dz) => [ops.Multiply(dz, ops.Scale(ops.Multiply(x[0], x[1]), 2)), ops.Multiply(dz, ops.Square(x[0]))], x, y);
        Assert.Equal([3, 16], cube.ToArray());
        using Tensors.Gradients gradients = _tape.Backward(_ops.Sum(cube));
        Assert.Equal([6, 16], gradients[x].ToArray());
        Assert.Equal([1, 4], gradients[y].ToArray());
    }

    [Fact]
    public void Custom_DerivativeOfAnotherShape_IsRefusedByName()
    {
        Tensor x = _ops.Watch(Values(1, 2));
        Tensor y = _ops.Custom("crooked", static (ops, x) => ops.Scale(x[0], 1), static (ops, _, _, dy) => [ops.Sum(dy)], x);
        Assert.Contains("'crooked'", Assert.Throws<ShapeException>(() => _tape.Backward(_ops.Sum(y))).Message, StringComparison.Ordinal);
        Assert.Contains("'none'", Assert.Throws<ShapeException>(() => _ops.Custom("none", (_, _) => x, (_, _, _, _) => [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Backward_Twice_IsRefused()
    {
        Tensor loss = _ops.Sum(_ops.Watch(Values(1, 2)));
        _tape.Backward(loss).Dispose();
        Assert.Contains("new tape", Assert.Throws<PellucidException>(() => _tape.Backward(loss)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Backward_OfWhatDependsOnNothingWatched_IsRefused()
    {
        Tensor x = _ops.Watch(Values(1, 2));
        Assert.Contains("does not depend", Assert.Throws<PellucidException>(() => _tape.Backward(_ops.Sum(Values(1, 2)))).Message, StringComparison.Ordinal);
        Tensor y = _ops.Watch(Values(3, 4));
        using Tensors.Gradients gradients = _tape.Backward(_ops.Sum(y));
        Assert.False(gradients.Contains(x));
        Assert.Contains("[2]", Assert.Throws<PellucidException>(() => gradients[x]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Backward_SeedThatDoesNotFit_IsRefused()
    {
        Tensor y = _ops.Exp(_ops.Watch(Values(1, 2)));
        Assert.Contains("seed", Assert.Throws<PellucidException>(() => _tape.Backward(y)).Message, StringComparison.Ordinal);
        Assert.Contains("[3]", Assert.Throws<ShapeException>(() => _tape.Backward(y, Values(1, 2, 3))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Operation_OnDisposedOperand_Throws()
    {
        Tensor x = Tensor.From(1, 2);
        x.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _ops.Exp(x));
    }

    [Fact]
    public void Operation_OnArrayOfAnotherTape_IsRefused()
    {
        using Tape tape = new();
        using Ops ops = new(tape);
        Tensor foreign = ops.Exp(ops.Watch(Values(1, 2)));
        Assert.Contains("another tape", Assert.Throws<PellucidException>(() => _ops.Exp(foreign)).Message, StringComparison.Ordinal);
        Assert.Throws<PellucidException>(() => _ops.Watch(foreign));
        Assert.Null(_ops.Exp(_ops.Freeze(foreign)).Place.Node);
    }

    [Fact]
    public void Operation_OnViewTakenBesideTheTape_IsRefusedUnlessFrozen()
    {
        Tensor x = _ops.Watch(Values(1, 2)), y = _ops.Exp(x);
        using Tensor view = y.Slice(0, 0, 1), again = view.Reshape(new Shape(1, 1));
        Assert.Contains("Slice", Assert.Throws<PellucidException>(() => _ops.Exp(view)).Message, StringComparison.Ordinal);
        Assert.Throws<PellucidException>(() => _ops.Exp(again));
        Assert.Null(_ops.Exp(_ops.Freeze(view)).Place.Node);
        Assert.Equal(y.ToArray()[..1], view.ToArray()); // reading is free
    }

    [Fact]
    public void Backward_ThatFails_LeavesNoArrayBehind()
    {
        Tensor x = _ops.Watch(Values(1, 2));
        Tensor y = _ops.Custom("failing", static (ops, x) => ops.Scale(x[0], 1), static (_, _, _, _) => throw new InvalidOperationException(), x);
        Tensor loss = _ops.Sum(_ops.Add(_ops.Watch(y, "y"), x));
        Assert.Throws<InvalidOperationException>(() => _tape.Backward(loss));
        Assert.Throws<PellucidException>(() => _tape.Backward(loss));
    }

    private Tensor Values(params float[] values) => _ops.Own(Tensor.From(values));

    private Tensor Counting(params int[] sizes) =>
        _ops.Own(Tensor.From([.. Enumerable.Range(0, Numbers.Count(sizes)).Select(value => (float)value)], new Shape(sizes)));
}
