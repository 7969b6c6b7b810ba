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
        return new NetworkWeights(
            embedding,
            Copy("pos_embed.W_pos"),
            [.. Enumerable.Range(0, plan.Config.Layers).Select(layer => Block($"blocks.{layer}."))],
            Norm("ln_final"),
            plan.Config.TiedEmbedding
                ? new Projection(embedding, Copy(ParameterName.UnembeddingBias))
                : Project("unembed.", "U")!);

        LayerWeights Block(string block) => new(
            Norm(block + "ln1"),
            Project(block + "attn.", "Q")!,
            Project(block + "attn.", "K")!,
            Project(block + "attn.", "V")!,
            Project(block + "attn.", "O")!,
            Norm(block + "ln2"),
            Project(block + "mlp.", "gate"),
            Project(block + "mlp.", "in")!,
            Project(block + "mlp.", "out")!);

        NormWeights? Norm(string name) => Copy(name + ".w") is { } weight ? new(weight, Copy(name + ".b")) : null;

        Projection? Project(string owner, string name)
        {
            if (!plan.Parameters.Contains($"{owner}W_{name}"))
            {
                return null;
            }

            return new Projection(source.Pack(plan.Parameters[$"{owner}W_{name}"], storage), Copy($"{owner}b_{name}"));
        }

        Tensor? Copy(string name) => plan.Parameters.Contains(name) ? source.Read(plan.Parameters[name]) : null;
    }

    /// <summary>Every parameter array by its name: a <see cref="Tensor"/>, the <see cref="PackedMatrix"/> of a projection, or that of the embedding, which is turned.</summary>
    internal static IEnumerable<(string Name, Tensor? Array, PackedMatrix? Matrix)> Of(NetworkPlan plan, NetworkWeights weights)
    {
        yield return (ParameterName.Embedding, null, weights.Embedding);
        if (weights.Positions is { } positions)
        {
            yield return ("pos_embed.W_pos", positions, null);
        }

        for (int layer = 0; layer < weights.Layers.Count; layer++)
        {
            (string block, LayerWeights its) = ($"blocks.{layer}.", weights.Layers[layer]);
            (string Owner, string Name, Projection? Projection)[] projections =
            [
                ("attn.", "Q", its.Q), ("attn.", "K", its.K), ("attn.", "V", its.V), ("attn.", "O", its.O),
                ("mlp.", "gate", its.Gate), ("mlp.", "in", its.In), ("mlp.", "out", its.Out),
            ];
            foreach ((string owner, string name, Projection? projection) in projections)
            {
                if (projection is not null)
                {
                    yield return ($"{block}{owner}W_{name}", null, projection.Weight);
                    if (projection.Bias is { } bias)
                    {
                        yield return ($"{block}{owner}b_{name}", bias, null);
                    }
                }
            }

            foreach ((string name, Tensor? array) in NormArrays(block + "ln1", its.Ln1).Concat(NormArrays(block + "ln2", its.Ln2)))
            {
                yield return (name, array, null);
            }
        }

        foreach ((string name, Tensor? array) in NormArrays("ln_final", weights.FinalNorm))
        {
            yield return (name, array, null);
        }

        if (!plan.Config.TiedEmbedding)
        {
            yield return (ParameterName.Unembedding, null, weights.Unembedding.Weight);
        }

        if (weights.Unembedding.Bias is { } addend)
        {
            yield return (ParameterName.UnembeddingBias, addend, null);
        }
    }

    private static IEnumerable<(string Name, Tensor Array)> NormArrays(string name, NormWeights? norm)
    {
        if (norm is null)
        {
            yield break;
        }

        yield return (name + ".w", norm.Weight);
        if (norm.Bias is { } bias)
        {
            yield return (name + ".b", bias);
        }
    }
}
