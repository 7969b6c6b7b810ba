using System.Globalization;
using System.Text.Json;
using Pellucid.Models;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Activations;

/// <summary>
/// Runs a model over a corpus and writes the activations of one hook as a store, shard by shard. Memory does not grow with the number
/// of tokens. A harvest that was killed, or that is asked for more tokens, goes on after its last full shard and ends with the bytes
/// of an undisturbed one.
/// </summary>
public sealed class Harvester
{
    private const string StateName = "state.safetensors";

    private readonly Model _model;
    private readonly string _folder;
    private readonly HarvestOptions _options;
    private readonly int _width;
    private readonly List<int> _shardTokens = [];
    private UnitSummary _summary;

    private Harvester(Model model, string folder, HarvestOptions options)
    {
        (_model, _folder, _options) = (model, folder, options);
        HookPoint point = model.Hooks[options.Hook];
        if (point.Width == 0 || point.Axes.Count != 3)
        {
            throw new PellucidException($"Hook {point} has no fixed width at a position, so it cannot be stored. Choose one of the form [batch, pos, width].");
        }

        if (options.Tokens < 1 || options.Storage is DType.I32 or DType.F64)
        {
            throw new PellucidException($"A harvest needs at least 1 token and storage F32, BF16 or F16; {options.Tokens} and {options.Storage} were asked for.");
        }

        _width = point.Width;
        _summary = new UnitSummary(_width, options.Summary);
    }

