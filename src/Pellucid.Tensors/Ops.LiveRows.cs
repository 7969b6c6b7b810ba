using Pellucid.Tensors.Kernels;
using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors;

/// <content>
/// Gradients most of whose rows are zero, as where a metric reads a few places: the rows that are not go through products alone. A row of
/// a product does not depend on the others, so its bits are the same.
/// </content>
public sealed unsafe partial class Ops
{
    /// <summary>y · Wᵀ.</summary>
    private Tensor LinearTransposed(Tensor y, PackedMatrix weight)
    {
        Tensor? live = FindLiveRows(y, weight.Inputs);
        Tensor picked = live is null ? y : PickRows(y, live);
        using Operand plain = Plain(picked);
        int rows = live?.Shape[0] ?? y.Shape.Rows;
        Tensor product = New(new Shape(rows, weight.Inputs));
        MatrixProduct.MultiplyTransposed(plain.Pointer, weight.Outputs, rows, weight, product.Pointer, weight.Inputs);
        if (live is null)
        {
            return product;
        }

        Release(picked);
        Tensor placed = PlaceRows(product, live, y.Shape.Rows);
        Release(product);
        return placed;
    }

    /// <summary>xᵀ · y [inputs, outputs], or turned yᵀ · x, for x [rows, inputs] and y [rows, outputs].</summary>
    private Tensor WeightGradient(Tensor x, Tensor y, bool turned)
    {
        Tensor? live = FindLiveRows(y, x.Shape.Width);
        Tensor pickedX = live is null ? x : PickRows(x, live), pickedY = live is null ? y : PickRows(y, live);
        using Operand left = Plain(turned ? pickedY : pickedX), right = Plain(turned ? pickedX : pickedY);
        (int m, int n) = turned ? (y.Shape.Width, x.Shape.Width) : (x.Shape.Width, y.Shape.Width);
        Tensor result = New(new Shape(m, n));
        MatrixProduct.Multiply(left.Pointer, m, true, right.Pointer, n, false, result.Pointer, n, m, n, live?.Shape[0] ?? y.Shape.Rows);
        if (live is not null)
        {
            Release(pickedX);
            Release(pickedY);
        }

        return result;
    }

    /// <summary>The rows that are not all zero, [count] of I32; null where they are more than half, so that sorting them out would not pay.</summary>
    /// <param name="x">[rows, width].</param>
    /// <param name="otherWidth">How wide the rows are that the picked ones are multiplied to or with.</param>
    private Tensor? FindLiveRows(Tensor x, int otherWidth)
    {
        if (MemoryPlan.Current is not null)
        {
            Release(New(new Shape(Math.Max(1, x.Shape.Rows / 2), x.Shape.Width + otherWidth))); // the most that sorting them out would hold besides
            return null;
        }

        using Operand plain = Plain(x);
        (int rows, int width) = (x.Shape.Rows, x.Shape.Width);
        Tensor found = New(new Shape(Math.Max(1, rows / 2)), DType.I32);
        int count = 0;
        for (int row = 0; row < rows; row++)
        {
            if (!new ReadOnlySpan<float>(plain.Pointer + ((long)row * width), width).ContainsAnyExcept(0f))
            {
                continue;
            }

            if (count >= rows / 2)
            {
                Release(found);
                return null;
            }

            ((int*)found.RawPointer)[count++] = row;
        }

        return Slice(found, 0, 0, count);
    }

    private Tensor PickRows(Tensor x, Tensor rows)
    {
        using Operand plain = Plain(x);
        int width = x.Shape.Width;
        Tensor result = New(new Shape(rows.Shape[0], width));
        for (int i = 0; i < rows.Shape[0]; i++)
        {
            Copy(plain.Pointer + ((long)((int*)rows.RawPointer)[i] * width), result.Pointer + ((long)i * width), width);
        }

        return result;
    }

    private Tensor PlaceRows(Tensor x, Tensor rows, int count)
    {
        int width = x.Shape.Width;
        Tensor result = Zeros(new Shape(count, width));
        for (int i = 0; i < rows.Shape[0]; i++)
        {
            Copy(x.Pointer + ((long)i * width), result.Pointer + ((long)((int*)rows.RawPointer)[i] * width), width);
        }

        return result;
    }
}
