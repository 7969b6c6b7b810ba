namespace Pellucid.Tensors.Tests.Memory;

public sealed class LifetimeTests
{
    private const int Width = 512;
    private const int Rows = 8192;

    /// <summary>
    /// Operands that nobody holds, while another thread collects without pause: a kernel that read memory which a finalizer has given back
    /// would find what the collecting thread writes there, or end the process. Code that is not optimized holds what it loaded until it
    /// returns and would hide a missing hold, so this project switches tiered compilation off.
    /// </summary>
    [Fact]
    public async Task Operations_OnOperandsNobodyHolds_ReadThemWhole()
    {
        using CancellationTokenSource stop = new();
        Task collector = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                    using Tensor overwritten = Filled(float.NaN, Rows);
                }
            },
            TestContext.Current.CancellationToken);
        for (int round = 0; round < 10; round++)
        {
            Assert.All(Results(Rows), result => Assert.Equal(3, result, 1e-6f));
        }

        await stop.CancelAsync();
        await collector;
    }

    private static float[] Results(int rows)
    {
        using Ops ops = new();
        return
        [
            Last(ops.Add(Filled(1, rows), Filled(2, rows))),
            Last(ops.Scale(Filled(3, rows), 1)),
            Last(ops.SelectRows(Filled(3, rows), Filled(0, rows), new bool[rows])),
            Last(ops.RmsNorm(Filled(4, rows), Tensor.From([.. Enumerable.Repeat(3f, Width)]), 0)),
            Last(Filled(3, rows).To(DType.BF16)),
            Filled(3, rows).ToArray()[^1],
        ];
    }

    private static float Last(Tensor tensor) => tensor[tensor.Shape[0] - 1, Width - 1];

    private static Tensor Filled(float value, int rows)
    {
        Tensor tensor = Tensor.Empty(new Shape(rows, Width));
        tensor.AsSpan().Fill(value);
        return tensor;
    }
}
