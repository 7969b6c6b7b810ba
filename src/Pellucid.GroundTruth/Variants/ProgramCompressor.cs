// Lindner et al. 2023, Tracr (arXiv:2301.05062), section 5: a compiled network's residual stream, most of whose coordinates are empty at any place, is squeezed into
// fewer dimensions by one matrix, through which everything writes and reads; the matrix is trained so that outputs and what each block writes stay. Departures: the first start
// is the principal components of what the stream holds (with as many dimensions as these have, nothing is lost); attention is sharpened during training,
// since sharp attention has no gradient where it is wrong; several starts, of which the best counts.
using Pellucid.GroundTruth.Variants;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.GroundTruth;

/// <summary>Compresses compiled networks, so that their variables share dimensions: superposition with a known answer.</summary>
public static class ProgramCompressor
{
    private const float Exact = 1e-10f;

    /// <summary>Squeezes a compiled network into a residual stream of fewer dimensions. The circuit stays; the variables' directions are no longer orthogonal.</summary>
    /// <param name="program">The compiled network, which stays as it is.</param>
    /// <param name="options">How far, and how to train.</param>
    /// <param name="progress">Told the part that is done, 0 to 1.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>A network of its own, with its truth; <see cref="CompiledProgram.Check"/> says how well it does.</returns>
    /// <exception cref="PellucidException">The options do not fit the network, or every start diverged.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static CompiledProgram Compress(
        CompiledProgram program, CompressionOptions options, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        options.Check(program);
        using ModelParameters wide = program.Model.CopyParameters();
        CompressionRun? best = null, run = null;
        float least = float.PositiveInfinity;
        try
        {
            for (int start = 0; start < options.Starts && least > Exact; start++)
            {
                SeededRandom random = new(options.Seed, stream: 0xC2 + start);
                Tensor embedding = start == 0
                    ? ResidualEmbedding.Principal(program, wide, options.Dimensions, options.Seed)
                    : ResidualEmbedding.Orthonormal(wide.Config.DModel, options.Dimensions, random);
                run = new CompressionRun(program, wide, embedding, options);
                float untrained = run.Loss();
                if (start > 0 || untrained > Exact)
                {
                    run.Train(step => progress?.Report((start + ((step + 1.0) / options.Steps)) / options.Starts), cancellationToken);
                }

                float loss = run.Loss();
                if (loss > untrained) // softer attention on the way may leave a start that was nearly exact for a worse place
                {
                    run.Restart();
                    loss = untrained;
                }

                if (loss < least)
                {
                    (best, run, least) = (run, best, loss);
                }

                run?.Dispose();
                run = null;
            }

            progress?.Report(1);
            if (best is null)
            {
                throw new PellucidException($"The compression of '{program.Program.Name}' to {options.Dimensions} dimensions diverged at every start. Lower the learning rate of {options.LearningRate}.");
            }

            CompiledTruth truth = Truth(program.Truth, best.Embedding);
            return new CompiledProgram(program.Program, program.Options, best.TakeModel(), truth);
        }
        finally
        {
            run?.Dispose();
            best?.Dispose();
        }
    }

    /// <summary>The same circuit and variables along the rows of the embedding.</summary>
    private static CompiledTruth Truth(CompiledTruth truth, Tensor embedding) => truth with
    {
        Variant = ProgramVariant.Compressed,
        Basis = [],
        Constant = Embedded(truth.Constant, embedding),
        Variables = [.. truth.Variables.Select(variable => variable with { Directions = [.. variable.Directions.Select(direction => Embedded(direction, embedding))] })],
    };

    private static float[] Embedded(IReadOnlyList<float> direction, Tensor embedding)
    {
        float[] embedded = new float[embedding.Shape.Width];
        for (int i = 0; i < direction.Count; i++)
        {
            for (int column = 0; direction[i] != 0 && column < embedded.Length; column++)
            {
                embedded[column] += direction[i] * embedding[i, column];
            }
        }

        return embedded;
    }
}
