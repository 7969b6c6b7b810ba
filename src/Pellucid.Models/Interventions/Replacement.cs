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

        return x.Shape == value.Shape ? value : ops.Overlay(x, value); // longer where a sequence that has outgrown its prompt is computed whole
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
}
