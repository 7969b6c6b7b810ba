using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Pellucid.Models;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Activations;

/// <summary>
/// A sequence of documents that can be read again and again, always in the same order, one document in memory at a time (a JSON
/// list is the exception: it is parsed whole). Immutable; different threads may read it at once.
/// </summary>
public abstract class Corpus
{
    /// <summary>Name of the corpus that comes with Pellucid: 1,000 TinyStories (Eldan and Li 2023, arXiv:2305.07759).</summary>
    public const string BuiltInName = "tinystories";

    /// <summary>Share of the documents that is held out by default: the last tenth.</summary>
    public const double HeldOutShare = 0.1;

    /// <summary>The 1,000 TinyStories that come with Pellucid.</summary>
    public static Corpus BuiltIn => JsonCorpus.BuiltIn;

    /// <summary>The name or path under which it was opened.</summary>
    public abstract string Name { get; }

    /// <summary>The documents, in order.</summary>
    /// <exception cref="BadFileException">A file cannot be read, is not UTF-8, or is not the JSON that its name promises.</exception>
    public abstract IEnumerable<Document> Read();

    /// <summary>Opens a corpus of files, or the one that comes with Pellucid.</summary>
    /// <param name="corpus">
    /// <c>tinystories</c>, a text file (one document), a folder (each .txt file below it a document), a <c>.jsonl</c> file
    /// (a line each: a string, or an object with a <c>text</c>), or a <c>.json</c> list of the same; all in UTF-8.
    /// </param>
    /// <exception cref="PellucidException">There is no such corpus.</exception>
    public static Corpus Open(string corpus)
    {
        if (corpus == BuiltInName)
        {
            return BuiltIn;
        }

        if (Directory.Exists(corpus))
        {
            return new TextCorpus(corpus);
        }

        if (!File.Exists(corpus))
        {
            throw new PellucidException(SampledCorpus.IsName(corpus)
                ? $"Corpus '{corpus}' is sampled from a model. Open it together with the model."
                : $"There is no corpus '{corpus}'. Give a text file, a folder, a .jsonl or .json file, '{BuiltInName}', or 'self:COUNT[:SEED]'.");
        }

        return Path.GetExtension(corpus).ToLowerInvariant() switch
        {
            ".json" => new JsonCorpus(corpus, () => File.OpenRead(corpus)),
            ".jsonl" or ".ndjson" => new JsonLinesCorpus(corpus),
            _ => new TextCorpus(corpus),
        };
    }

    /// <summary>Opens a corpus for a model: what <see cref="Open(string)"/> opens, or text sampled from the model itself.</summary>
    /// <param name="corpus"><c>self:COUNT</c> or <c>self:COUNT:SEED</c> for sampled documents, or a name that <see cref="Open(string)"/> takes.</param>
    /// <param name="model">The model to sample from.</param>
    /// <exception cref="PellucidException">There is no such corpus, or the model cannot be sampled from.</exception>
    public static Corpus Open(string corpus, Model model) =>
        SampledCorpus.IsName(corpus) ? SampledCorpus.Parse(corpus, model) : Open(corpus);

    /// <summary>A corpus of texts in memory.</summary>
    public static Corpus Of(string name, IReadOnlyList<string> texts) => new MemoryCorpus(name, texts);

    /// <summary>A part of this corpus: documents <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> − 1, their indices kept.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public Corpus Range(int start, int count = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new RangeCorpus(this, start, count);
    }

    /// <summary>The documents but the last <paramref name="fraction"/> of them, and those last ones.</summary>
    /// <param name="fraction">Share that is held out, above 0 and below 1; at least one document on either side.</param>
    /// <exception cref="PellucidException">There are fewer than two documents, or the fraction is not between 0 and 1.</exception>
    public (Corpus Train, Corpus HeldOut) Split(double fraction = HeldOutShare)
    {
        int count = CountDocuments();
        if (count < 2 || fraction is not (> 0 and < 1))
        {
            throw new PellucidException(
                $"Corpus '{Name}' with {count} documents cannot hold out a share of {fraction}: at least 2 documents and a share between 0 and 1 are needed. Give a folder, a .jsonl or a .json list.");
        }

        int train = Math.Clamp((int)Math.Round(count * (1 - fraction)), 1, count - 1);
        return (Range(0, train), Range(train, count - train));
    }

    /// <summary>The part to train on: the first nine tenths of the documents, or all of a corpus that has only one.</summary>
    public Corpus TrainingPart() => CountDocuments() < 2 ? this : Split().Train;

    /// <summary>The part that training has not seen: the last tenth of the documents.</summary>
    /// <exception cref="PellucidException">There are fewer than two documents.</exception>
    public Corpus HeldOutPart() => Split().HeldOut;

    /// <summary>How many documents there are.</summary>
    /// <exception cref="BadFileException">A file cannot be read.</exception>
    public virtual int CountDocuments() => Read().Count();

    /// <summary>
    /// What tells this corpus from every other, lower-case hexadecimal: SHA-256 over the documents' indices and texts, or, of a sampled
    /// corpus, over all that its sampling depends on.
    /// </summary>
    /// <exception cref="BadFileException">A file cannot be read.</exception>
    public string ComputeHash() => HashRange(0, int.MaxValue);

    /// <summary>The documents from a place on; cheaper than passing over the ones before it where a corpus can be entered anywhere.</summary>
    internal virtual IEnumerable<Document> ReadFrom(int start) => Read().Skip(start);

    /// <summary>The hash of a part of this corpus.</summary>
    internal virtual string HashRange(int start, int count) => HashTexts(ReadFrom(start).Take(count));

    private static string HashTexts(IEnumerable<Document> documents)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> numbers = stackalloc byte[8];
        foreach (Document document in documents)
        {
            byte[] text = Encoding.UTF8.GetBytes(document.Text);
            BinaryPrimitives.WriteInt32LittleEndian(numbers, document.Index);
            BinaryPrimitives.WriteInt32LittleEndian(numbers[4..], text.Length);
            hash.AppendData(numbers);
            hash.AppendData(text);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
