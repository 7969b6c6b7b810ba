// Interchange interventions: Geiger, Lu, Icard, Potts 2021 (arXiv:2106.02997). The test of parts outside of the circuit: Gupta, Arcuschin, Kwa, Garriga-Alonso 2024,
// InterpBench (arXiv:2407.14494).
using Pellucid.GroundTruth.Circuits;
using Pellucid.GroundTruth.Variants;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.GroundTruth;

/// <summary>Holds the parts of a program's network, however it was made, against the program's variables.</summary>
public static class InterchangeCheck
{
    private const int AtOnce = 128;

    /// <summary>Exchanges what each part computes between inputs and counts the outputs that are as the program says.</summary>
    /// <param name="program">A program's network.</param>
    /// <param name="pairs">Pairs of inputs for each part.</param>
    /// <param name="seed">Which inputs.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static InterchangeCheckResult Run(CompiledProgram program, int pairs = 1024, long seed = 0, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pairs, 1);
        Dictionary<NetworkNode, IReadOnlyList<string>> circuit = VariablesOf(program);
        double Right(NetworkNode? node, IReadOnlyList<string> variables) => RightOutputs(program, node, variables, pairs, seed, cancellationToken);
        return new InterchangeCheckResult(
            Right(null, []),
            [.. circuit.Select(part => (part.Key.ToString(), Right(part.Key, part.Value)))],
            [.. Outside(program, circuit).Select(node => (node.ToString(), Right(node, [])))],
            pairs);
    }

    /// <summary>The variables that each part of the circuit computes; a head that counts for a selector width computes it together with the MLP behind it.</summary>
    internal static Dictionary<NetworkNode, IReadOnlyList<string>> VariablesOf(CompiledProgram program) => program.Truth.Circuit.Nodes
        .Select(name => (Name: name, Node: NetworkNode.Parse(name)))
        .Where(part => part.Node is not null)
        .ToDictionary(
            part => part.Node!,
            part => (IReadOnlyList<string>)[.. program.Truth.Variables.Where(variable => variable.WrittenBy == part.Name || variable.CountedBy == part.Name).Select(variable => variable.Name)]);

    internal static IEnumerable<NetworkNode> Outside(CompiledProgram program, Dictionary<NetworkNode, IReadOnlyList<string>> circuit) =>
        NetworkNode.All(program.Model.Config).Where(node => !circuit.ContainsKey(node));

    private static double RightOutputs(
        CompiledProgram program, NetworkNode? node, IReadOnlyList<string> variables, int pairs, long seed, CancellationToken cancellationToken)
    {
        InputBatches inputs = new(program, new SeededRandom(seed, stream: 0x1C));
        (long right, long all) = (0, 0);
        for (int done = 0; done < pairs; done += AtOnce)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Value[][] bases = inputs.Draw(Math.Min(AtOnce, pairs - done));
            var batch = InterchangePairs.Of(program, bases, inputs.Draw(bases.Length, bases[0].Length), variables);
            Model model = node is null ? program.Model : program.Model.With(node.TakenFromSecondHalf(2 * bases.Length));
            using Run run = model.Run(batch.Tokens);
            all += batch.Places.Length;
            right += batch.Places.Count(place =>
                program.IsRight(run.Logits.Row((place.Sequence * batch.Tokens.Positions) + place.Position), batch.Outputs[place.Sequence][place.Position - 1]));
        }

        return all == 0 ? double.NaN : (double)right / all;
    }
}
