using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.Activations;

/// <summary>
/// Runs a model over a corpus and writes the activations of one hook as a store, shard by shard. Memory does not grow with the number
/// of tokens. A harvest that was killed, or that is asked for more tokens, goes on after its last full shard and ends with the bytes
/// of an undisturbed one.
/// </summary>
public sealed class Harvester
{
    private readonly Model _model;
    private readonly HarvestOptions _options;
    private readonly int _width;
    private readonly ShardWriter _writer;
    private readonly List<int> _shardTokens = [];
    private UnitSummary _summary;

    private Harvester(Model model, HarvestOptions options)
    {
        (_model, _options) = (model, options);
        HookPoint point = model.Hooks[options.Hook];
        if (point.Width == 0 || point.Axes.Count != 3)
        {
            throw new PellucidException($"Hook {point} has no fixed width at a position, so it cannot be stored. Choose one of the form [batch, pos, width].");
        }

        if (model.Interventions.Count > 0)
        {
            throw new PellucidException($"Model '{model.Name}' has {model.Interventions.Count} interventions, which a store cannot name. Harvest the model without them.");
        }

        if (options.Tokens < 1 || options.ShardSequences < 1 || options.BatchSequences < 1 || options.Storage is DType.I32 or DType.F64)
        {
            throw new PellucidException(
                $"A harvest needs at least 1 token, 1 sequence in a shard and in a batch, and storage F32, BF16 or F16; {options.Tokens}, {options.ShardSequences}, {options.BatchSequences} and {options.Storage} were asked for.");
        }

        _width = point.Width;
        _writer = new ShardWriter(model, options, _width);
        _summary = new UnitSummary(_width, options.Summary);
    }

    /// <summary>Harvests into a folder, going on where an earlier harvest of the same inputs ended. One that is finished is left as it is.</summary>
    /// <param name="model">The model, without interventions.</param>
    /// <param name="corpus">The text.</param>
    /// <param name="folder">Where the store goes.</param>
    /// <param name="options">What is harvested.</param>
    /// <param name="progress">Told after each shard.</param>
    /// <param name="cancellationToken">Stops between blocks of a run; the same call goes on after the last full shard.</param>
    /// <exception cref="PellucidException">
    /// The corpus is empty or damaged, the hook unknown, the folder that of other inputs or in use, a value not finite, or the disk full.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static Task<ActivationStore> HarvestAsync(
        Model model, Corpus corpus, string folder, HarvestOptions options, IProgress<HarvestProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => new Harvester(model, options).Harvest(corpus, folder, progress, cancellationToken), cancellationToken);

    private ActivationStore Harvest(Corpus corpus, string path, IProgress<HarvestProgress>? progress, CancellationToken cancellationToken)
    {
        DateTimeOffset started = DateTimeOffset.UtcNow;
        IEnumerable<TokenSequence> sequences = TokenSequences.Of(_model, corpus, _options.SequenceLength, _options.LongDocuments);
        if (!sequences.Any())
        {
            throw new PellucidException($"Corpus '{corpus.Name}' has no text, so there is nothing to harvest. Give one with text.");
        }

        using HarvestFolder folder = HarvestFolder.Open(path, HarvestInputs.Of(_model, corpus, _options, _width));
        if (HarvestFolder.Finished(path, _options.Tokens) is { } finished)
        {
            return finished;
        }

        long done = Resume(folder);
        folder.BeginWriting();
        UnitSummary whole = Harvest(folder, sequences, done, progress, cancellationToken);
        new RunRecord { Started = started, Finished = DateTimeOffset.UtcNow }.Write(path);
        folder.Finish(whole, _shardTokens);
        return ActivationStore.Open(path);
    }

    private UnitSummary Harvest(
        HarvestFolder folder, IEnumerable<TokenSequence> all, long done, IProgress<HarvestProgress>? progress, CancellationToken cancellationToken)
    {
        UnitSummary whole = _summary;
        using IEnumerator<TokenSequence[]> remaining = all.Chunk(_options.ShardSequences).Skip(_shardTokens.Count).GetEnumerator();
        while (done < _options.Tokens && remaining.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            (TokenSequence[] sequences, bool cut) = _writer.Budget(remaining.Current, _options.Tokens - done);
            UnitSummary part = _writer.Write(Path.Combine(folder.Path, ActivationStore.ShardName(_shardTokens.Count)), sequences, cancellationToken);
            _shardTokens.Add((int)part.Tokens);
            done += part.Tokens;
            if (!cut && sequences.Length == _options.ShardSequences)
            {
                _summary.Merge(part);
                folder.WriteState(_summary, _shardTokens);
            }
            else
            {
                whole = new UnitSummary(_width, _options.Summary); // a shard that a longer harvest will fill leaves the state as it is
                whole.Merge(_summary);
                whole.Merge(part);
            }

            progress?.Report(new HarvestProgress(done, _options.Tokens));
        }

        return whole;
    }

    private long Resume(HarvestFolder folder)
    {
        if (folder.ReadState() is not var (summary, tokens))
        {
            return 0;
        }

        _summary = summary;
        _shardTokens.AddRange(tokens);
        return summary.Tokens <= _options.Tokens ? summary.Tokens : throw HarvestFolder.TooMany(folder.Path, summary.Tokens, _options.Tokens);
    }
}
