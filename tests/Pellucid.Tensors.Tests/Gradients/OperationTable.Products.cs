using Pellucid.Tensors.Kernels;
using static Pellucid.Tensors.Tests.Gradients.Numbers;

namespace Pellucid.Tensors.Tests.Gradients;

internal static partial class OperationTable
{
    private static IEnumerable<OperationCase> Products(params (int M, int N, int K)[] sizes)
    {
        foreach ((int m, int n, int k) in sizes)
        {
            foreach ((bool left, bool right) in new[] { (false, false), (true, false), (false, true), (true, true) })
            {
                string name = $"MatMul{(left ? "T" : "N")}{(right ? "T" : "N")}";
                yield return new(name, "MatMul(4)", [left ? [k, m] : [m, k], right ? [n, k] : [k, n]], (ops, x) => ops.MatMul(x[0], x[1], left, right), x =>
                {
                    double[] result = new double[m * n];
                    Reference.MatrixProduct<double>(x[0], left, x[1], right, result, m, n, k);
                    return result;
                });
            }

            // A matrix for a constant: the gradients of x and of the bias. That of a packed matrix is tested on its own, because it is no array.
            float[] weight = [.. Enumerable.Range(0, k * n).Select(index => (index * 37 % 19 / 9f) - 1)];
            foreach (Activation activation in Enum.GetValues<Activation>())
            {
                yield return new($"Linear{activation}", "Linear(4)", [[2, m, k], [n]], (ops, x) => ops.Linear(x[0], PackedMatrix.Pack(weight, k, n, false), x[1], activation), x =>
                    Map(Product(x[0], [.. weight], x[1], 2 * m, n, k), Function(activation)));
            }
        }
    }

    private static double[] Product(double[] x, double[] weight, double[] bias, int rows, int n, int k)
    {
        double[] result = new double[rows * n];
        Reference.MatrixProduct<double>(x, false, weight, false, result, rows, n, k, bias: bias);
        return result;
    }

    private static Func<double, double> Function(Activation activation) => activation switch
    {
        Activation.Relu => Reference.Relu,
        Activation.Gelu => Reference.Gelu,
        Activation.GeluTanh => Reference.GeluTanh,
        Activation.Silu => Reference.Silu,
        _ => value => value,
    };
}
