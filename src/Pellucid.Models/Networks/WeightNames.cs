using Pellucid.Tensors;

namespace Pellucid.Models.Networks;

/// <summary>Takes the parameters of a network from arrays with names, and gives them back under the same names.</summary>
internal static class WeightNames
{
    /// <summary>Packs a network from its named arrays.</summary>
    /// <param name="plan">What the network is.</param>
    /// <param name="read">The array of a name, matrices inputs by outputs; the caller of this function keeps it and may let it go at the next call.</param>
    /// <param name="storage">How the matrices are held.</param>
    internal static NetworkWeights Pack(NetworkPlan plan, Func<string, Tensor> read, DType storage = DType.F32) => Pack(plan, new GivenParameters(read), storage);

    /// <summary>Packs a network from parameters that are read one at a time.</summary>
    internal static NetworkWeights Pack(NetworkPlan plan, ParameterSource source, DType storage)
    {
        PackedMatrix embedding = source.PackTurned(plan.Parameters[ParameterName.Embedding], storage);
        return new NetworkWeights(embedding, [.. Enumerable.Range(0, plan.Config.Layers).Select(layer => Block($"blocks.{layer}."))])
        {
            EmbeddingProjection = Project("embed.", "_project"),
            Positions = Copy(ParameterName.Positions),
            TokenTypes = Copy("embed.W_token_type"),
            EmbeddingNorm = Norm("embed.ln"),
            FinalNorm = Norm("ln_final"),
            Pooler = Project("pooler."),
            NextSentence = Project("nsp_head."),
            LogitTransform = Project("mlm_head."),
            LogitNorm = Norm("mlm_head.ln"),
            UnembeddingProjection = Project("unembed.", "_project"),
            Unembedding = plan.Config.HasTiedUnembedding ? new Projection(embedding, Copy(ParameterName.UnembeddingBias)) : Project("unembed.", "_U"),
        };

        LayerWeights Block(string block) => new(
            Norm(block + "ln1"),
            Project(block + "attn.", "_Q")!,
            Project(block + "attn.", "_K")!,
            Project(block + "attn.", "_V")!,
            Project(block + "attn.", "_O")!,
            Norm(block + "ln2"),
            Project(block + "mlp.", "_gate"),
            Project(block + "mlp.", "_in")!,
            Project(block + "mlp.", "_out")!)
        {
            QNorm = Norm(block + "attn.q_norm"),
            KNorm = Norm(block + "attn.k_norm"),
            Ln1Post = Norm(block + "ln1_post"),
            Ln2Post = Norm(block + "ln2_post"),
        };

        NormWeights? Norm(string name) => Copy(name + ".w") is { } weight ? new(weight, Copy(name + ".b")) : null;

        Projection? Project(string owner, string name = "") => plan.Parameters.Contains($"{owner}W{name}")
            ? new Projection(source.Pack(plan.Parameters[$"{owner}W{name}"], storage), Copy($"{owner}b{name}"))
            : null;

        Tensor? Copy(string name) => plan.Parameters.Contains(name) ? source.Read(plan.Parameters[name]) : null;
    }

    /// <summary>Every parameter array by its name: a <see cref="Tensor"/>, the <see cref="PackedMatrix"/> of a projection, or that of the embedding, which is turned.</summary>
    internal static IEnumerable<(string Name, Tensor? Array, PackedMatrix? Matrix)> Of(NetworkPlan plan, NetworkWeights weights)
    {
        IEnumerable<(string Name, Tensor? Array, PackedMatrix? Matrix)> all =
        [
            (ParameterName.Embedding, null, weights.Embedding),
            .. Of("embed.", "_project", weights.EmbeddingProjection),
            .. Single(ParameterName.Positions, weights.Positions),
            .. Single("embed.W_token_type", weights.TokenTypes),
            .. Of("embed.ln", weights.EmbeddingNorm),
            .. weights.Layers.SelectMany((layer, index) => Of($"blocks.{index}.", layer)),
            .. Of("ln_final", weights.FinalNorm),
            .. Of("pooler.", "", weights.Pooler),
            .. Of("nsp_head.", "", weights.NextSentence),
            .. Of("mlm_head.", "", weights.LogitTransform),
            .. Of("mlm_head.ln", weights.LogitNorm),
            .. Of("unembed.", "_project", weights.UnembeddingProjection),
            .. Of("unembed.", "_U", weights.Unembedding),
        ];
        return all.Where(parameter => !(plan.Config.HasTiedUnembedding && parameter.Name == ParameterName.Unembedding));
    }

    private static IEnumerable<(string Name, Tensor? Array, PackedMatrix? Matrix)> Of(string block, LayerWeights its) =>
    [
        .. Of(block + "ln1", its.Ln1),
        .. Of(block + "attn.", "_Q", its.Q),
        .. Of(block + "attn.", "_K", its.K),
        .. Of(block + "attn.", "_V", its.V),
        .. Of(block + "attn.q_norm", its.QNorm),
        .. Of(block + "attn.k_norm", its.KNorm),
        .. Of(block + "attn.", "_O", its.O),
        .. Of(block + "ln1_post", its.Ln1Post),
        .. Of(block + "ln2", its.Ln2),
        .. Of(block + "mlp.", "_gate", its.Gate),
        .. Of(block + "mlp.", "_in", its.In),
        .. Of(block + "mlp.", "_out", its.Out),
        .. Of(block + "ln2_post", its.Ln2Post),
    ];

    private static IEnumerable<(string Name, Tensor? Array, PackedMatrix? Matrix)> Of(string owner, string name, Projection? projection) =>
        projection is null ? [] : [($"{owner}W{name}", null, projection.Weight), .. Single($"{owner}b{name}", projection.Bias)];

    private static IEnumerable<(string Name, Tensor? Array, PackedMatrix? Matrix)> Of(string name, NormWeights? norm) =>
        norm is null ? [] : [(name + ".w", norm.Weight, null), .. Single(name + ".b", norm.Bias)];

    private static IEnumerable<(string Name, Tensor? Array, PackedMatrix? Matrix)> Single(string name, Tensor? array) =>
        array is null ? [] : [(name, array, null)];
}
