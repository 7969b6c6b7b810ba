// Reimers and Gurevych 2019, arXiv:1908.10084: the embedding of a text is a pool of its tokens' last vectors, u = Σ h_t / T for the mean, divided by
// ‖u‖₂ where it is to be normalized. No departure.
using Pellucid.Models.Networks;
using Pellucid.Tensors;

namespace Pellucid.Models.Sentences;

/// <summary>Embeds texts by the last vectors of a network: the output of the last block, or of the norm behind it where there is one.</summary>
internal static class SentenceEncoder
{
    /// <summary>Texts that are run together: enough to fill the products, few enough that padding to the longest costs little.</summary>
    private const int Together = 16;

    internal static float[][] Embed(Model model, IReadOnlyList<string> texts, SentenceOptions options, CancellationToken cancellationToken)
    {
        options.Check();
        Tokenizer tokenizer = model.Tokenizer ?? throw new PellucidException($"Model '{model.Name}' has no tokenizer. Put the one that it was made with beside its files.");
        int most = Math.Min(options.MaxTokens ?? model.Config.Context, model.Config.Context);
        int[][] sequences = [.. texts.Select(text => Shortened(model, tokenizer, text, most))];
        float[][] embeddings = new float[sequences.Length][];
        foreach (int[] group in Enumerable.Range(0, sequences.Length).OrderBy(index => sequences[index].Length).Chunk(Together))
        {
            Pool(model, options, group, sequences, embeddings, cancellationToken);
        }

        return embeddings;
    }

    private static void Pool(
        Model model, SentenceOptions options, int[] group, int[][] sequences, float[][] embeddings, CancellationToken cancellationToken)
    {
        string hook = model.Config.HasFinalNorm ? Hook.FinalNormalized
            : model.Config.NormPlacement == NormPlacement.After ? Hook.NormalizedResidPost(model.Config.Layers - 1) : Hook.ResidPost(model.Config.Layers - 1);
        TokenBatch tokens = TokenBatch.From([.. group.Select(index => sequences[index])]);
        using Run run = model.Run(tokens, new RunOptions { Capture = Capture.Of(hook), Logits = LogitsWanted.None, CancellationToken = cancellationToken });
        Tensor vectors = run[hook];
        for (int row = 0; row < group.Length; row++)
        {
            int length = tokens.Lengths[row];
            double[] pooled = new double[model.Config.DModel];
            (int first, int last) = options.Pooling switch
            {
                SentencePooling.First => (0, 0),
                SentencePooling.Last => (length - 1, length - 1),
                _ => (0, length - 1),
            };
            for (int position = first; position <= last; position++)
            {
                Add(pooled, Final(model.Weights.FinalNorm, vectors.Row((row * tokens.Positions) + position)), options.Pooling == SentencePooling.Max && position > first);
            }

            const double Least = 1e-12; // a vector of zeros stays one
            double divisor = options.Normalize ? Math.Max(Math.Sqrt(pooled.Sum(value => value * value)), Least) : options.Pooling == SentencePooling.Mean ? length : 1;
            embeddings[group[row]] = Array.ConvertAll(pooled, value => (float)(value / divisor));
        }
    }

    private static void Add(double[] pooled, float[] vector, bool largest)
    {
        for (int i = 0; i < pooled.Length; i++)
        {
            pooled[i] = largest ? Math.Max(pooled[i], vector[i]) : pooled[i] + vector[i];
        }
    }

    /// <summary>What the last norm gives: its factors and addends, where there is such a norm.</summary>
    private static float[] Final(NormWeights? norm, ReadOnlySpan<float> vector)
    {
        float[] result = vector.ToArray();
        for (int i = 0; norm is not null && i < result.Length; i++)
        {
            result[i] = (result[i] * norm.Weight.AsSpan()[i]) + (norm.Bias is { } bias ? bias.AsSpan()[i] : 0);
        }

        return result;
    }

    /// <summary>The ids of a text with what stands around it; where they are too many, the text is cut at its end and not what stands behind it.</summary>
    private static int[] Shortened(Model model, Tokenizer tokenizer, string text, int most)
    {
        int[] whole = [.. tokenizer.EncodeSequence(text)];
        if (whole.Length == 0)
        {
            return model.Config.BosId is { } bos ? [bos] : throw new PellucidException("A text of no tokens has no embedding. Give a text that is not empty.");
        }

        if (whole.Length <= most)
        {
            return whole;
        }

        int[] inside = [.. tokenizer.Encode(text)];
        int around = whole.Length - inside.Length;
        int before = Enumerable.Range(0, Math.Max(around, 0) + 1).FirstOrDefault(start => whole.AsSpan(start).StartsWith(inside), -1);
        return before < 0 || around >= most
            ? whole[..most]
            : [.. whole[..before], .. inside[..(most - around)], .. whole[(before + inside.Length)..]];
    }
}
