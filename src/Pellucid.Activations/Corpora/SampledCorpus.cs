using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.Activations;

/// <summary>
/// Documents sampled from a model itself: text of its own training distribution, of any length. The same seed gives the same documents.
/// They are sampled anew, some at a time, whenever they are read, so that memory does not grow with their number; the corpus's hash
/// is that of what the sampling depends on, for which nothing need be sampled.
/// </summary>
public sealed class SampledCorpus : Corpus
{
    private const string Prefix = "self:";
    private const int Batch = 32;

    private readonly Model _model;
    private readonly int _documents;
    private readonly long _seed;
    private readonly double _temperature;

    /// <summary>Describes the documents; none is sampled before it is read.</summary>
    /// <param name="model">The model; must have a tokenizer and a BOS token. Borrowed.</param>
    /// <param name="documents">How many to sample, at least 1. Fewer are the first ones of more.</param>
    /// <param name="seed">Seed of the sampling.</param>
    /// <param name="temperature">Sampling temperature, above 0; 1 is the model's own distribution.</param>
    /// <exception cref="PellucidException">The model cannot be sampled from, or a number is out of range.</exception>
    public SampledCorpus(Model model, int documents, long seed = 0, double temperature = 1)
    {
        if (model.Tokenizer is null || model.Config.BosId is null || model.Interventions.Count > 0)
        {
            throw new PellucidException(
                $"Text cannot be sampled from model '{model.Name}': it needs a tokenizer, a BOS token and no interventions. Give a corpus of files.");
        }

        if (documents < 1 || !(temperature > 0))
        {
            throw new PellucidException($"{documents} documents at temperature {temperature} cannot be sampled: at least 1, at a temperature above 0.");
        }

        (_model, _documents, _seed, _temperature) = (model, documents, seed, temperature);
    }

    /// <summary>Longest document in tokens; the model's context when 0.</summary>
    public int MaxTokens { get; init; }

    /// <inheritdoc/>
    public override string Name => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{_documents}:{_seed}");

    /// <inheritdoc/>
    public override IEnumerable<Document> Read() => ReadFrom(0);

    /// <inheritdoc/>
    public override int CountDocuments() => _documents;

    private int Longest => MaxTokens == 0 ? _model.Config.Context : MaxTokens;

    internal static bool IsName(string corpus) => corpus.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The corpus of a name <c>self:COUNT[:SEED]</c>.</summary>
    internal static SampledCorpus Parse(string name, Model model)
    {
        string[] parts = name[Prefix.Length..].Split(':');
        long seed = 0;
        return parts.Length <= 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int documents)
            && (parts.Length == 1 || long.TryParse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out seed))
            ? new SampledCorpus(model, documents, seed)
            : throw new PellucidException($"Corpus '{name}' is not of the form self:COUNT or self:COUNT:SEED. Write self:1000 for 1,000 documents.");
    }

    internal override IEnumerable<Document> ReadFrom(int start)
    {
        IReadOnlyList<int>[] prompts = [.. Enumerable.Repeat(_model.Tokenize(""), Batch)];
        for (int first = start / Batch * Batch; first < _documents; first += Batch)
        {
            GenerateOptions options = new()
            {
                MaxTokens = Longest,
                Temperature = _temperature,
                Seed = (long)SeededRandom.Hash((ulong)_seed, (ulong)first),
            };
            IReadOnlyList<Generated> texts = _model.Generate(prompts, options);
            for (int index = Math.Max(first, start); index < Math.Min(first + Batch, _documents); index++)
            {
                yield return new Document(index, texts[index - first].Text.TrimStart());
            }
        }
    }

    internal override string HashRange(int start, int count)
    {
        int last = (int)Math.Min((long)start + count, _documents);
        string sampling = string.Create(
            CultureInfo.InvariantCulture, $"sampled 1\n{_model.Hash}\n{start}..{last}\n{_seed}\n{_temperature:R}\n{Longest}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sampling)));
    }
}
