using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Checkpoints;

/// <summary>Holds what a file from outside tells of a network against what can be built, and against the arrays that came with it.</summary>
internal static class NetworkClaims
{
    /// <summary>Values of a rotary table that a file may ask for however few arrays it has.</summary>
    private const long RotaryAllowance = 1 << 24;

    /// <summary>Refuses facts of which no network can be built.</summary>
    /// <param name="config">The facts.</param>
    /// <param name="path">The file that tells them.</param>
    /// <param name="advice">What to do.</param>
    /// <exception cref="BadFileException">Facts are out of range, or do not fit one another.</exception>
    internal static void Check(ModelConfig config, string path, string advice)
    {
        try
        {
            config.Check();
        }
        catch (PellucidException error)
        {
            throw new BadFileException(path, error.Message.TrimEnd('.'), advice, error);
        }
    }

    /// <summary>Refuses a context for which there would be more rotary angles than there are parameters.</summary>
    /// <param name="config">The facts.</param>
    /// <param name="arrays">The arrays.</param>
    /// <param name="path">The file that tells the facts.</param>
    /// <param name="advice">What to do.</param>
    /// <param name="allowance">Angles that may be asked for in any case.</param>
    /// <exception cref="BadFileException">There would be more.</exception>
    internal static void CheckContext(ModelConfig config, CheckpointArrays arrays, string path, string advice, long allowance = RotaryAllowance)
    {
        long values = arrays.Shapes.Values.Sum(shape => shape.Count);
        if (config.PositionEmbedding == PositionKind.Rotary && (long)config.Context * config.DHead > Math.Max(values, allowance))
        {
            throw new BadFileException(
                path, $"its context of {config.Context} positions, with heads of {config.DHead}, asks for more angles than the network has parameters", advice);
        }
    }
}
