namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Functions of one or two elements at a time over <c>length</c> contiguous floats, and of rows with a vector or with one number a row. A
/// result may be written over an operand of the same shape.
/// </summary>
internal static unsafe partial class Elementwise
{
    private const int CostOfExp = 4;

    /// <summary>e^x, to 2 ulp.</summary>
    internal static void Exp(float* x, float* y, long length) => Unary<ExpOperation>(default, x, y, length, CostOfExp);

    /// <summary>1 / (1 + e^-x).</summary>
    internal static void Sigmoid(float* x, float* y, long length) => Unary<SigmoidOperation>(default, x, y, length, CostOfExp);

    /// <summary>x · sigmoid(x).</summary>
    internal static void Silu(float* x, float* y, long length) => Unary<SiluOperation>(default, x, y, length, CostOfExp);

    /// <summary>max(x, 0).</summary>
    internal static void Relu(float* x, float* y, long length) => Unary<ReluOperation>(default, x, y, length);

    /// <summary>x · Φ(x), with the exact normal distribution function Φ.</summary>
    internal static void Gelu(float* x, float* y, long length) => Unary<GeluOperation>(default, x, y, length, CostOfExp);

    /// <summary>The tanh approximation of GELU, as GPT-2 uses it.</summary>
    internal static void GeluTanh(float* x, float* y, long length) => Unary<GeluTanhOperation>(default, x, y, length, CostOfExp);

    /// <summary>tanh x, to 3 ulp.</summary>
    internal static void Tanh(float* x, float* y, long length) => Unary<TanhOperation>(default, x, y, length, CostOfExp);

    /// <summary>The soft cap c · tanh(x / c), which stays within ±c; c is above 0.</summary>
    internal static void SoftCap(float* x, float cap, float* y, long length) =>
        Unary(new SoftCapOperation(cap), x, y, length, CostOfExp);

    /// <summary>The natural logarithm.</summary>
    internal static void Log(float* x, float* y, long length) => Unary<LogOperation>(default, x, y, length, CostOfExp);

    /// <summary>√x.</summary>
    internal static void Sqrt(float* x, float* y, long length) => Unary<SqrtOperation>(default, x, y, length);

    /// <summary>x².</summary>
    internal static void Square(float* x, float* y, long length) => Binary<MultiplyOperation>(default, x, x, y, length);

    /// <summary>|x|.</summary>
    internal static void Abs(float* x, float* y, long length) => Unary<AbsOperation>(default, x, y, length);

    /// <summary>x, or the bound that it lies beyond.</summary>
    internal static void Clamp(float* x, float low, float high, float* y, long length) =>
        Unary(new ClampOperation(low, high), x, y, length);

    /// <summary>y = x · factor.</summary>
    internal static void Scale(float* x, float factor, float* y, long length) => Unary(new ScaleOperation(factor), x, y, length);

    /// <summary>y = x + addend.</summary>
    internal static void AddScalar(float* x, float addend, float* y, long length) => Unary(new AddScalarOperation(addend), x, y, length);

    /// <summary>y += x · factor.</summary>
    internal static void AddScaled(float* x, float factor, float* y, long length) =>
        Binary(new AddScaledOperation(factor), x, y, y, length);

    /// <summary>z = x + y.</summary>
    internal static void Add(float* x, float* y, float* z, long length) => Binary<AddOperation>(default, x, y, z, length);

    /// <summary>z = x - y.</summary>
    internal static void Subtract(float* x, float* y, float* z, long length) => Binary<SubtractOperation>(default, x, y, z, length);

    /// <summary>z = x · y.</summary>
    internal static void Multiply(float* x, float* y, float* z, long length) => Binary<MultiplyOperation>(default, x, y, z, length);

    /// <summary>z = x / y.</summary>
    internal static void Divide(float* x, float* y, float* z, long length) => Binary<DivideOperation>(default, x, y, z, length);

    /// <summary>y = silu(gate) · up.</summary>
    internal static void SwiGlu(float* gate, float* up, float* y, long length) =>
        Binary<GatedOperation<SiluOperation>>(default, gate, up, y, length, CostOfExp);

    /// <summary>y = gelu(gate) · up, with the exact GELU.</summary>
    internal static void GeGlu(float* gate, float* up, float* y, long length) =>
        Binary<GatedOperation<GeluOperation>>(default, gate, up, y, length, CostOfExp);

    /// <summary>y = gelu(gate) · up, with the tanh approximation of GELU.</summary>
    internal static void GeGluTanh(float* gate, float* up, float* y, long length) =>
        Binary<GatedOperation<GeluTanhOperation>>(default, gate, up, y, length, CostOfExp);

    /// <summary>z [rows, width] = x [rows, width] + vector [width].</summary>
    internal static void AddRowVector(float* x, float* vector, float* z, long rows, int width) =>
        Dispatch.RunRows(new RowVectorKernel<AddOperation>(default, x, vector, z, width), rows, width);

    /// <summary>z [rows, width] = x [rows, width] - vector [width].</summary>
    internal static void SubtractRowVector(float* x, float* vector, float* z, long rows, int width) =>
        Dispatch.RunRows(new RowVectorKernel<SubtractOperation>(default, x, vector, z, width), rows, width);

    /// <summary>z [rows, width] = x [rows, width] · vector [width].</summary>
    internal static void MultiplyRowVector(float* x, float* vector, float* z, long rows, int width) =>
        Dispatch.RunRows(new RowVectorKernel<MultiplyOperation>(default, x, vector, z, width), rows, width);

    /// <summary>z [rows, width] = x [rows, width] · scalars [rows].</summary>
    internal static void MultiplyRowScalars(float* x, float* scalars, float* z, long rows, int width) =>
        Dispatch.RunRows(new RowScalarKernel<MultiplyOperation>(default, x, scalars, z, width), rows, width);

    /// <summary>z [rows, width] = x [rows, width] / scalars [rows].</summary>
    internal static void DivideRowScalars(float* x, float* scalars, float* z, long rows, int width) =>
        Dispatch.RunRows(new RowScalarKernel<DivideOperation>(default, x, scalars, z, width), rows, width);

    private static void Unary<TOperation>(TOperation operation, float* x, float* y, long length, int cost = 1)
        where TOperation : struct, IUnaryOperation =>
        Dispatch.Run(new UnaryKernel<TOperation>(operation, x, y), length, Dispatch.Grain / cost);

    private static void Binary<TOperation>(TOperation operation, float* x, float* y, float* z, long length, int cost = 1)
        where TOperation : struct, IBinaryOperation =>
        Dispatch.Run(new BinaryKernel<TOperation>(operation, x, y, z), length, Dispatch.Grain / cost);
}
