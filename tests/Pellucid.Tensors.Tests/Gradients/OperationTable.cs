namespace Pellucid.Tensors.Tests.Gradients;

/// <summary>Every operation that has a derivative, one line each: a new operation is one more line.</summary>
internal static partial class OperationTable
{
    /// <summary>Rows and widths: one value, less than a vector of any instruction set, a little more than one, and more than two.</summary>
    private static readonly (int Rows, int Width)[] Sizes = [(1, 1), (3, 5), (2, 17), (5, 33)];

    internal static IReadOnlyList<OperationCase> All { get; } =
        [.. Sizes.SelectMany(size => Elementwise(size.Rows, size.Width)), .. Sizes.SelectMany(size => Rows(size.Rows, size.Width)),
            .. Sizes.SelectMany(size => Choices(size.Rows, size.Width)), .. Views(), .. Products((1, 1, 1), (5, 7, 3), (2, 50, 17)), .. Attention(5, (1, 4), (5, 5), (3, 7))];
}
