using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Pellucid.Models;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Activations;

/// <summary>
/// All that the bytes of a store depend on but the number of tokens: the content of <c>inputs.json</c>, which is written before the first
/// shard so that a harvest never goes on in the folder of another one.
/// </summary>
/// <param name="Store">The manifest of an empty store.</param>
/// <param name="BatchSequences">Sequences run at once.</param>
/// <param name="Summary">What is kept of each unit.</param>
/// <param name="InstructionSet">Instruction set of the kernels, on which the last bits depend.</param>
internal sealed record HarvestInputs(StoreManifest Store, int BatchSequences, SummaryOptions Summary, string InstructionSet)
{
    internal static HarvestInputs Of(Model model, Corpus corpus, HarvestOptions options, int width) => new(
        new StoreManifest
        {
            Model = model.Name,
            ModelHash = model.Hash,
            Processing = model.Config.Processing.Recorded,
            Vocabulary = model.Config.Vocabulary,
            Hook = options.Hook,
            Width = width,
            Storage = options.Storage.Name(),
            Corpus = corpus.Name,
            CorpusHash = corpus.ComputeHash(),
            BosLeftOut = model.Config.BosId is not null,
            SequenceLength = options.SequenceLength == 0 ? model.Config.Context : options.SequenceLength,
            LongDocuments = options.LongDocuments,
            ShardSequences = options.ShardSequences,
            Tokens = 0,
            ShardTokens = [],
        },
        options.BatchSequences,
        options.Summary,
        Processor.InstructionSet.ToString().ToLowerInvariant());

    internal static HarvestInputs Of(GivenRows rows) => new(
        new StoreManifest
        {
            Model = StoreManifest.NoModel,
            ModelHash = rows.Hash,
            Vocabulary = rows.Vocabulary,
            Hook = rows.Hook,
            Width = rows.Width,
            Storage = rows.Storage.Name(),
            Corpus = rows.Name,
            CorpusHash = rows.Hash,
            BosLeftOut = false,
            SequenceLength = rows.SequenceLength,
            LongDocuments = LongDocuments.Split,
            ShardSequences = rows.ShardSequences,
            Tokens = 0,
            ShardTokens = [],
        },
        rows.ShardSequences,
        rows.Summary,
        Processor.InstructionSet.ToString().ToLowerInvariant());

    /// <summary>Reads the file.</summary>
    /// <exception cref="BadFileException">It is damaged.</exception>
    internal static HarvestInputs Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), ActivationsJson.Default.HarvestInputs) ?? throw new JsonException("null");
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new BadFileException(
                path, $"it is not the inputs of a harvest ({error.Message.ReplaceLineEndings(" ").TrimEnd('.')})", "Remove the folder or choose another", error);
        }
    }

    internal byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, ActivationsJson.Default.HarvestInputs), (byte)'\n'];

    /// <summary>Whether the same bytes would come of both; what model and corpus are called does not matter.</summary>
    internal bool IsSame(HarvestInputs other) =>
        other.Renamed(Store.Model, Store.Corpus).ToBytes().AsSpan().SequenceEqual(ToBytes());

    /// <summary>What goes into the store's <c>provenance.json</c>.</summary>
    internal Provenance ToProvenance(long tokens)
    {
        (string Name, string Value)[] options =
        [
            ("batch_sequences", Text(BatchSequences)),
            ("corpus", Store.Corpus),
            ("long_documents", Store.LongDocuments.ToString()),
            ("sequence_length", Text(Store.SequenceLength)),
            ("shard_sequences", Text(Store.ShardSequences)),
            ("storage", Store.Storage),
            ("summary_each_octave", Text(Summary.EachOctave)),
            ("summary_random", Text(Summary.Random)),
            ("summary_shortest_window", Text(Summary.ShortestWindow)),
            ("summary_top", Text(Summary.Top)),
            ("summary_window", Text(Summary.Window)),
            ("tokens", Text(tokens)),
        ];
        return new Provenance
        {
            Model = Store.Model,
            ModelHash = Store.ModelHash,
            Processing = Store.Processing,
            Hook = Store.Hook,
            DataHash = Store.CorpusHash,
            Options = options.ToImmutableSortedDictionary(option => option.Name, option => option.Value, StringComparer.Ordinal),
            Seed = Summary.Seed,
            Bos = Store.BosLeftOut ? BosPolicy.PrependedAndLeftOut : BosPolicy.None,
            InstructionSet = InstructionSet,
        };
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private HarvestInputs Renamed(string model, string corpus) => this with { Store = Store with { Model = model, Corpus = corpus } };
}
