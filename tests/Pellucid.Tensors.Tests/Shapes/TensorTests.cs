namespace Pellucid.Tensors.Tests.Shapes;

public sealed class TensorTests
{
    private static readonly float[] Twelve = [.. Enumerable.Range(0, 12).Select(i => (float)i)];

    [Theory]
    [InlineData(1f, 0x3F80)]
    [InlineData(-2f, 0xC000)]
    [InlineData(1.00390625f, 0x3F80)] // a tie: to even, down
    [InlineData(1.01171875f, 0x3F82)] // a tie: to even, up
    [InlineData(1.00390637f, 0x3F81)]
    [InlineData(float.MaxValue, 0x7F80)]
    [InlineData(float.PositiveInfinity, 0x7F80)]
    [InlineData(-0f, 0x8000)]
    [InlineData(1e-45f, 0x0000)]
    public void To_BFloat16_RoundsToNearestEven(float value, int bits)
    {
        using Tensor tensor = Tensor.From(value), half = tensor.To(DType.BF16);
        Assert.Equal(bits, half.AsSpan<ushort>()[0]);
    }

    [Theory]
    [InlineData(1.0 + (1.0 / 256) + 1e-12, 0x3F81)] // a tie in single precision only: rounded once, it goes up
    [InlineData(1.0 + (1.0 / 256), 0x3F80)]
    [InlineData(1.0 + (3.0 / 256) - 1e-12, 0x3F81)]
    [InlineData(-1.0 - (1.0 / 256) - 1e-12, 0xBF81)]
    public void To_BFloat16FromDouble_RoundsOnce(double value, int bits)
    {
        using Tensor tensor = Tensor.From<double>([value], new Shape(1)), half = tensor.To(DType.BF16);
        Assert.Equal(bits, half.AsSpan<ushort>()[0]);
    }

    [Theory]
    [InlineData(DType.BF16)]
    [InlineData(DType.F16)]
    public void To_HalfTypesAndBack_KeepsNaNAndIsWithinHalfAStep(DType type)
    {
        SeededRandom random = new(1);
        float[] values = [.. Enumerable.Range(0, 1000).Select(_ => (float)random.NextNormal()), float.NaN];
        using Tensor tensor = Tensor.From(values), half = tensor.To(type), back = half.To(DType.F32), again = back.To(type);
        float step = type == DType.BF16 ? 1f / 256 : 1f / 2048;
        Assert.All(values.Zip(back.ToArray()).SkipLast(1), pair => Assert.Equal(pair.First, pair.Second, (Math.Abs(pair.First) * step) + 1e-7f));
        Assert.True(float.IsNaN(back[1000]));
        Assert.Equal(back.ToArray(), again.ToArray());
    }

    [Fact]
    public void To_ViewWithGaps_ConvertsLikeItsCopy()
    {
        using Tensor tensor = Tensor.From(Twelve, new Shape(3, 4)), turned = tensor.Transpose(1, 0), copy = turned.Copy();
        foreach (DType type in Enum.GetValues<DType>().Where(type => type != DType.Q8))
        {
            using Tensor direct = turned.To(type), over = copy.To(type);
            Assert.Equal(over.ToArray(), direct.ToArray());
            Assert.Equal(type, direct.DType);
        }
    }

    [Fact]
    public void To_Q8_IsRefused()
    {
        using Tensor tensor = Tensor.From(Twelve, new Shape(3, 4));
        Assert.Contains("Q8", Assert.Throws<PellucidException>(() => tensor.To(DType.Q8)).Message);
        Assert.Throws<PellucidException>(() => Tensor.Zeros(new Shape(3), DType.Q8));
    }

    [Fact]
    public void To_Integer_RoundsToEvenAndTakesTheEnds()
    {
        using Tensor tensor = Tensor.From(0.5f, 1.5f, -2.5f, 1e20f, -1e20f, float.NaN), integers = tensor.To(DType.I32);
        Assert.Equal([0, 2, -2, int.MaxValue, int.MinValue, 0], integers.AsSpan<int>().ToArray());
    }

    [Fact]
    public void Views_ShareMemoryAndOutliveTheirParent()
    {
        Tensor tensor = Tensor.From(Twelve, new Shape(3, 4).Named("row", "column"));
        using Tensor slice = tensor.Slice(0, 1, 2), column = tensor.Slice(1, 2, 1), turned = tensor.Transpose(1, 0), flat = tensor.Reshape(new Shape(12));
        tensor.AsSpan()[6] = 60;
        Assert.Equal("[row 2, column 4]", slice.Shape.ToString());
        Assert.Equal("[column 4, row 3]", turned.Shape.ToString());
        tensor.Dispose();
        Assert.Equal((60f, 60f, 60f, 60f), (slice[0, 2], column[1, 0], turned[2, 1], flat[6]));
        Assert.Equal([4, 5, 60, 7, 8, 9, 10, 11], slice.ToArray());
        Assert.Equal([2, 60, 10], column.ToArray());
        Assert.Equal([0, 4, 8, 1, 5, 9, 2, 60, 10, 3, 7, 11], turned.ToArray());
        Assert.True(slice.IsContiguous);
        Assert.False(column.IsContiguous || turned.IsContiguous);
    }

    [Fact]
    public void View_WithGaps_HasNoSpanRowOrReshape()
    {
        using Tensor tensor = Tensor.From(Twelve, new Shape(3, 4)), turned = tensor.Transpose(1, 0);
        Assert.Throws<ShapeException>(() => turned.AsSpan().Length);
        Assert.Throws<ShapeException>(() => turned.Row(0).Length);
        Assert.Throws<ShapeException>(() => turned.Reshape(new Shape(12)));
    }

    [Fact]
    public void Access_Outside_IsRefusedWithTheShape()
    {
        using Tensor tensor = Tensor.From(Twelve, new Shape(3, 4));
        Action[] wrong =
        [
            () => _ = tensor[3, 0], () => _ = tensor[0, -1], () => _ = tensor[0], () => tensor.Row(3).Clear(), () => tensor.Row(-1).Clear(),
            () => tensor.Slice(2, 0, 1), () => tensor.Slice(0, 2, 2), () => tensor.Slice(0, -1, 1), () => tensor.Slice(0, 1, int.MaxValue),
            () => tensor.Slice(0, 0, -1), () => tensor.Transpose(0, 0), () => tensor.Transpose(0), () => tensor.Reshape(new Shape(11)),
            () => tensor.AsSpan<double>().Clear(), () => tensor.AsSpan<long>().Clear(), () => Tensor.From(Twelve, new Shape(11)),
        ];
        Assert.All(wrong, action => Assert.Throws<ShapeException>(action));
    }

    [Fact]
    public void Access_Disposed_IsRefused()
    {
        Tensor tensor = Tensor.From(1, 2, 3);
        tensor.Dispose();
        tensor.Dispose();
        Action[] wrong = [() => _ = tensor[0], () => tensor.AsSpan().Clear(), () => tensor.Row(0).Clear(), () => tensor.ToArray(), () => tensor.Share(), () => tensor.Slice(0, 0, 1)];
        Assert.All(wrong, action => Assert.Throws<ObjectDisposedException>(action));
    }

    [Fact]
    public void Zeros_AfterAUsedBuffer_AreZero()
    {
        Tensor.From(Twelve).Dispose();
        using Tensor zeros = Tensor.Zeros(new Shape(12));
        Assert.All(zeros.ToArray(), value => Assert.Equal(0, value));
    }
}
