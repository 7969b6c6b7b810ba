using Pellucid.GroundTruth.Circuits;
using Pellucid.Tensors;

namespace Pellucid.GroundTruth;

/// <summary>How a network is trained to compute a program with the parts that the compiled one uses. Immutable.</summary>
public sealed record InterchangeTrainingOptions
{
    /// <summary>Width of the residual stream.</summary>
    public int Width { get; init; } = 32;

    /// <summary>Heads of each layer; more than the circuit uses, so that some must stay out of it. <see cref="Width"/> is a multiple.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Neurons of each layer.</summary>
    public int Neurons { get; init; } = 128;

    /// <summary>Rounds: each is a step of Adam on what the program gives, one on an interchange inside the circuit and one outside of it.</summary>
    public int Rounds { get; init; } = 2000;

    /// <summary>Pairs of inputs in a step.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>Adam's learning rate after a warm-up of 100 steps; it falls by a cosine.</summary>
    public float LearningRate { get; init; } = 2e-3f;

    /// <summary>Seed of the parameters and the batches.</summary>
    public long Seed { get; init; }

    internal void Check(CompiledProgram program)
    {
        if (Width < 1 || Heads < 1 || Neurons < 1 || Width % Heads != 0)
        {
            throw new PellucidException($"A width of {Width} with {Heads} heads and {Neurons} neurons is no network: the width is a positive multiple of the heads.");
        }

        int needed = program.Truth.Circuit.Nodes.Select(NetworkNode.Parse).OfType<NetworkNode>().Max(node => node.Head + 1) ?? 0;
        if (Heads < needed)
        {
            throw new PellucidException($"The circuit of '{program.Program.Name}' has layers of {needed} heads; {Heads} are too few.");
        }

        if (Rounds < 1 || Batch < 1 || !(LearningRate > 0))
        {
            throw new PellucidException($"Training takes 1 round and pair or more and a positive learning rate; met {Rounds}, {Batch} and {LearningRate}.");
        }
    }
}
