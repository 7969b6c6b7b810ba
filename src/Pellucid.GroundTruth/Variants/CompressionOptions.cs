using Pellucid.Tensors;

namespace Pellucid.GroundTruth;

/// <summary>How a residual stream is squeezed into fewer dimensions. Immutable.</summary>
public sealed record CompressionOptions
{
    /// <summary>Width of the compressed residual stream, 1 to that of the compiled one.</summary>
    public required int Dimensions { get; init; }

    /// <summary>Steps of Adam for each start.</summary>
    public int Steps { get; init; } = 10_000;

    /// <summary>Starts, of which the best counts: the principal components of the residual stream, then random orthonormal directions.</summary>
    public int Starts { get; init; } = 3;

    /// <summary>Inputs in a step.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>Adam's learning rate at the beginning; it falls by a cosine.</summary>
    public float LearningRate { get; init; } = 5e-4f;

    /// <summary>Seed of the starts and the batches.</summary>
    public long Seed { get; init; }

    internal void Check(CompiledProgram program)
    {
        int width = program.Model.Config.DModel;
        if (Dimensions < 1 || Dimensions > width)
        {
            throw new PellucidException($"'{program.Program.Name}' has a residual stream of {width} dimensions; it cannot be compressed to {Dimensions}. Give 1 to {width}.");
        }

        if (program.Truth.Variant != ProgramVariant.Compiled)
        {
            throw new PellucidException($"The network of '{program.Program.Name}' is {program.Truth.Variant.ToString().ToLowerInvariant()}; only one as the compiler wrote it is compressed.");
        }

        if (Steps < 1 || Starts < 1 || Batch < 1 || !(LearningRate > 0))
        {
            throw new PellucidException($"Compression takes 1 step, start and input or more and a positive learning rate; met {Steps}, {Starts}, {Batch} and {LearningRate}.");
        }
    }
}
