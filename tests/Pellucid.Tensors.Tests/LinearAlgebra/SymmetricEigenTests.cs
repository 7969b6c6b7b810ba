namespace Pellucid.Tensors.Tests.LinearAlgebra;

public sealed class SymmetricEigenTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(40)]
    public void Of_RandomMatrix_VectorsAreOrthonormalAndGiveTheMatrixBack(int size)
    {
        double[] matrix = Symmetric(size);
        SymmetricEigen eigen = SymmetricEigen.Of(matrix, size);
        Assert.Equal(eigen.Values.OrderDescending(), eigen.Values);
        double[][] vectors = [.. Enumerable.Range(0, size).Select(eigen.Vector)];
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
            {
                Assert.Equal(i == j ? 1 : 0, vectors[i].Zip(vectors[j], (x, y) => x * y).Sum(), 1e-12);
                Assert.Equal(matrix[(i * size) + j], vectors.Zip(eigen.Values, (v, value) => v[i] * v[j] * value).Sum(), 1e-11); // rounding of some hundred rotations
            }
        }
    }

    [Fact]
    public void Of_TwoByTwo_HasTheKnownValues()
    {
        SymmetricEigen eigen = SymmetricEigen.Of([2, 1, 1, 2], 2);
        Assert.Equal(3, eigen.Values[0], 1e-14);
        Assert.Equal(1, eigen.Values[1], 1e-14);
        Assert.Equal(1, Math.Abs(eigen.Vector(0)[0] + eigen.Vector(0)[1]) / Math.Sqrt(2), 1e-14);
    }

    [Fact]
    public void Of_ZeroMatrix_HasZeros() => Assert.All(SymmetricEigen.Of(new double[9], 3).Values, value => Assert.Equal(0, value));

    [Fact]
    public void Of_AnotherNumberOfValues_IsRefused() =>
        Assert.Contains("5 values", Assert.Throws<ShapeException>(() => SymmetricEigen.Of(new double[5], 2)).Message, StringComparison.Ordinal);

    private static double[] Symmetric(int size)
    {
        SeededRandom random = new(size);
        double[] matrix = new double[size * size];
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                matrix[(i * size) + j] = matrix[(j * size) + i] = random.NextNormal();
            }
        }

        return matrix;
    }
}
