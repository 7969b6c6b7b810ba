using System.Globalization;
using System.Text.Json;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Activations;

/// <summary>
/// The folder that a harvest writes, held against other writers. Files come in an order that a kill cannot harm: inputs, each shard and
/// then the state that counts it, summary and provenance, and last the manifest, without which the folder is no store. A harvest
/// that goes on removes the manifest first, so that no reader finds one that contradicts the shards.
/// </summary>
internal sealed class HarvestFolder : IDisposable
{
    private const string InputsName = "inputs.json";
    private const string StateName = "state.safetensors";

    private readonly FileStream _lock;

    private HarvestFolder(string path, FileStream @lock, HarvestInputs inputs) => (Path, _lock, Inputs) = (path, @lock, inputs);

    internal string Path { get; }

    /// <summary>The inputs as they were first given.</summary>
    internal HarvestInputs Inputs { get; }

    /// <summary>Opens the folder for writing; one that was begun with other inputs is refused before anything is written.</summary>
    /// <exception cref="PellucidException">It is of other inputs, or is being written, or cannot be.</exception>
    internal static HarvestFolder Open(string path, HarvestInputs inputs)
    {
        _ = Begun(path, inputs);
        FileStream @lock = Lock(path);
        try
        {
            HarvestInputs? begun = Begun(path, inputs);
            if (begun is null)
            {
                AtomicFile.WriteAllBytes(In(path, InputsName), inputs.ToBytes());
            }

            return new HarvestFolder(path, @lock, begun ?? inputs);
        }
        catch
        {
            @lock.Dispose();
            throw;
        }
    }

    /// <summary>The store in a folder, if it already holds exactly as many tokens as are asked for.</summary>
    /// <exception cref="PellucidException">It holds more.</exception>
    internal static ActivationStore? Finished(string path, long tokens)
    {
        if (!File.Exists(In(path, ActivationStore.ManifestName)) || !File.Exists(In(path, ActivationStore.SummaryName)))
        {
            return null;
        }

        ActivationStore store = ActivationStore.Open(path);
        if (store.Rows == tokens)
        {
            return store;
        }

        store.Dispose();
        return store.Rows < tokens ? null : throw TooMany(path, store.Rows, tokens);
    }

    internal static PellucidException TooMany(string path, long held, long tokens) =>
        new($"Store '{path}' already holds {held} tokens; {tokens} were asked for. Ask for more, or choose another folder.");

    /// <summary>Removes the manifest, and what a killed write left.</summary>
    internal void BeginWriting()
    {
        try
        {
            File.Delete(In(Path, ActivationStore.ManifestName));
            foreach (string partial in Directory.GetFiles(Path).Where(AtomicFile.IsPartial))
            {
                File.Delete(partial);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadFileException(Path, $"the folder cannot be written ({error.Message.TrimEnd('.')})", "Choose another folder", error);
        }
    }

    /// <summary>The summary of the full shards and the tokens of each; null where there is none yet.</summary>
    /// <exception cref="BadFileException">The state or a shard that it counts is damaged or missing.</exception>
    internal (UnitSummary Summary, IReadOnlyList<int> ShardTokens)? ReadState()
    {
        string path = In(Path, StateName);
        if (!File.Exists(path))
        {
            return null;
        }

        (UnitSummary summary, IReadOnlyDictionary<string, string> metadata) = UnitSummary.Load(path);
        List<int> tokens = [];
        foreach (string text in (metadata.GetValueOrDefault("shard_tokens") ?? "").Split(' '))
        {
            tokens.Add(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int rows) && rows > 0 ? rows : throw Bad(path));
        }

        if (summary.Units != Inputs.Store.Width || summary.Options != Inputs.Summary || tokens.Sum(rows => (long)rows) != summary.Tokens)
        {
            throw Bad(path);
        }

        StoreManifest counted = Inputs.Store with { ShardTokens = tokens };
        for (int shard = 0; shard < tokens.Count; shard++)
        {
            ShardFile.Open(Path, counted, shard).Dispose();
        }

        return (summary, tokens);
    }

    internal void WriteState(UnitSummary summary, IReadOnlyList<int> shardTokens) => summary.Save(
        In(Path, StateName), new Dictionary<string, string> { ["shard_tokens"] = string.Join(' ', shardTokens) });

    /// <summary>Makes the folder a store.</summary>
    internal void Finish(UnitSummary summary, IReadOnlyList<int> shardTokens)
    {
        summary.Save(In(Path, ActivationStore.SummaryName));
        Inputs.ToProvenance(summary.Tokens).Write(Path);
        StoreManifest manifest = Inputs.Store with { Tokens = summary.Tokens, ShardTokens = [.. shardTokens] };
        byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(manifest, ActivationsJson.Default.StoreManifest), (byte)'\n'];
        AtomicFile.WriteAllBytes(In(Path, ActivationStore.ManifestName), bytes);
    }

    /// <summary>Lets other writers in.</summary>
    public void Dispose() => _lock.Dispose();

    private static HarvestInputs? Begun(string path, HarvestInputs inputs)
    {
        string file = In(path, InputsName);
        if (!File.Exists(file))
        {
            return !File.Exists(In(path, ActivationStore.ManifestName)) && !File.Exists(In(path, StateName))
                ? null
                : throw new PellucidException($"Folder '{path}' holds a store without {InputsName}, so it cannot be added to. Choose another folder.");
        }

        HarvestInputs begun = HarvestInputs.Read(file);
        return begun.IsSame(inputs)
            ? begun
            : throw new PellucidException(
                $"Folder '{path}' holds a harvest of another model, hook, corpus, setting or instruction set. Choose another folder, or remove it.");
    }

    private static FileStream Lock(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            return new FileStream(In(path, "harvest.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadFileException(
                path, $"the folder cannot be held for writing ({error.Message.TrimEnd('.')})", "Wait for the harvest that is writing it, or choose another folder", error);
        }
    }

    private static BadFileException Bad(string path) => new(path, "it is not the state of this harvest", "Remove the folder or choose another");

    private static string In(string folder, string name) => System.IO.Path.Combine(folder, name);
}
