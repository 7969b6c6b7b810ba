using System.Text.Json;
using Pellucid.Models;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Activations;

/// <summary>
/// Activations of one hook on disk: a folder of safetensors shards, a manifest, the summary of the hook's neurons, and provenance.
/// Reading is safe from many threads.
/// </summary>
public sealed class ActivationStore : IDisposable
{
    internal const string ManifestName = "manifest.json";
    internal const string SummaryName = "summary.safetensors";

    private readonly Lazy<UnitSummary> _summary;
    private readonly Lazy<ShardFile>[] _files;

    private ActivationStore(string folder, StoreManifest manifest)
    {
        (Folder, Manifest) = (folder, manifest);
        _summary = new(() => UnitSummary.Load(Path.Combine(folder, SummaryName)).Summary);
        _files = [.. Enumerable.Range(0, manifest.Shards).Select(shard => new Lazy<ShardFile>(() => ShardFile.Open(folder, manifest, shard)))];
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>What it holds.</summary>
    public StoreManifest Manifest { get; }

    /// <summary>Number of shards.</summary>
    public int Shards => Manifest.Shards;

    /// <summary>Rows in all: a row a token.</summary>
    public long Rows => Manifest.Tokens;

    /// <summary>Number of sequences.</summary>
    /// <exception cref="BadFileException">The last shard is damaged.</exception>
    public int Sequences => ((Shards - 1) * Manifest.ShardSequences) + _files[^1].Value.Places.Length;

    /// <summary>The summary of the hook's neurons, gathered as they were harvested.</summary>
    /// <exception cref="BadFileException">Its file is damaged.</exception>
    public UnitSummary Summary => _summary.Value;

    /// <summary>The hook's neurons as units.</summary>
    public Neurons Neurons => new(Manifest.Hook, Manifest.Width);

    /// <summary>Opens a store.</summary>
    /// <exception cref="BadFileException">The folder is no store, is unfinished, or its manifest is damaged.</exception>
    public static ActivationStore Open(string folder)
    {
        string path = Path.Combine(folder, ManifestName);
        if (!File.Exists(path))
        {
            throw new BadFileException(folder, $"it has no {ManifestName}", "Run the harvest to its end, or give another folder");
        }

        try
        {
            StoreManifest manifest = JsonSerializer.Deserialize(File.ReadAllBytes(path), ActivationsJson.Default.StoreManifest)
                ?? throw new JsonException("null");
            return manifest.Problem() is { } problem ? throw new JsonException(problem) : new ActivationStore(folder, manifest);
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new BadFileException(
                path, $"it is not the manifest of an activation store ({error.Message.ReplaceLineEndings(" ").TrimEnd('.')})", "Harvest again", error);
        }
    }

    /// <summary>Refuses a model that this store does not come from.</summary>
    /// <exception cref="PellucidException">The model's hash is another.</exception>
    public void RequireModel(Model model)
    {
        if (Manifest.Model == StoreManifest.NoModel)
        {
            throw new PellucidException(
                $"Store '{Folder}' holds rows that came from no model ({Manifest.Corpus}), so nothing can be measured in '{model.Name}' with it. Harvest a store from that model.");
        }

        if (model.Hash != Manifest.ModelHash || model.Config.Vocabulary != Manifest.Vocabulary)
        {
            throw new PellucidException(
                $"Store '{Folder}' was harvested from model '{Manifest.Model}' ({Manifest.ModelHash[..8]}), not from '{model.Name}' ({model.Hash[..8]}). Open that model or harvest again.");
        }
    }

    /// <summary>Reads one shard.</summary>
    /// <param name="shard">0 to <see cref="Shards"/> − 1.</param>
    /// <exception cref="BadFileException">It is damaged.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such shard.</exception>
    public StoreShard ReadShard(int shard)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(shard);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(shard, Shards);
        SafetensorsFile file = _files[shard].Value.File;
        return new StoreShard(Floats(file.Read("activations")), file.Read("tokens"), file.Read("sequences"), file.Read("positions"));
    }

    /// <summary>The token ids of a sequence's rows (BOS, where it was left out, is not among them).</summary>
    public int[] Tokens(int sequence)
    {
        (int shard, int firstRow, _, int rows) = Place(sequence);
        using Tensor tokens = _files[shard].Value.File.ReadRange("tokens", firstRow, rows);
        return tokens.AsSpan<int>().ToArray();
    }

