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
}
