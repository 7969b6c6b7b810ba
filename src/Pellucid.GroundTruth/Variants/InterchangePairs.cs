using Pellucid.Models;

namespace Pellucid.GroundTruth.Variants;

/// <summary>
/// Pairs of inputs of one length as a batch, the bases before the sources, with what the program gives for each base when variables are set to what they
/// are in its source.
/// </summary>
internal sealed class InterchangePairs
{
    private InterchangePairs(TokenBatch tokens, IReadOnlyList<Value>[] outputs)
    {
        (Tokens, Outputs) = (tokens, outputs);
        Places = [.. outputs.Index().SelectMany(row => row.Item.Index().Where(output => output.Item.IsDefined).Select(output => (row.Index, output.Index + 1)))];
    }

    internal TokenBatch Tokens { get; }

    /// <summary>The program's output for each base, one a position.</summary>
    internal IReadOnlyList<Value>[] Outputs { get; }

    /// <summary>Sequences and positions where the output is defined; position 0 is BOS.</summary>
    internal (int Sequence, int Position)[] Places { get; }

    /// <summary>Makes pairs of inputs.</summary>
    /// <param name="program">The program.</param>
    /// <param name="bases">Inputs.</param>
    /// <param name="sources">As many of the same length.</param>
    /// <param name="variables">The variables that are set; none leave the bases as they are.</param>
    internal static InterchangePairs Of(CompiledProgram program, Value[][] bases, Value[][] sources, IReadOnlyList<string> variables)
    {
        var outputs = new IReadOnlyList<Value>[bases.Length];
        EvaluationOptions plain = new() { Causal = program.Options.Causal };
        for (int i = 0; i < bases.Length; i++)
        {
            EvaluationOptions set = plain;
            if (variables.Count > 0)
            {
                RaspEvaluation there = program.Program.Evaluate(sources[i], plain);
                set = plain with { Interventions = variables.ToDictionary(variable => variable, variable => there[variable]) };
            }

            outputs[i] = program.Program.Evaluate(bases[i], set).Output;
        }

        return new InterchangePairs(program.Batch([.. bases, .. sources]), outputs);
    }
}
