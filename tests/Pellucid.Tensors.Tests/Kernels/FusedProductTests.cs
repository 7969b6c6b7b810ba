using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors.Tests.Kernels;

public sealed unsafe class FusedProductTests
{
    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Multiply_WithActivation_GivesTheBitsOfASeparatePass(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        (int Rows, int Depth, int Columns)[] shapes = [(1, 30, 150), (1, 0, 49), (1, 900, 48), (5, 900, 49), (8, 3200, 97), (70, 1600, 131)];
        foreach ((int rows, int depth, int columns) in shapes)
        {
            foreach (Activation activation in Enum.GetValues<Activation>())
            {
                Check(rows, depth, columns, activation);
            }
        }
    }

    private static void Check(int rows, int depth, int columns, Activation activation)
    {
        Guarded a = Guarded.Random(rows * depth, 1, 0.2f), weights = Guarded.Random(depth * columns, 2), bias = Guarded.Random(columns, 3);
        using PackedMatrix packed = PackedMatrix.Pack(weights.Span, depth, columns, outputsByInputs: false);
        Guarded separate = new(rows * columns), fused = new(rows * columns);
        MatrixProduct.Multiply(a.Pointer, depth, rows, packed, separate.Pointer, columns, false, bias.Pointer);
        Apply(activation, separate.Pointer, rows * columns);
        MatrixProduct.Multiply(a.Pointer, depth, rows, packed, fused.Pointer, columns, false, bias.Pointer, activation);
        Assert.True(separate.Span.SequenceEqual(fused.Span), $"{activation}, {rows} rows");
        fused.AssertGuards();
        Guarded.KeepAlive(a, bias);
    }

    private static void Apply(Activation activation, float* x, long length)
    {
        switch (activation)
        {
            case Activation.Relu: Elementwise.Relu(x, x, length); break;
            case Activation.Gelu: Elementwise.Gelu(x, x, length); break;
            case Activation.GeluTanh: Elementwise.GeluTanh(x, x, length); break;
            case Activation.Silu: Elementwise.Silu(x, x, length); break;
            default: break;
        }
    }
}