    /// <summary>Harvests into a folder, going on where an earlier harvest of the same inputs ended.</summary>
    /// <param name="model">The model.</param>
    /// <param name="corpus">The text.</param>
    /// <param name="folder">Where the store goes.</param>
    /// <param name="options">What is harvested.</param>
    /// <param name="progress">Told after each shard.</param>
    /// <param name="cancellationToken">Stops after the shard in work; the same call goes on from there.</param>
    /// <exception cref="PellucidException">The corpus is empty, the folder holds a store of other inputs, or the disk is full.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static Task<ActivationStore> HarvestAsync(
        Model model, Corpus corpus, string folder, HarvestOptions options, IProgress<HarvestProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => new Harvester(model, folder, options).Harvest(corpus, progress, cancellationToken), cancellationToken);

    private ActivationStore Harvest(Corpus corpus, IProgress<HarvestProgress>? progress, CancellationToken cancellationToken)
    {
        StoreManifest manifest = NewManifest(corpus);
        RequireSameInputs(manifest);
        long done = Resume();
        IEnumerable<TokenSequence[]> shards = TokenSequences.Of(_model, corpus, _options.SequenceLength, _options.LongDocuments)
            .Chunk(_options.ShardSequences).Skip(_shardTokens.Count);
        using IEnumerator<TokenSequence[]> remaining = shards.GetEnumerator();
        UnitSummary whole = _summary;
        while (done < _options.Tokens && remaining.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            (TokenSequence[] sequences, bool cut) = Budget(remaining.Current, _options.Tokens - done);
            (int rows, UnitSummary part) = WriteShard(sequences, cancellationToken);
            _shardTokens.Add(rows);
            done += rows;
            bool full = !cut && sequences.Length == _options.ShardSequences;
            whole = Merged(part, full);
            progress?.Report(new HarvestProgress(done, _options.Tokens));
        }

        if (done == 0)
        {
            throw new PellucidException($"Corpus '{corpus.Name}' has no text, so there is nothing to harvest.");
        }

        whole.Save(Path.Combine(_folder, ActivationStore.SummaryName));
        Write(manifest with { Tokens = done, ShardTokens = [.. _shardTokens] });
        return ActivationStore.Open(_folder);
    }

    /// <summary>The summary with a shard's part; the running state is saved after full shards, from which a later harvest goes on.</summary>
    private UnitSummary Merged(UnitSummary part, bool full)
    {
        if (full)
        {
            _summary.Merge(part);
            _summary.Save(Path.Combine(_folder, StateName), new Dictionary<string, string>
            {
                ["shards"] = _shardTokens.Count.ToString(CultureInfo.InvariantCulture),
                ["shard_tokens"] = string.Join(' ', _shardTokens),
            });
            return _summary;
        }

        UnitSummary whole = new(_width, _options.Summary);
        whole.Merge(_summary);
        whole.Merge(part);
        return whole;
    }

    private long Resume()
    {
        string path = Path.Combine(_folder, StateName);
        if (!File.Exists(path))
        {
            return 0;
        }

        (UnitSummary summary, IReadOnlyDictionary<string, string> metadata) = UnitSummary.Load(path);
        string[] tokens = metadata.TryGetValue("shard_tokens", out string? text) ? text.Split(' ') : [];
        if (summary.Units != _width || summary.Options != _options.Summary || !tokens.All(token => int.TryParse(token, out _)))
        {
            throw new BadFileException(path, "it is not the state of this harvest", "Remove the folder or choose another");
        }

        long done = 0;
        foreach (int rows in tokens.Select(int.Parse))
        {
            if (done + rows > _options.Tokens)
            {
                throw new PellucidException($"Store '{_folder}' already holds more than {_options.Tokens} tokens. Ask for more, or choose another folder.");
            }

            _shardTokens.Add(rows);
            done += rows;
        }

        _summary = summary;
        return done;
    }

    /// <summary>As many sequences as the budget allows, the last one shortened; and whether anything was left out.</summary>
    private (TokenSequence[] Sequences, bool Cut) Budget(TokenSequence[] sequences, long budget)
    {
        int prefix = _model.Config.BosId is null ? 0 : 1;
        List<TokenSequence> kept = [];
        foreach (TokenSequence sequence in sequences)
        {
            int rows = (int)Math.Min(sequence.Ids.Count - prefix, budget);
            if (rows < sequence.Ids.Count - prefix)
            {
                if (rows > 0)
                {
                    kept.Add(sequence with { Ids = [.. sequence.Ids.Take(rows + prefix)] });
                }

                return ([.. kept], true);
            }

            kept.Add(sequence);
            budget -= rows;
        }

        return ([.. kept], false);
    }

    private (int Rows, UnitSummary Summary) WriteShard(TokenSequence[] sequences, CancellationToken cancellationToken)
    {
        int prefix = _model.Config.BosId is null ? 0 : 1;
        int rows = sequences.Sum(sequence => sequence.Ids.Count - prefix), row = 0;
        using Tensor activations = Tensor.Empty(new Shape(rows, _width));
        using Tensor tokens = Tensor.Empty(new Shape(rows), DType.I32), indices = Tensor.Empty(new Shape(rows), DType.I32), positions = Tensor.Empty(new Shape(rows), DType.I32);
        UnitSummary summary = new(_width, _options.Summary);
        foreach (TokenSequence[] batch in sequences.Chunk(_options.BatchSequences))
        {
            using Run run = _model.Run(
                TokenBatch.From([.. batch.Select(sequence => sequence.Ids)]),
                new RunOptions { Capture = Capture.Of(_options.Hook), Logits = LogitsWanted.None, CancellationToken = cancellationToken });
            Tensor captured = run[_options.Hook];
            for (int item = 0; item < batch.Length; item++)
            {
                int first = row;
                for (int position = prefix; position < batch[item].Ids.Count; position++, row++)
                {
                    captured.Row((item * captured.Shape[1]) + position).CopyTo(activations.Row(row));
                    tokens.AsSpan<int>()[row] = batch[item].Ids[position];
                    indices.AsSpan<int>()[row] = batch[item].Index;
                    positions.AsSpan<int>()[row] = position;
                }

                using Tensor values = activations.Slice(0, first, row - first);
                summary.Observe(batch[item].Index, prefix, values);
            }
        }

        using Tensor stored = activations.To(_options.Storage);
        SafetensorsFile.Write(
            Path.Combine(_folder, ActivationStore.ShardName(_shardTokens.Count)),
            [new("activations", stored), new("tokens", tokens), new("sequences", indices), new("positions", positions)]);
        return (rows, summary);
    }

    private StoreManifest NewManifest(Corpus corpus) => new()
    {
        Model = _model.Name,
        ModelHash = _model.Hash,
        Hook = _options.Hook,
        Width = _width,
        Storage = _options.Storage.Name(),
        Corpus = corpus.Name,
        CorpusHash = corpus.ComputeHash(),
        SequenceLength = _options.SequenceLength == 0 ? _model.Config.Context : _options.SequenceLength,
        LongDocuments = _options.LongDocuments,
        ShardSequences = _options.ShardSequences,
        Tokens = 0,
        ShardTokens = [],
    };

    /// <summary>A folder that was begun with other inputs is refused before anything is written.</summary>
    private void RequireSameInputs(StoreManifest manifest)
    {
        string path = Path.Combine(_folder, "inputs.json");
        byte[] inputs = JsonSerializer.SerializeToUtf8Bytes(manifest, ActivationsJson.Default.StoreManifest);
        if (!File.Exists(path))
        {
            AtomicFile.WriteAllBytes(path, inputs);
        }
        else if (!File.ReadAllBytes(path).AsSpan().SequenceEqual(inputs))
        {
            throw new PellucidException($"Folder '{_folder}' holds a harvest of another model, hook, corpus or setting. Choose another folder, or remove it.");
        }
    }

    private void Write(StoreManifest manifest) => AtomicFile.WriteAllBytes(
        Path.Combine(_folder, ActivationStore.ManifestName), JsonSerializer.SerializeToUtf8Bytes(manifest, ActivationsJson.Default.StoreManifest));
}
