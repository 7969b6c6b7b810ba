namespace Pellucid.GroundTruth.Compilation;

/// <summary>
/// A compiled program before it becomes arrays: which entries of which matrices are not zero. It runs in double precision, which is how the
/// construction itself is tested, apart from what float32 does to it.
/// </summary>
internal sealed record CraftNetwork(
    RaspProgram Program, CompileOptions Options, VariableSpace[] Spaces, ResidualBasis Basis, IReadOnlyList<CraftLayer> Layers)
{
    internal VariableSpace Output => Spaces[^1];

    /// <summary>
    /// The blocks as they follow one another: <c>A</c> with the number of heads, <c>M</c> with the number of hidden units.
    /// </summary>
    internal IReadOnlyList<string> Blocks =>
    [
        .. Layers.SelectMany(layer => new[] { (Kind: "A", Size: layer.Heads.Count), (Kind: "M", Size: layer.Hidden) })
            .Where(block => block.Size > 0)
            .Select(block => $"{block.Kind}{block.Size}"),
    ];

    internal static CraftNetwork Build(RaspProgram program, CompileOptions options)
    {
        RaspProgram lowered = ProgramLowering.Lower(program);
        VariableSpace[] spaces = new ValueInference(lowered.Graph, options).Run();
        var basis = new ResidualBasis(spaces, options);
        var builder = new BlockBuilder(lowered.Graph, spaces, basis);
        VariableBlocks?[] blocks = [.. spaces.Select(builder.Build)];
        return new CraftNetwork(lowered, options, spaces, basis, LayerPlan.Place(lowered.Graph, blocks));
    }

    /// <summary>Runs an input in double precision.</summary>
    /// <returns>The residual stream after the last layer, [BOS and the input's positions][direction].</returns>
    internal double[][] Forward(IReadOnlyList<Value> tokens)
    {
        double[][] residual = [.. Enumerable.Range(0, tokens.Count + 1).Select(_ => new double[Basis.Size])];
        for (int p = 0; p < residual.Length; p++)
        {
            residual[p][p == 0 ? Basis.Bos : Options.Vocabulary.Index().First(token => token.Item == tokens[p - 1]).Index] = 1;
            if (p > 0)
            {
                residual[p][Basis.FirstIndex + p - 1] = 1;
            }

            if (Basis.One >= 0)
            {
                residual[p][Basis.One] = 1;
            }
        }

        foreach (CraftLayer layer in Layers)
        {
            Add(residual, [.. layer.Heads.Select(head => Attend(head, residual))]);
            Add(residual, [.. layer.Mlps.Select(mlp => Compute(mlp, residual))]);
        }

        return residual;
    }

    /// <summary>The output's coordinates at a position: one number, or one a value.</summary>
    internal double[] OutputOf(double[] residual) => [.. Basis.Of(Output).Select(direction => residual[direction])];

    private static void Add(double[][] residual, double[][][] written)
    {
        foreach (double[][] block in written)
        {
            for (int p = 0; p < residual.Length; p++)
            {
                for (int i = 0; i < residual[p].Length; i++)
                {
                    residual[p][i] += block[p][i];
                }
            }
        }
    }

    private double[][] Attend(HeadBlock head, double[][] residual) =>
    [
        .. Enumerable.Range(0, residual.Length).Select(query =>
        {
            int keys = Options.Causal ? query + 1 : residual.Length;
            double[] scores =
            [
                .. Enumerable.Range(0, keys)
                    .Select(key => head.Scores.Sum(entry => residual[query][entry.From] * residual[key][entry.To] * entry.Value)),
            ];
            double[] weights = [.. scores.Select(score => Math.Exp(score - scores.Max()))];
            double[] written = new double[Basis.Size];
            foreach (Entry entry in head.Values)
            {
                written[entry.To] += Enumerable.Range(0, keys).Sum(key => weights[key] * residual[key][entry.From]) / weights.Sum() * entry.Value;
            }

            return written;
        }),
    ];

    private double[][] Compute(MlpBlock mlp, double[][] residual) =>
    [
        .. residual.Select(position =>
        {
            double[] hidden = new double[mlp.Hidden], written = new double[Basis.Size];
            foreach (Entry entry in mlp.In)
            {
                hidden[entry.To] += position[entry.From] * entry.Value;
            }

            foreach (Entry entry in mlp.Out)
            {
                written[entry.To] += Math.Max(hidden[entry.From], 0) * entry.Value;
            }

            return written;
        }),
    ];
}
