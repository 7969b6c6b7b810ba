namespace Pellucid.Tensors.Tests.Shapes;

public sealed class ShapeTests
{
    [Fact]
    public void Shape_Named_ReadsWithItsAxes()
    {
        Shape shape = new Shape(2, 17, 64).Named("batch", "pos", "d_model");
        Assert.Equal("[batch 2, pos 17, d_model 64]", shape.ToString());
        Assert.Equal((3, 2L * 17 * 64, 64, 34, 17), (shape.Rank, shape.Count, shape.Width, shape.Rows, shape[1]));
        Assert.Equal(64, shape[^1]);
        Assert.Equal("[batch 2, pos 17, one 1]", shape.WithWidth(1, "one").ToString());
        Assert.Equal(new Shape(2, 17, 64), shape); // names take no part
        Assert.Equal(new Shape(2, 17, 64).GetHashCode(), shape.GetHashCode());
        Assert.True(shape != new Shape(2, 17, 65));
        Assert.Throws<ShapeException>(() => shape.Named("batch", "pos"));
    }

    [Fact]
    public void Shape_ScalarOrEmpty_CountsItsValues()
    {
        Assert.Equal((0, 1L, 1, 1), (new Shape().Rank, new Shape().Count, new Shape().Width, new Shape().Rows));
        Assert.Equal((1L, "[]"), (default(Shape).Count, default(Shape).ToString()));
        Assert.Equal((0L, 0), (new Shape(3, 0).Count, new Shape(3, 0).Rows));
        Assert.Equal(0, new Shape(0, 5).Rows);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2, -3)]
    [InlineData(1 << 20, 1 << 20, 2)]
    [InlineData(1 << 20, 1 << 20, 1 << 24)] // 2^64, which wraps around to 0
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue)]
    [InlineData(0, int.MaxValue, int.MaxValue)]
    public void Shape_NegativeOrTooLarge_IsRefused(params int[] sizes) => Assert.Throws<ShapeException>(() => new Shape(sizes));

    [Fact]
    public void Shape_LargestAllowed_IsTaken() => Assert.Equal(1L << 40, new Shape(1 << 20, 1 << 20).Count);
}
