namespace Pellucid.GroundTruth.Circuits;

/// <summary>What each node of a network wrote in a run, and its logits.</summary>
internal sealed class NodeOutputs(int nodes, int rows, int positions, int width, int outputs)
{
    private readonly float[][] _written = [.. Enumerable.Range(0, nodes).Select(_ => new float[rows * positions * width])];

    /// <summary>[row, position, output].</summary>
    internal float[] Logits { get; set; } = [];

    /// <summary>What a node wrote, [row, position, d_model].</summary>
    internal float[] Of(int node) => _written[node];

    /// <summary>The logits of one row, [position, output].</summary>
    internal ReadOnlySpan<float> LogitsOf(int row) => Logits.AsSpan(row * positions * outputs, positions * outputs);

    /// <summary>Some rows, each as often as it is named.</summary>
    internal NodeOutputs Rows(IReadOnlyList<int> chosen)
    {
        var selected = new NodeOutputs(_written.Length, chosen.Count, positions, width, outputs);
        foreach ((int to, int from) in chosen.Index())
        {
            for (int node = 0; node < _written.Length; node++)
            {
                int size = positions * width;
                _written[node].AsSpan(from * size, size).CopyTo(selected._written[node].AsSpan(to * size));
            }
        }

        return selected;
    }
}
