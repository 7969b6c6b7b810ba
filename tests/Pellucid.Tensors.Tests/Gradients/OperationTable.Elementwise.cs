using static Pellucid.Tensors.Kernels.Reference;
using static Pellucid.Tensors.Tests.Gradients.Numbers;

namespace Pellucid.Tensors.Tests.Gradients;

internal static partial class OperationTable
{
    private static IEnumerable<OperationCase> Elementwise(int rows, int width)
    {
        int[] one = [rows, width], row = [width], many = [2, rows, width];
        yield return new("Add", "Add(2)", [one, one], (ops, x) => ops.Add(x[0], x[1]), x => Map(x[0], x[1], (a, b) => a + b));
        yield return new("AddRow", "Add(2)", [many, row], (ops, x) => ops.Add(x[0], x[1]), x => Map(x[0], x[1], (a, b) => a + b));
        yield return new("Subtract", "Subtract(2)", [one, one], (ops, x) => ops.Subtract(x[0], x[1]), x => Map(x[0], x[1], (a, b) => a - b));
        yield return new("SubtractRow", "Subtract(2)", [many, one], (ops, x) => ops.Subtract(x[0], x[1]), x => Map(x[0], x[1], (a, b) => a - b));
        yield return new("Multiply", "Multiply(2)", [one, one], (ops, x) => ops.Multiply(x[0], x[1]), x => Map(x[0], x[1], (a, b) => a * b));
        yield return new("MultiplyRow", "Multiply(2)", [many, row], (ops, x) => ops.Multiply(x[0], x[1]), x => Map(x[0], x[1], (a, b) => a * b));
        yield return new("Divide", "Divide(2)", [one, one], (ops, x) => ops.Divide(x[0], x[1]), x => Map(x[0], x[1], (a, b) => a / b)) { Low = 0.5 };
        yield return new("DivideRow", "Divide(2)", [many, row], (ops, x) => ops.Divide(x[0], x[1]), x => Map(x[0], x[1], (a, b) => a / b)) { Low = 0.5 };
        yield return new("Min", "Min(2)", [one, one], (ops, x) => ops.Min(x[0], x[1]), x => Map(x[0], x[1], Math.Min));
        yield return new("Max", "Max(Tensor,Tensor)", [one, one], (ops, x) => ops.Max(x[0], x[1]), x => Map(x[0], x[1], Math.Max));
        yield return new("Scale", "Scale(2)", [one], (ops, x) => ops.Scale(x[0], -1.5f), x => Map(x[0], a => a * -1.5));
        yield return new("AddScalar", "AddScalar(2)", [one], (ops, x) => ops.AddScalar(x[0], 0.75f), x => Map(x[0], a => a + 0.75));
        yield return new("Relu", "Relu(1)", [one], (ops, x) => ops.Relu(x[0]), x => Map(x[0], Relu));
        yield return new("Gelu", "Gelu(1)", [one], (ops, x) => ops.Gelu(x[0]), x => Map(x[0], Gelu)) { Low = -4, High = 4 };
        yield return new("GeluTanh", "GeluTanh(1)", [one], (ops, x) => ops.GeluTanh(x[0]), x => Map(x[0], GeluTanh)) { Low = -4, High = 4 };
        yield return new("Silu", "Silu(1)", [one], (ops, x) => ops.Silu(x[0]), x => Map(x[0], Silu)) { Low = -4, High = 4 };
        yield return new("Sigmoid", "Sigmoid(1)", [one], (ops, x) => ops.Sigmoid(x[0]), x => Map(x[0], Sigmoid)) { Low = -4, High = 4 };
        yield return new("Tanh", "Tanh(1)", [one], (ops, x) => ops.Tanh(x[0]), x => Map(x[0], Math.Tanh));
        yield return new("Exp", "Exp(1)", [one], (ops, x) => ops.Exp(x[0]), x => Map(x[0], Math.Exp));
        yield return new("Log", "Log(1)", [one], (ops, x) => ops.Log(x[0]), x => Map(x[0], Math.Log)) { Low = 0.2, High = 4 };
        yield return new("Sqrt", "Sqrt(1)", [one], (ops, x) => ops.Sqrt(x[0]), x => Map(x[0], Math.Sqrt)) { Low = 0.2, High = 4 };
        yield return new("Square", "Square(1)", [one], (ops, x) => ops.Square(x[0]), x => Map(x[0], a => a * a));
        yield return new("Abs", "Abs(1)", [one], (ops, x) => ops.Abs(x[0]), x => Map(x[0], Math.Abs));
        yield return new("Clamp", "Clamp(3)", [one], (ops, x) => ops.Clamp(x[0], -0.5f, 1), x => Map(x[0], a => Math.Clamp(a, -0.5, 1)));
        yield return new("SoftCap", "SoftCap(2)", [one], (ops, x) => ops.SoftCap(x[0], 1.5f), x => Map(x[0], a => 1.5 * Math.Tanh(a / 1.5)));
        yield return new("SwiGlu", "SwiGlu(2)", [one, one], (ops, x) => ops.SwiGlu(x[0], x[1]), x => Map(x[0], x[1], (g, u) => Silu(g) * u));
        yield return new("GeGlu", "GeGlu(2)", [one, one], (ops, x) => ops.GeGlu(x[0], x[1]), x => Map(x[0], x[1], (g, u) => Gelu(g) * u));
        yield return new("GeGluTanh", "GeGluTanh(2)", [one, one], (ops, x) => ops.GeGluTanh(x[0], x[1]), x => Map(x[0], x[1], (g, u) => GeluTanh(g) * u));
        yield return new("Activate", "Activate(2)", [one], (ops, x) => ops.Activate(x[0], Activation.GeluTanh), x => Map(x[0], GeluTanh));
    }
}
