// The circuit that is handed over is tested, not asserted. A pair is a clean input and a corrupted one in the same positions. Since a node
// may carry nothing but positions or the number of tokens, a corrupted input may hold its positions in another order and may have gaps: an
// absent position holds the constant alone, which no selector selects. The tests, by edge patching, where a patched edge carries what its
// source wrote in the other run and every other edge what its source writes in this one:
//   (a) in the clean run all edges outside the circuit are corrupted: the output stays clean;
//   (b) in the corrupted run the same edges are made clean: the output stays corrupted;
//   (c) in the clean run each edge of the circuit is corrupted alone: the output changes for some pair;
//   (d) in the corrupted run the circuit's edges from the input are made clean, and the rest of it computes: the output is clean.
// (To make every edge of the circuit clean would show nothing: those into the logits carry the clean output.)
using Pellucid.GroundTruth.Circuits;
using Pellucid.Tensors;

namespace Pellucid.GroundTruth;

/// <summary>Tests a circuit of a compiled program by patching its network.</summary>
public static class CircuitCheck
{
    private const int RowsAtOnce = 512;

    /// <summary>Tests a circuit.</summary>
    /// <param name="compiled">The network.</param>
    /// <param name="circuit">The circuit; the one of its truth when null.</param>
    /// <param name="options">Pairs and tolerance.</param>
    /// <exception cref="PellucidException">The network has norms or was trained, or the circuit names a node that it does not have.</exception>
    public static CircuitCheckResult Run(CompiledProgram compiled, Circuit? circuit = null, CircuitCheckOptions? options = null)
    {
        if (compiled.Truth.Variant != ProgramVariant.Compiled)
        {
            // Corrupted inputs with gaps and shuffled positions lie outside of what a compressed stream keeps, and the edges of a trained network are its own.
            throw new PellucidException("Edges are tested one by one in a network as the compiler wrote it; test the parts of this one with InterchangeCheck.");
        }

        (circuit, options) = (circuit ?? compiled.Truth.Circuit, options ?? new CircuitCheckOptions());
        IReadOnlyList<string> nodes = Nodes(compiled);
        var patcher = new EdgePatcher(compiled.Model, nodes);
        var source = new PairSource(compiled, options.Seed);
        CircuitCheckResult result = Patching(0).Run();
        for (int round = 1; round <= options.Rounds && result.Needless.Any(); round++)
        {
            Dictionary<CircuitEdge, double> more = Patching(round).Needs([.. result.Needless]).ToDictionary(need => need.Edge, need => need.Change);
            result = result with { Edges = [.. result.Edges.Select(edge => (edge.Edge, more.GetValueOrDefault(edge.Edge, edge.Change)))] };
        }

        return result;

        Patching Patching(int round)
        {
            (float[][] clean, float[][] corrupted) = source.Draw(options.Pairs, round);
            return new Patching(patcher, nodes, circuit, clean, corrupted, compiled.Options.Length + 1, options);
        }
    }

    /// <summary>The nodes of the circuit and every MLP, in the order in which they run: one outside of the circuit may write what never differs.</summary>
    private static string[] Nodes(CompiledProgram compiled)
    {
        IReadOnlyList<string> known = compiled.Truth.Circuit.Nodes;
        return
        [
            "input",
            .. Enumerable.Range(0, compiled.Model.Config.Layers).SelectMany(layer => known.Where(node => NetworkNode.Parse(node) is { Head: not null } head && head.Layer == layer).Append($"m{layer}")),
            "logits",
        ];
    }

    private sealed class Patching(
        EdgePatcher patcher, IReadOnlyList<string> nodes, Circuit circuit, float[][] clean, float[][] corrupted, int positions, CircuitCheckOptions options)
    {
        private readonly NodeOutputs _clean = patcher.Run(clean, positions);
        private readonly NodeOutputs _corrupted = patcher.Run(corrupted, positions);

        internal CircuitCheckResult Run()
        {
            HashSet<(int, string)> inside = [.. circuit.Edges.Select(edge => (Number(edge.Source), edge.Target))];
            int[] pairs = [.. Enumerable.Range(0, clean.Length)];
            Func<int, int, string, bool> isOutside = (_, source, target) => !inside.Contains((source, target));
            Func<int, int, string, bool> isEntrance = (_, source, target) => source == Number("input") && inside.Contains((source, target));
            return new CircuitCheckResult
            {
                Pairs = clean.Length,
                Differing = pairs.Count(row => Difference(_clean.LogitsOf(row), _corrupted.LogitsOf(row)) > options.Tolerance),
                OutsideCorrupted = Largest(patcher.Run(clean, positions, _corrupted, isOutside), _clean),
                OutsideRestored = Largest(patcher.Run(corrupted, positions, _clean, isOutside), _corrupted),
                CircuitRestored = Largest(patcher.Run(corrupted, positions, _clean, isEntrance), _clean),
                Edges = Needs(circuit.Edges),
                Tolerance = options.Tolerance,
            };
        }

        /// <summary>What corrupting each edge alone does: one row of a batch for each pair and edge.</summary>
        internal List<(CircuitEdge Edge, double Change)> Needs(IReadOnlyList<CircuitEdge> tested)
        {
            var needs = new List<(CircuitEdge, double)>();
            int edgesAtOnce = Math.Max(1, RowsAtOnce / clean.Length);
            foreach (CircuitEdge[] edges in tested.Chunk(edgesAtOnce))
            {
                options.CancellationToken.ThrowIfCancellationRequested();
                int[] rows = [.. edges.SelectMany(_ => Enumerable.Range(0, clean.Length))];
                (int Source, string Target)[] patched = [.. edges.Select(edge => (Number(edge.Source), edge.Target))];
                NodeOutputs run = patcher.Run(
                    [.. rows.Select(row => clean[row])],
                    positions,
                    _corrupted.Rows(rows),
                    (row, source, target) => patched[row / clean.Length] == (source, target));
                needs.AddRange(edges.Index().Select(edge => (edge.Item, Enumerable.Range(0, clean.Length)
                    .Max(pair => Difference(run.LogitsOf((edge.Index * clean.Length) + pair), _clean.LogitsOf(pair))))));
            }

            return needs;
        }

        private int Number(string node) => nodes.Index().Where(entry => entry.Item == node).Select(entry => (int?)entry.Index).FirstOrDefault()
            ?? throw new PellucidException($"The circuit names the node '{node}', which the network does not have. Its nodes are {string.Join(", ", nodes)}.");

        private double Largest(NodeOutputs run, NodeOutputs expected) =>
            Enumerable.Range(0, clean.Length).Max(row => Difference(run.LogitsOf(row), expected.LogitsOf(row)));

        private static double Difference(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
        {
            double largest = 0;
            for (int i = 0; i < a.Length; i++)
            {
                largest = Math.Max(largest, Math.Abs((double)a[i] - b[i]));
            }

            return largest;
        }
    }
}
