using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Interventions;

/// <summary>A small network, its undisturbed activations, and plain arithmetic on them.</summary>
internal static class Numbers
{
    internal const int Positions = 6;

    internal static Model Model { get; } = new TinyCheckpoint(tied: false).Open();

    internal static TokenBatch Tokens { get; } = TokenBatch.From([[1, 7, 3, 22, 5, 9], [1, 4, 4, 0, 18, 2]]);

    internal static RunOptions KeepAll { get; } = new() { Capture = Capture.All(Model) };

    internal static Run Undisturbed { get; } = Model.Run(Tokens, KeepAll);

    internal static TheoryData<string> Hooks => [.. Model.Hooks.Points.Select(point => point.Name)];

    internal static Tensor Random(Shape shape, long seed)
    {
        SeededRandom random = new(seed);
        Tensor tensor = Tensor.Empty(shape);
        foreach (ref float value in tensor.AsSpan())
        {
            value = (float)random.NextNormal();
        }

        return tensor;
    }

    /// <summary>Each value of a hook made anew from its index and what it was; keys after the query stay as they were.</summary>
    internal static float[] Changed(string hook, Func<int[], float, float> change)
    {
        HookPoint point = Model.Hooks[hook];
        int[] sizes = Undisturbed[hook].Shape.Sizes.ToArray();
        float[] values = Undisturbed[hook].ToArray();
        int[] index = new int[sizes.Length];
        for (int i = 0; i < values.Length; i++)
        {
            bool masked = point.Axes[^1] == "key" && index[3] > index[2];
            values[i] = masked ? values[i] : change(index, values[i]);
            for (int axis = index.Length - 1; axis >= 0 && ++index[axis] == sizes[axis]; axis--)
            {
                index[axis] = 0;
            }
        }

        return values;
    }
}
