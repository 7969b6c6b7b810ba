using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors.Tests.Memory;

public sealed class ComputeMemoryTests
{
    [Fact]
    public void Require_MoreThanIsFree_SaysTheFigures()
    {
        using IDisposable limit = ComputeMemory.LimitTo(ComputeMemory.Live + 1_000_000_000);
        ComputeMemory.Require(900_000_000, "This", "Do that.");
        string message = Assert.Throws<PellucidException>(() => ComputeMemory.Require(90_000_000_000, "This", "Do that.")).Message;
        Assert.StartsWith("This needs 90.00 GB at its peak; ", message);
        Assert.EndsWith(" Do that.", message);
    }

    [Fact]
    public void Empty_LargerThanTheLimit_IsRefusedBeforeItIsAllocated()
    {
        using IDisposable limit = ComputeMemory.LimitTo(1L << 30);
        string message = Assert.Throws<PellucidException>(() => Tensor.Empty(new Shape(1 << 20, 1 << 18))).Message;
        Assert.Contains("1099.51 GB", message);
    }

    [Fact]
    public void Peak_OfABlock_IsCountedAndGivenBack()
    {
        BufferPool pool = new();
        NativeBuffer first = pool.Rent(1 << 20), second = pool.Rent(1 << 21);
        Assert.Equal(3 << 20, pool.Live);
        pool.Return(second);
        Assert.Equal(1 << 20, pool.Live);
        Assert.Equal(3 << 20, pool.Peak);
        pool.ResetPeak();
        Assert.Equal(1 << 20, pool.Peak);
        pool.Return(first);
        Assert.Equal(0, pool.Live);
    }

    [Theory]
    [InlineData(64, 300, 500)]
    [InlineData(1000, 64, 48)]
    public void PeakOf_RecordedWork_IsWhatTheWorkHolds(int rows, int width, int hidden)
    {
        using Tensor x = Tensor.Zeros(new Shape(rows, width)), w1 = Tensor.Zeros(new Shape(width, hidden)), w2 = Tensor.Zeros(new Shape(hidden, width));
        Work(); // what a thread keeps for its kernels is there now
        Assert.Equal(ComputeMemory.Measure(Work), ComputeMemory.PeakOf(Work));

        void Work()
        {
            using Tape tape = new();
            using Ops ops = new(tape);
            Tensor first = ops.Watch(w1), second = ops.Watch(w2);
            Tensor y = ops.MatMul(ops.Gelu(ops.MatMul(x, first)), second);
            using Tensors.Gradients gradients = tape.Backward(ops.Sum(ops.Square(ops.Subtract(y, x))));
            Assert.Equal(w2.Shape, gradients[second].Shape);
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("much")]
    [InlineData("NaN")]
    public void ParseLimit_NoPositiveNumber_IsRefusedByValue(string value) =>
        Assert.Contains($"'{value}'", Assert.Throws<PellucidException>(() => ComputeMemory.ParseLimit(value)).Message);

    [Fact]
    public void ParseLimit_Number_IsInGigabytes() => Assert.Equal(2_500_000_000, ComputeMemory.ParseLimit("2.5"));
}
