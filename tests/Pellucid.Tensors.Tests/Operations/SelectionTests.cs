namespace Pellucid.Tensors.Tests.Operations;

public sealed class SelectionTests : IDisposable
{
    private readonly Ops _ops = new();

    public void Dispose() => _ops.Dispose();

    [Fact]
    public void Subtract_RowFromMatrix_Repeats()
    {
        Tensor result = _ops.Subtract(Counting(2, 3), _ops.Own(Tensor.From(1, 1, 2)));
        Assert.Equal([-1, 0, 0, 2, 3, 3], result.ToArray());
        Assert.Throws<ShapeException>(() => _ops.Subtract(Counting(2, 3), Counting(2)));
    }

    [Fact]
    public void Overlay_SmallerOnTwoAxes_ReplacesTheCornerAlone()
    {
        Tensor result = _ops.Overlay(_ops.Zeros(new Shape(2, 3, 3)), Counting(2, 2, 2));
        Assert.Equal([0, 1, 0, 2, 3, 0, 0, 0, 0, 4, 5, 0, 6, 7, 0, 0, 0, 0], result.ToArray());
        Assert.Throws<ShapeException>(() => _ops.Overlay(Counting(2, 2), Counting(2, 3)));
        Assert.Throws<ShapeException>(() => _ops.Overlay(Counting(2, 2), Counting(2)));
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(2, 4)]
    [InlineData(1, 5)]
    public void SelectSeen_AnySize_TakesLaterKeysFromTheSecond(int queries, int keys)
    {
        Tensor x = Counting(2, 3, queries, keys), later = _ops.Scale(x, -1), result = _ops.SelectSeen(x, later);
        for (int query = 0; query < queries; query++)
        {
            for (int key = 0; key < keys; key++)
            {
                Assert.Equal((key <= keys - queries + query ? x : later)[1, 2, query, key], result[1, 2, query, key]);
            }
        }

        Assert.Throws<ShapeException>(() => _ops.SelectSeen(Counting(1, 1, 3, 2), Counting(1, 1, 3, 2)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Sum_AnyAxisButTheLast_AddsOverIt(int axis)
    {
        Tensor x = Counting(2, 3, 4, 5), result = _ops.Sum(x, axis);
        int[] at = [0, 0, 0, 4];
        float expected = 0;
        for (at[axis] = 0; at[axis] < x.Shape[axis]; at[axis]++)
        {
            expected += x[at];
        }

        Assert.Equal(3, result.Shape.Rank);
        Assert.Equal(expected, result[0, 0, 4]);
        Assert.Equal(x.ToArray().Sum(), result.ToArray().Sum());
        Assert.Throws<ShapeException>(() => _ops.Sum(x, 4));
    }

    [Fact]
    public void Operands_InOtherStorageOrTurned_AreTakenAsTheirValues()
    {
        using Tensor half = Counting(2, 3).To(DType.BF16), turned = Counting(3, 2).Transpose(1, 0);
        Assert.Equal(_ops.Add(Counting(2, 3), _ops.Own(turned.Copy())).ToArray(), _ops.Add(half, turned).ToArray());
        Assert.Equal([0, 2, 2, 1, 3, 5], _ops.SelectColumns(turned, half, [2]).ToArray());
    }

    [Fact]
    public void Rotary_StartPastTheTable_IsRefused()
    {
        RotaryTable table = RotaryTable.Create(8, 4);
        Assert.Throws<ShapeException>(() => _ops.Rotary(Counting(1, 2, 1, 4), table, 7));
        Assert.Throws<ShapeException>(() => _ops.Rotary(Counting(1, 2, 1, 4), table, int.MaxValue));
        Assert.Throws<ShapeException>(() => RotaryTable.Create(1 << 24, 1 << 20));
    }

    private Tensor Counting(params int[] sizes)
    {
        Tensor tensor = _ops.Zeros(new Shape(sizes));
        for (int i = 0; i < tensor.Count; i++)
        {
            tensor.AsSpan()[i] = i;
        }

        return tensor;
    }
}
