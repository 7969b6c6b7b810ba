using Pellucid.Tensors;

namespace Pellucid.Models.Interventions;

/// <summary>Lays a given value over the positions that a sequence began with.</summary>
internal static class Replacement
{
    internal static Tensor Of(Ops ops, Tensor x, Tensor value, HookContext context)
    {
        if (context.Start >= context.Prompt)
        {
            return x; // a later pass of cached generation: the prompt is behind it
        }

        Shape expected = ShapeOfPrompt(x.Shape, context);
        if (value.Shape != expected)
        {
            throw new ShapeException($"Replace at {context.Point}: {expected} was expected, the replacement is {value.Shape}.");
        }

        return x.Shape == value.Shape ? value : LaidOver(ops, x, value, context);
    }

    private static Shape ShapeOfPrompt(Shape shape, HookContext context)
    {
        int[] sizes = shape.Sizes.ToArray();
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            sizes[axis] = context.Point.Axes[axis] is "pos" or "query" or "key" ? context.Prompt : sizes[axis];
        }

        return new Shape(sizes).Named([.. context.Point.Axes]);
    }

    /// <summary>A sequence that has grown past its prompt and is computed whole.</summary>
    private static Tensor LaidOver(Ops ops, Tensor x, Tensor value, HookContext context)
    {
        using Tensor plain = value.To(DType.F32);
        Tensor laid = ops.Own(x.Copy());
        int axis = context.Point.PositionAxis, positions = x.Shape[axis];
        bool[] replaced = new bool[Product(x.Shape.Sizes[..(axis + 1)])];
        int rows = x.Shape.Rows / replaced.Length;
        for (int i = 0; i < replaced.Length; i++)
        {
            (int outer, int position) = (i / positions, i % positions);
            replaced[i] = position < context.Prompt;
            for (int row = 0; replaced[i] && row < rows; row++)
            {
                plain.Row((((outer * context.Prompt) + position) * rows) + row).CopyTo(laid.Row((i * rows) + row));
            }
        }

        return ops.SelectRows(x, laid, replaced);
    }

    private static int Product(ReadOnlySpan<int> sizes)
    {
        int product = 1;
        foreach (int size in sizes)
        {
            product *= size;
        }

        return product;
    }
}
