// Elhage et al. 2021, A Mathematical Framework for Transformer Circuits (transformer-circuits.pub), and TransformerLens (N. Nanda and J. Bloom,
// 2022), whose process_weights_ does these steps. With a norm n(x) = x̂ ⊙ w + b and a matrix that reads it,
//
//   n(x) W + c = x̂ (diag(w) W) + (b W + c);   Σᵢ x̂ᵢ = 0 in LayerNorm, so that diag(w) W may lose its mean over the inputs;
//   x and x + t·1 have the same x̂ in LayerNorm, so that what is written may lose its mean over d_model;
//   softmax(l) = softmax(l + t·1);
//   Σₛ A(t,s) (vₛ + b) W_O = Σₛ A(t,s) vₛ W_O + b W_O, since a pattern's rows sum to 1.
//
// Departures: W_U's own mean over the vocabulary is the only thing that moves logits; norms keep factors of 1 where TransformerLens
// changes their kind (LNPre, RMSPre), which is the same network. Sums are in double; each parameter is rounded once a step.
using Pellucid.Tensors;

namespace Pellucid.Models.Processing;

/// <summary>Carries out the steps on parameters of its own.</summary>
internal static class WeightProcessor
{
    /// <summary>The parameters of a network that computes the same.</summary>
    /// <param name="source">What is left as it is.</param>
    /// <param name="steps">Steps that the network allows.</param>
    internal static ModelParameters Apply(ModelParameters source, WeightProcessing steps)
    {
        ModelConfig config = After(source, steps);
        ModelParameters result = ModelParameters.Zeros(config);
        try
        {
            foreach (ParameterPoint point in result.Table.Points)
            {
                if (source.Table.Contains(point.Name))
                {
                    source[point.Name].AsSpan().CopyTo(result[point.Name].AsSpan());
                }
                else if (point.Name == ParameterName.Unembedding)
                {
                    Turn(source[ParameterName.Embedding], result[point.Name]);
                }
            }

            Carry(result, config, steps);
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    private static void Carry(ModelParameters parameters, ModelConfig config, WeightProcessing steps)
    {
        if (steps.FoldNorms)
        {
            FoldNorms(parameters, config);
        }

        if (steps.CenterWriting)
        {
            foreach (ParameterPoint point in parameters.Table.Points.Where(point => Writes(point.Name)))
            {
                CenterRows(parameters[point.Name]);
            }
        }

        if (steps.CenterUnembedding)
        {
            CenterRows(parameters[ParameterName.Unembedding]);
            if (parameters.Table.Contains(ParameterName.UnembeddingBias))
            {
                CenterRows(parameters[ParameterName.UnembeddingBias]);
            }
        }

        if (steps.FoldValueBiases && config.AttentionBias)
        {
            for (int layer = 0; layer < config.Layers; layer++)
            {
                FoldValueBias(parameters, config, $"blocks.{layer}.attn.");
            }
        }
    }

    /// <summary>The facts of the network that comes of it: biases for what is folded, and an unembedding of its own where it is no longer the embedding turned.</summary>
    private static ModelConfig After(ModelParameters source, WeightProcessing steps)
    {
        ModelConfig config = source.Config;
        bool addends = steps.FoldNorms && config.Norm == NormKind.Layer;
        bool folds = steps.FoldNorms && (addends || !IsOne(source["ln_final.w"]));
        bool parts = config.HasUnembedding && (folds || steps.CenterWriting || steps.CenterUnembedding);
        bool attentionBias = config.AttentionBias || addends;
        return config with
        {
            AttentionBias = attentionBias,
            AttentionOutputBias = config.AttentionOutputBias || (steps.FoldValueBiases && attentionBias),
            MlpBias = config.MlpBias || addends,
            UnembeddingBias = config.UnembeddingBias || (addends && config.HasUnembedding),
            TiedEmbedding = config.TiedEmbedding && !parts,
            Processing = config.Processing.And(steps),
        };
    }

    private static void FoldNorms(ModelParameters parameters, ModelConfig config)
    {
        for (int layer = 0; layer < config.Layers; layer++)
        {
            string block = $"blocks.{layer}.";
            string[] attention = [block + "attn.W_Q", block + "attn.W_K", block + "attn.W_V"];
            string[] mlp = config.GatedMlp ? [block + "mlp.W_gate", block + "mlp.W_in"] : [block + "mlp.W_in"];
            if (config.Block == BlockKind.ParallelSharedNorm)
            {
                Fold(parameters, config, block + "ln1", [.. attention, .. mlp]);
            }
            else
            {
                Fold(parameters, config, block + "ln1", attention);
                Fold(parameters, config, block + "ln2", mlp);
            }
        }

        if (config.HasUnembedding && parameters.Table.Contains(ParameterName.Unembedding))
        {
            Fold(parameters, config, "ln_final", [ParameterName.Unembedding]);
        }
    }

    /// <summary>A norm's factors and addends into the matrices that read it, which are all of its readers.</summary>
    private static void Fold(ModelParameters parameters, ModelConfig config, string norm, string[] readers)
    {
        Span<float> factors = parameters[norm + ".w"].AsSpan();
        bool isLayer = config.Norm == NormKind.Layer;
        Span<float> addends = isLayer ? parameters[norm + ".b"].AsSpan() : [];
        foreach (string reader in readers)
        {
            Tensor matrix = parameters[reader];
            int inputs = matrix.Shape[0], outputs = matrix.Shape[1];
            Span<float> bias = isLayer ? parameters[reader.Replace(".W_", ".b_", StringComparison.Ordinal)].AsSpan() : [];
            double[] sums = new double[outputs], means = new double[outputs];
            for (int i = 0; isLayer && i < inputs; i++)
            {
                ReadOnlySpan<float> row = matrix.Row(i);
                for (int j = 0; j < outputs; j++)
                {
                    sums[j] += (double)addends[i] * row[j];
                    means[j] += (double)factors[i] * row[j] / inputs;
                }
            }

            for (int i = 0; i < inputs; i++)
            {
                Span<float> row = matrix.Row(i);
                for (int j = 0; j < outputs; j++)
                {
                    row[j] = (float)(((double)factors[i] * row[j]) - means[j]);
                }
            }

            for (int j = 0; j < bias.Length; j++)
            {
                bias[j] = (float)(bias[j] + sums[j]);
            }
        }

        factors.Fill(1);
        addends.Clear();
    }

    private static void FoldValueBias(ModelParameters parameters, ModelConfig config, string attention)
    {
        Span<float> values = parameters[attention + "b_V"].AsSpan(), bias = parameters[attention + "b_O"].AsSpan();
        Tensor output = parameters[attention + "W_O"];
        double[] sums = new double[bias.Length];
        for (int query = 0; query < output.Shape[0]; query++)
        {
            int head = query / config.DHead / (config.Heads / config.KeyHeads); // query heads share key heads in equal groups
            double value = values[(head * config.DHead) + (query % config.DHead)];
            ReadOnlySpan<float> row = output.Row(query);
            for (int j = 0; j < row.Length; j++)
            {
                sums[j] += value * row[j];
            }
        }

        for (int j = 0; j < bias.Length; j++)
        {
            bias[j] = (float)(bias[j] + sums[j]);
        }

        values.Clear();
    }

    /// <summary>Takes each row's mean off it; a vector is one row.</summary>
    private static void CenterRows(Tensor array)
    {
        int width = array.Shape.Width;
        Span<float> values = array.AsSpan();
        for (int start = 0; start < values.Length; start += width)
        {
            Span<float> row = values.Slice(start, width);
            double mean = 0;
            foreach (float value in row)
            {
                mean += value;
            }

            mean /= width;
            foreach (ref float value in row)
            {
                value = (float)(value - mean);
            }
        }
    }

    /// <summary>Whether a parameter's last axis is added to the residual stream.</summary>
    private static bool Writes(string name) =>
        name is ParameterName.Embedding or ParameterName.Positions or "embed.W_token_type"
        || name.EndsWith(".attn.W_O", StringComparison.Ordinal) || name.EndsWith(".attn.b_O", StringComparison.Ordinal)
        || name.EndsWith(".mlp.W_out", StringComparison.Ordinal) || name.EndsWith(".mlp.b_out", StringComparison.Ordinal);

    private static bool IsOne(Tensor factors) => factors.AsSpan().IndexOfAnyExcept(1f) < 0;

    private static void Turn(Tensor from, Tensor to)
    {
        for (int row = 0; row < from.Shape[0]; row++)
        {
            ReadOnlySpan<float> values = from.Row(row);
            for (int column = 0; column < values.Length; column++)
            {
                to.Row(column)[row] = values[column];
            }
        }
    }
}
