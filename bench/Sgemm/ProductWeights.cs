using Pellucid.Tensors;

namespace Pellucid.Bench.Sgemm;

/// <summary>Our packed weights, several times over, and our side of the measurement: a linear layer as a model calls it.</summary>
internal sealed class ProductWeights : IDisposable
{
    private readonly Ops _ops = new();
    private readonly PackedMatrix[] _matrices;
    private int _next;

    internal ProductWeights(int inputs, int outputs, DType storage)
    {
        using Tensor values = ProductOperands.Values(inputs, outputs);
        int copies = ProductOperands.Copies(inputs, outputs) * sizeof(float) / storage.Size();
        _matrices = [.. Enumerable.Range(0, copies).Select(_ => PackedMatrix.Pack(values.AsSpan(), inputs, outputs, outputsByInputs: false, storage))];
        (Inputs, Outputs) = (inputs, outputs);
    }

    internal int Inputs { get; }

    internal int Outputs { get; }

    /// <summary>Seconds of a call.</summary>
    internal double Run(Tensor x) =>
        ProductOperands.Time(() => _ops.Release(_ops.Linear(x, _matrices[_next++ % _matrices.Length])));

    public void Dispose()
    {
        _ops.Dispose();
        Array.ForEach(_matrices, matrix => matrix.Dispose());
    }
}
