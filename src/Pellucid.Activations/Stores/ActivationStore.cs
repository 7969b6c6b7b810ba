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
    private readonly Lazy<SafetensorsFile>[] _files;
    private readonly Lazy<(int Shard, int FirstRow, int FirstPosition, int Rows)[]> _index;

    private ActivationStore(string folder, StoreManifest manifest)
    {
        (Folder, Manifest) = (folder, manifest);
        _summary = new(() => UnitSummary.Load(Path.Combine(folder, SummaryName)).Summary);
        _files = [.. Enumerable.Range(0, manifest.Shards).Select(shard => new Lazy<SafetensorsFile>(() => OpenShard(shard)))];
        _index = new(Index);
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
    public int Sequences => _index.Value.Length;

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
            return manifest.Width > 0 && manifest.ShardTokens.All(rows => rows > 0) && manifest.ShardTokens.Sum(rows => (long)rows) == manifest.Tokens
                ? new ActivationStore(folder, manifest)
                : throw new JsonException("its numbers contradict each other");
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new BadFileException(path, $"it is not the manifest of an activation store ({error.Message.TrimEnd('.')})", "Harvest again", error);
        }
    }

    /// <summary>Refuses a model that this store does not come from.</summary>
    /// <exception cref="PellucidException">The model's hash is another.</exception>
    public void RequireModel(Model model)
    {
        if (model.Hash != Manifest.ModelHash)
        {
            throw new PellucidException(
                $"Store '{Folder}' was harvested from model '{Manifest.Model}' ({Manifest.ModelHash[..8]}), not from '{model.Name}' ({model.Hash[..8]}). Open that model or harvest again.");
        }
    }

    /// <summary>Reads one shard.</summary>
    /// <param name="shard">0 to <see cref="Shards"/> − 1.</param>
    /// <exception cref="BadFileException">It is damaged.</exception>
    public StoreShard ReadShard(int shard)
    {
        SafetensorsFile file = _files[shard].Value;
        return new StoreShard(Floats(file.Read("activations")), file.Read("tokens"), file.Read("sequences"), file.Read("positions"));
    }

    /// <summary>The token ids of a sequence's rows (BOS, where it was left out, is not among them).</summary>
    public int[] Tokens(int sequence)
    {
        (int shard, int firstRow, _, int rows) = Place(sequence);
        using Tensor tokens = _files[shard].Value.ReadRange("tokens", firstRow, rows);
        return tokens.AsSpan<int>().ToArray();
    }

    /// <summary>The activations of a window, [length, width].</summary>
    /// <exception cref="PellucidException">The window is not in the store.</exception>
    public Tensor Read(Example window)
    {
        (int shard, int firstRow, int firstPosition, int rows) = Place(window.Sequence);
        int offset = window.Start - firstPosition;
        return offset >= 0 && offset + window.Length <= rows
            ? Floats(_files[shard].Value.ReadRange("activations", firstRow + offset, window.Length))
            : throw new PellucidException($"Positions {window.Start} to {window.Start + window.Length - 1} of sequence {window.Sequence} are not in store '{Folder}'.");
    }

    /// <summary>The values of one unit in windows, with their tokens.</summary>
    /// <param name="units">The units; of this store's hook.</param>
    /// <param name="unit">Which one.</param>
    /// <param name="windows">The windows.</param>
    /// <exception cref="PellucidException">A window is not in the store.</exception>
    public IReadOnlyList<ActivationRecord> Records(IUnits units, int unit, IEnumerable<Example> windows)
    {
        List<ActivationRecord> records = [];
        foreach (Example window in windows)
        {
            using Ops ops = new();
            using Tensor activations = Read(window);
            Tensor values = units.Evaluate(ops, activations);
            float[] column = [.. Enumerable.Range(0, window.Length).Select(row => values[row, unit])];
            int first = window.Start - Place(window.Sequence).FirstPosition;
            records.Add(new ActivationRecord(window.Sequence, window.Start, Tokens(window.Sequence)[first..(first + window.Length)], column));
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
        if (units.Width != Manifest.Width || units.Hook != Manifest.Hook)
        {
            throw new PellucidException(
                $"Units of {units.Hook} (width {units.Width}) cannot read store '{Folder}', which holds {Manifest.Hook} (width {Manifest.Width}).");
        }

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
                summary.Observe(sequence, rows.Positions.AsSpan<int>()[first], part);
            }

            progress?.Report((shard + 1.0) / Shards);
        }

        return summary;
    }

    /// <summary>Closes the shard files.</summary>
    public void Dispose()
    {
        foreach (Lazy<SafetensorsFile> file in _files.Where(file => file.IsValueCreated))
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

    private SafetensorsFile OpenShard(int shard)
    {
        SafetensorsFile file = SafetensorsFile.Open(Path.Combine(Folder, ShardName(shard)));
        int rows = Manifest.ShardTokens[shard];
        if (file["activations"].Shape == new Shape(rows, Manifest.Width) && file["activations"].DType.Name() == Manifest.Storage
            && new[] { "tokens", "sequences", "positions" }.All(name => file[name].Shape == new Shape(rows) && file[name].DType == DType.I32))
        {
            return file;
        }

        file.Dispose();
        throw new BadFileException(file.Path, $"its arrays are not the {rows} rows of width {Manifest.Width} that the manifest claims", "Harvest again");
    }

    private (int Shard, int FirstRow, int FirstPosition, int Rows) Place(int sequence) => (uint)sequence < (uint)Sequences
        ? _index.Value[sequence]
        : throw new PellucidException($"Sequence {sequence} is not among the {Sequences} of store '{Folder}'.");

    private (int Shard, int FirstRow, int FirstPosition, int Rows)[] Index()
    {
        List<(int, int, int, int)> places = [];
        for (int shard = 0; shard < Shards; shard++)
        {
            SafetensorsFile file = _files[shard].Value;
            using Tensor sequences = file.Read("sequences"), positions = file.Read("positions");
            ReadOnlySpan<int> ids = sequences.AsSpan<int>();
            for (int row = 0, first = 0; row < ids.Length; row++)
            {
                if (row + 1 == ids.Length || ids[row + 1] != ids[row])
                {
                    if (ids[row] != places.Count)
                    {
                        throw new BadFileException(file.Path, $"sequence {ids[row]} stands where {places.Count} was expected", "Harvest again");
                    }

                    places.Add((shard, first, positions.AsSpan<int>()[first], row + 1 - first));
                    first = row + 1;
                }
            }
        }

        return [.. places];
    }
}
