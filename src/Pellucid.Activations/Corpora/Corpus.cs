using System.Security.Cryptography;
using System.Text;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Activations;

/// <summary>
/// A sequence of documents that can be read again and again, always in the same order, without being held in memory.
/// Immutable; different threads may read it at once.
/// </summary>
public abstract class Corpus
{
    /// <summary>Name of the corpus that comes with Pellucid: 1,000 TinyStories (Eldan and Li 2023, arXiv:2305.07759).</summary>
    public const string BuiltInName = "tinystories";

    /// <summary>The name or path under which it was opened.</summary>
    public abstract string Name { get; }

    /// <summary>The 1,000 TinyStories that come with Pellucid.</summary>
    public static Corpus BuiltIn => JsonCorpus.BuiltIn;

    /// <summary>The documents, in order.</summary>
    /// <exception cref="BadFileException">A file cannot be read, is not UTF-8, or is not the JSON that its name promises.</exception>
    public abstract IEnumerable<Document> Read();

    /// <summary>Opens a corpus.</summary>
    /// <param name="corpus">
    /// <c>tinystories</c>, a text file (one document), a folder (each text file below it a document), a <c>.jsonl</c> file
    /// (a line each: a string, or an object with a <c>text</c>), or a <c>.json</c> list of the same.
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
            throw new PellucidException($"There is no corpus '{corpus}'. Give a text file, a folder, a .jsonl or .json file, or '{BuiltInName}'.");
        }

        return Path.GetExtension(corpus).ToLowerInvariant() switch
        {
            ".json" => new JsonCorpus(corpus, () => File.OpenRead(corpus)),
            ".jsonl" or ".ndjson" => new JsonLinesCorpus(corpus),
            _ => new TextCorpus(corpus),
        };
    }

    /// <summary>A corpus of texts in memory.</summary>
    public static Corpus Of(string name, IReadOnlyList<string> texts) => new MemoryCorpus(name, texts);

    /// <summary>A part of this corpus: documents <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> − 1, their indices kept.</summary>
    public Corpus Range(int start, int count = int.MaxValue) => new RangeCorpus(this, start, count);

    /// <summary>The documents but the last <paramref name="fraction"/> of them, and those last ones.</summary>
    /// <param name="fraction">Share that is held out, above 0 and below 1; at least one document on either side.</param>
    /// <exception cref="PellucidException">There are fewer than two documents, or the fraction is not between 0 and 1.</exception>
    public (Corpus Train, Corpus HeldOut) Split(double fraction)
    {
        int count = Read().Count();
        if (count < 2 || fraction is not (> 0 and < 1))
        {
            throw new PellucidException(
                $"Corpus '{Name}' with {count} documents cannot hold out a share of {fraction}: at least 2 documents and a share between 0 and 1 are needed.");
        }

        int train = Math.Clamp((int)Math.Round(count * (1 - fraction)), 1, count - 1);
        return (Range(0, train), Range(train));
    }

    /// <summary>SHA-256 over the documents' indices and texts, lower-case hexadecimal.</summary>
    public string ComputeHash()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Document document in Read())
        {
            byte[] text = Encoding.UTF8.GetBytes(document.Text);
            hash.AppendData(BitConverter.GetBytes(document.Index));
            hash.AppendData(BitConverter.GetBytes(text.Length));
            hash.AppendData(text);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private sealed class RangeCorpus(Corpus inner, int start, int count) : Corpus
    {
        public override string Name => inner.Name;

        public override IEnumerable<Document> Read() => inner.Read().Skip(start).Take(count);
    }

    private sealed class MemoryCorpus(string name, IReadOnlyList<string> texts) : Corpus
    {
        public override string Name => name;

        public override IEnumerable<Document> Read() => texts.Select((text, index) => new Document(index, text));
    }
}
