using Pellucid.Models;

namespace Pellucid.Activations;

/// <summary>Documents sampled from a model itself: text of its own training distribution, of any length. The same seed gives the same documents.</summary>
/// <param name="model">The model; must have a tokenizer and a BOS token.</param>
/// <param name="documents">How many to sample.</param>
/// <param name="seed">Seed of the sampling.</param>
/// <param name="temperature">Sampling temperature; 1 is the model's own distribution.</param>
public sealed class SampledCorpus(Model model, int documents, long seed, double temperature = 1) : Corpus
{
    private const int Batch = 32;

    /// <inheritdoc/>
    public override string Name => $"sampled:{model.Name}:{documents}:{seed}";

    /// <inheritdoc/>
    public override IEnumerable<Document> Read()
    {
        for (int start = 0; start < documents; start += Batch)
        {
            IReadOnlyList<int>[] prompts = [.. Enumerable.Repeat(model.Tokenize(""), Batch)];
            GenerateOptions options = new()
            {
                MaxTokens = model.Config.Context,
                Temperature = temperature,
                Seed = unchecked((seed * 1_000_003) + start),
            };
            IReadOnlyList<Generated> texts = model.Generate(prompts, options);
            for (int i = 0; i < Math.Min(Batch, documents - start); i++)
            {
                yield return new Document(start + i, texts[i].Text.TrimStart());
            }
        }
    }
}
