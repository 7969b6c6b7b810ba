namespace Pellucid.Tensors.Tests.Kernels;

public sealed class PackedMatrixTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 48)]
    [InlineData(5, 49)]
    [InlineData(64, 172)]
    [InlineData(3, 1000)]
    [InlineData(0, 5)]
    public void Unpack_AfterPackingEitherOrder_GivesInputsByOutputs(int inputs, int outputs)
    {
        float[] values = [.. Enumerable.Range(0, inputs * outputs).Select(index => (float)index)];
        float[] transposed = new float[values.Length];
        for (int input = 0; input < inputs; input++)
        {
            for (int output = 0; output < outputs; output++)
            {
                transposed[(output * inputs) + input] = values[(input * outputs) + output];
            }
        }

        float[] unpacked = new float[values.Length];
        using PackedMatrix plain = PackedMatrix.Pack(values, inputs, outputs, outputsByInputs: false);
        plain.Unpack(unpacked);
        Assert.Equal(values, unpacked);
        unpacked.AsSpan().Clear();
        using PackedMatrix checkpoint = PackedMatrix.Pack(transposed, inputs, outputs, outputsByInputs: true);
        checkpoint.Unpack(unpacked);
        Assert.Equal(values, unpacked);
        Assert.Equal(DType.F32, plain.Storage);
    }

    [Fact]
    public void Pack_WrongLength_IsRefusedWithBothLengths()
    {
        PellucidException error = Assert.Throws<PellucidException>(() => PackedMatrix.Pack(new float[5], 2, 3, false));
        Assert.Contains("5 values", error.Message);
        Assert.Contains("6 values", error.Message);
    }

    [Fact]
    public void Unpack_AfterDispose_Throws()
    {
        PackedMatrix matrix = PackedMatrix.Pack(new float[6], 2, 3, false);
        matrix.Dispose();
        matrix.Dispose();
        Assert.Throws<ObjectDisposedException>(() => matrix.Unpack(new float[6]));
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.BF16)]
    public void Transposed_AfterPackingAndRefilling_IsTheTurnedMatrix(DType storage)
    {
        foreach ((int inputs, int outputs) in new[] { (1, 1), (48, 7), (49, 100), (130, 61), (0, 5), (5, 0) })
        {
            float[] values = [.. Enumerable.Range(0, inputs * outputs).Select(index => (float)(index % 251))]; // exact in 8 bits
            using PackedMatrix matrix = PackedMatrix.Pack(values, inputs, outputs, outputsByInputs: false, storage);
            Assert.Equal(storage, matrix.Transposed.Storage);
            Assert.Same(matrix.Transposed, matrix.Transposed);
            Assert.Same(matrix, matrix.Transposed.Transposed);
            AssertHolds(matrix.Transposed, values, turned: true);
            float[] other = [.. values.Select(value => 255 - value)];
            matrix.Refill(other, outputsByInputs: false);
            AssertHolds(matrix, other, turned: false);
            AssertHolds(matrix.Transposed, other, turned: true);
        }
    }

    [Fact]
    public void Transposed_ManyThreadsAtOnce_IsMadeOnce()
    {
        using PackedMatrix matrix = PackedMatrix.Pack(new float[300 * 200], 300, 200, false);
        PackedMatrix[] twins = new PackedMatrix[16];
        Parallel.For(0, twins.Length, index => twins[index] = matrix.Transposed);
        Assert.All(twins, twin => Assert.Same(twins[0], twin));
    }

    [Fact]
    public void Refill_WrongLength_IsRefused()
    {
        using PackedMatrix matrix = PackedMatrix.Pack(new float[6], 2, 3, false);
        Assert.Contains("7 values", Assert.Throws<PellucidException>(() => matrix.Refill(new float[7], false)).Message);
    }

    [Fact]
    public void Pack_AsBFloat16_RoundsToNearestEven()
    {
        float[] special =
        [
            1f, BitConverter.UInt32BitsToSingle(0x3F808000), BitConverter.UInt32BitsToSingle(0x3F818000), // ties: down, up
            BitConverter.UInt32BitsToSingle(0x3F808001), -0f, 1e-40f, float.MaxValue, float.NaN, float.PositiveInfinity, -3.14159f,
        ];
        float[] values = [.. Enumerable.Range(0, 200).Select(index => special[index % special.Length])];
        using PackedMatrix matrix = PackedMatrix.Pack(values, 2, 100, outputsByInputs: false, DType.BF16);
        float[] unpacked = new float[values.Length];
        matrix.Unpack(unpacked);
        Assert.Equal(values.Select(value => DTypes.FromBFloat16(DTypes.ToBFloat16(value))), unpacked);
        Assert.Equal([1f, 1f, 1.015625f, 1.0078125f], unpacked[..4]);
        Assert.True(float.IsNaN(unpacked[7]) && float.IsPositiveInfinity(unpacked[6]) && float.IsPositiveInfinity(unpacked[8]));
    }

    [Fact]
    public void Pack_AsHalf_IsRefused()
    {
        PellucidException error = Assert.Throws<PellucidException>(() => PackedMatrix.Pack(new float[6], 2, 3, false, DType.F16));
        Assert.Contains("Use F32, BF16 or Q8", error.Message);
    }

    private static void AssertHolds(PackedMatrix matrix, float[] values, bool turned)
    {
        float[] unpacked = new float[values.Length];
        matrix.Unpack(unpacked);
        (int rows, int columns) = (matrix.Inputs, matrix.Outputs);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                Assert.Equal(turned ? values[(column * rows) + row] : values[(row * columns) + column], unpacked[(row * columns) + column]);
            }
        }
    }
}
