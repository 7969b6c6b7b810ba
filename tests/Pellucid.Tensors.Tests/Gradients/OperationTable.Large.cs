using static Pellucid.Tensors.Tests.Gradients.Numbers;

namespace Pellucid.Tensors.Tests.Gradients;

internal static partial class OperationTable
{
    /// <summary>
    /// Every operation at sizes that kernels cut into several parts: 67,727 values and more, where the largest parts are of 16,384. Too large for
    /// finite differences.
    /// </summary>
    internal static IReadOnlyList<OperationCase> Large() =>
    [
        .. Elementwise(131, 517), .. Rows(131, 517), .. Choices(131, 517), .. Products((150, 210, 130)), .. Attention(133, (133, 133), (70, 133)),
        .. Views(), .. Images().Select(Enlarged),
        new("TransposeMatrix", "Transpose(2)", [[131, 517]], (ops, x) => ops.Transpose(x[0], 1, 0), x => At([517, 131], at => x[0][Flat([131, 517], at[1], at[0])])),
    ];

    /// <summary>More and larger images; the weights of a convolution stay as they are.</summary>
    private static OperationCase Enlarged(OperationCase one) => one with
    {
        Shapes = [.. one.Shapes.Select((shape, operand) => shape.Length < 4 || (operand > 0 && one.Name.StartsWith("Convolve", StringComparison.Ordinal))
            ? shape
            : [shape[0] + 2, shape[1] * 11, shape[2] * 13, shape[3]])],
    };
}
