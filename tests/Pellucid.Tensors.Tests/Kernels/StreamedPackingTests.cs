using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors.Tests.Kernels;

public sealed unsafe class StreamedPackingTests
{
    /// <summary>Sizes of several slabs, of one, with a last panel that is not full, and with rows that are longer than a slab.</summary>
    public static TheoryData<int, int> Sizes => new() { { 1, 1 }, { 7, 100 }, { 1000, 700 }, { 700, 1001 }, { 6000, 145 }, { 3, 300_000 }, { 0, 5 }, { 5, 0 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Pack_RowsReadAFewAtATime_GivesTheBitsOfTheWhole(int inputs, int outputs)
    {
        float[] values = new float[inputs * outputs];
        Random random = new(inputs + outputs);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = random.NextSingle() - 0.5f;
        }

        foreach (DType storage in new[] { DType.F32, DType.BF16, DType.Q8 })
        {
            foreach (bool outputsByInputs in new[] { false, true })
            {
                int width = outputsByInputs ? inputs : outputs, next = 0;
                using PackedMatrix whole = PackedMatrix.Pack(values, inputs, outputs, outputsByInputs, storage);
                using PackedMatrix streamed = PackedMatrix.Pack(inputs, outputs, outputsByInputs, storage, (row, destination) =>
                {
                    Assert.Equal(next, row);
                    Assert.Equal(0, destination.Length % width);
                    next += destination.Length / width;
                    values.AsSpan(row * width, destination.Length).CopyTo(destination);
                });
                long bytes = PackedMatrix.PackedBytes(inputs, outputs, storage);
                Assert.True(new ReadOnlySpan<byte>(whole.Data, (int)bytes).SequenceEqual(new ReadOnlySpan<byte>(streamed.Data, (int)bytes)));
                Assert.Equal(values.Length == 0 ? 0 : values.Length / width, next);
            }
        }
    }

    [Theory]
    [InlineData(DType.F32, true)]
    [InlineData(DType.F32, false)]
    [InlineData(DType.BF16, true)]
    [InlineData(DType.BF16, false)]
    [InlineData(DType.Q8, true)]
    [InlineData(DType.Q8, false)]
    public void Pack_RowsReadAFewAtATime_HoldsTheMatrixAndASlab(DType storage, bool outputsByInputs)
    {
        const int inputs = 2048, outputs = 5632;
        PackedMatrix? matrix = null;
        long peak = ComputeMemory.Measure(() => matrix = PackedMatrix.Pack(inputs, outputs, outputsByInputs, storage, (_, rows) => rows.Clear()));
        long held = PackedMatrix.PackedBytes(inputs, outputs, storage);
        Assert.InRange(peak, held, held + (1 << 20) + (128 << 10)); // a slab of 1 MB, and blocks begin at multiples of 64 KB
        matrix!.Dispose();
    }

    [Fact]
    public void Pack_AReaderThatFails_FreesWhatItHeld()
    {
        long before = 0, after = 0;
        ComputeMemory.Measure(() =>
        {
            before = MemoryPlan.Pool.Live;
            Assert.Throws<InvalidDataException>(() => PackedMatrix.Pack(1000, 1000, true, DType.F32, (row, _) =>
            {
                if (row > 0)
                {
                    throw new InvalidDataException();
                }
            }));
            after = MemoryPlan.Pool.Live;
        });
        Assert.Equal(before, after);
    }
}