    /// <summary>The activations of a window, [length, width].</summary>
    /// <exception cref="PellucidException">The window is not in the store.</exception>
    public Tensor Read(Example window)
    {
        (int shard, int firstRow, int firstPosition, int rows) = Place(window.Sequence);
        int offset = window.Start - firstPosition;
        return offset >= 0 && window.Length > 0 && offset <= rows - window.Length
            ? Floats(_files[shard].Value.File.ReadRange("activations", firstRow + offset, window.Length))
            : throw new PellucidException($"Positions {window.Start} to {window.Start + window.Length - 1} of sequence {window.Sequence} are not in store '{Folder}'.");
    }

    /// <summary>The values of one unit in windows, with their tokens.</summary>
    /// <param name="units">The units; of this store's hook.</param>
    /// <param name="unit">Which one.</param>
    /// <param name="windows">The windows.</param>
    /// <exception cref="PellucidException">A window is not in the store, or the units read another hook or width.</exception>
    public IReadOnlyList<ActivationRecord> Records(IUnits units, int unit, IEnumerable<Example> windows)
    {
        RequireUnits(units);
        List<ActivationRecord> records = [];
        foreach (Example window in windows)
        {
            using Ops ops = new();
            using Tensor activations = Read(window);
            Tensor values = units.Evaluate(ops, activations);
            float[] column = [.. Enumerable.Range(0, window.Length).Select(row => values[row, unit])];
            (int shard, int firstRow, int firstPosition, _) = Place(window.Sequence);
            using Tensor tokens = _files[shard].Value.File.ReadRange("tokens", firstRow + window.Start - firstPosition, window.Length);
            records.Add(new ActivationRecord(window.Sequence, window.Start, tokens.AsSpan<int>().ToArray(), column));
        }

        return records;
    }

    /// <summary>Gathers statistics and examples of any units in one pass over the store.</summary>
    /// <param name="units">The units; of this store's hook.</param>
    /// <param name="options">What to keep.</param>
    /// <param name="progress">Told the share that is done, 0 to 1.</param>
    /// <param name="cancellationToken">Stops the pass.</param>
    /// <exception cref="PellucidException">The units read another hook or width.</exception>
    public UnitSummary Summarize(
        IUnits units, SummaryOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        RequireUnits(units);
        UnitSummary summary = new(units.Count, options ?? new SummaryOptions());
        for (int shard = 0; shard < Shards; shard++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using StoreShard rows = ReadShard(shard);
            using Ops ops = new();
            Tensor values = units.Evaluate(ops, rows.Activations);
            foreach ((int sequence, int first, int count) in rows.BySequence())
            {
                using Tensor part = values.Slice(0, first, count);
                summary.Observe(sequence, rows.PositionOf(first), part);
            }

            progress?.Report((shard + 1.0) / Shards);
        }

        return summary;
    }

    /// <summary>Closes the shard files.</summary>
    public void Dispose()
    {
        foreach (Lazy<ShardFile> file in _files.Where(file => file.IsValueCreated))
        {
            file.Value.Dispose();
        }
    }

    internal static string ShardName(int shard) => $"shard-{shard:D5}.safetensors";

    private static Tensor Floats(Tensor tensor)
    {
        if (tensor.DType == DType.F32)
        {
            return tensor;
        }

        using (tensor)
        {
            return tensor.To(DType.F32);
        }
    }

    private void RequireUnits(IUnits units)
    {
        if (units.Width != Manifest.Width || units.Hook != Manifest.Hook)
        {
            throw new PellucidException(
                $"Units of {units.Hook} (width {units.Width}) cannot read store '{Folder}', which holds {Manifest.Hook} (width {Manifest.Width}).");
        }
    }

    /// <summary>Where a sequence is; every shard but the last holds the same number of them.</summary>
    private (int Shard, int FirstRow, int FirstPosition, int Rows) Place(int sequence)
    {
        if ((uint)sequence >= (uint)Sequences)
        {
            throw new PellucidException($"Sequence {sequence} is not among the {Sequences} of store '{Folder}'.");
        }

        (int shard, int at) = Math.DivRem(sequence, Manifest.ShardSequences);
        (int firstRow, int firstPosition, int rows) = _files[shard].Value.Places[at];
        return (shard, firstRow, firstPosition, rows);
    }
}
