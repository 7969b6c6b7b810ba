using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.Activations;

/// <summary>Turns a corpus into the sequences that a model runs.</summary>
public static class TokenSequences
{
    /// <summary>The sequences of a corpus, in order, read as they are needed.</summary>
    /// <param name="model">Whose tokenizer, context and BOS are used.</param>
    /// <param name="corpus">The documents; empty ones are passed over.</param>
    /// <param name="length">Longest sequence in tokens, BOS included; the model's context when 0.</param>
    /// <param name="longDocuments">What becomes of longer documents.</param>
    /// <exception cref="PellucidException">The model has no tokenizer, or the length is out of range.</exception>
    public static IEnumerable<TokenSequence> Of(
        Model model, Corpus corpus, int length = 0, LongDocuments longDocuments = LongDocuments.Split)
    {
        Tokenizer tokenizer = model.Tokenizer
            ?? throw new PellucidException($"Model '{model.Name}' has no tokenizer, so no corpus of text can be run. Put its tokenizer beside it.");
        int[] prefix = model.Config.BosId is { } bos ? [bos] : [];
        int whole = length == 0 ? model.Config.Context : length;
        if (whole > model.Config.Context || whole < prefix.Length + 1)
        {
            throw new PellucidException($"A sequence of {length} tokens does not fit: {prefix.Length + 1} to {model.Config.Context} can be run by model '{model.Name}'.");
        }

        return Read(tokenizer, corpus, prefix, whole - prefix.Length, longDocuments);
    }

    private static IEnumerable<TokenSequence> Read(Tokenizer tokenizer, Corpus corpus, int[] prefix, int body, LongDocuments longDocuments)
    {
        int index = 0;
        foreach (Document document in corpus.Read())
        {
            IReadOnlyList<int> ids = tokenizer.Encode(document.Text);
            foreach (int[] part in ids.Chunk(body).Take(longDocuments == LongDocuments.Cut ? 1 : int.MaxValue))
            {
                yield return new TokenSequence(index++, document.Index, [.. prefix, .. part]);
            }
        }
    }
}
