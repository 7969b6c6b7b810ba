using Pellucid.GroundTruth.Compilation;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.GroundTruth.Variants;

/// <summary>Draws inputs of a program to train on: three batches of four of the full length, the others of any.</summary>
internal sealed class InputBatches(CompiledProgram program, SeededRandom random)
{
    /// <summary>Inputs of one length.</summary>
    internal Value[][] Draw(int count)
    {
        int longest = program.Options.Length;
        return Draw(count, random.NextInt(4) > 0 ? longest : 1 + random.NextInt(longest));
    }

    /// <summary>Inputs of a length.</summary>
    internal Value[][] Draw(int count, int length) => [.. Enumerable.Range(0, count).Select(_ => InputSpace.Draw(program.Options, length, random))];

    internal TokenBatch Next(int count) => program.Batch(Draw(count));
}
