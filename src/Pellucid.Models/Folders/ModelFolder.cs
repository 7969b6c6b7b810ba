using Pellucid.Models.Checkpoints;
using Pellucid.Models.Networks;
using Pellucid.Models.Tokenizers;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Folders;

/// <summary>
/// A model as a folder in TransformerLens's layout: <c>config.json</c>, <c>model.safetensors</c>, and its tokenizer. What else lies there is
/// left alone. The files are written into a folder of their own beside it and moved in when all are whole, the config last: a folder without one is no
/// model.
/// </summary>
internal static class ModelFolder
{
    private const string Suffix = ".partial";

    /// <summary>The files of a model, in the order in which they are moved in.</summary>
    private static readonly string[] Files = [FolderTensors.FileName, .. TokenizerFiles.Names, FolderConfig.FileName];

    internal static bool HasConfig(string folder) => File.Exists(Path.Combine(folder, FolderConfig.FileName));

    internal static bool HasArrays(string folder) => File.Exists(Path.Combine(folder, FolderTensors.FileName));

    /// <summary>Whether a file is that of a model folder which is named by it.</summary>
    internal static bool IsPartOfOne(string file) => Path.GetFileName(file) is FolderConfig.FileName or FolderTensors.FileName;

    /// <summary>Whether a file has the name or the first bytes of one that only a model folder can make sense of: safetensors, an index, PyTorch's pickles and zip files.</summary>
    internal static bool IsForOne(string file)
    {
        if (file.EndsWith(".safetensors", StringComparison.Ordinal) || file.EndsWith(".json", StringComparison.Ordinal))
        {
            return true;
        }

        Span<byte> first = stackalloc byte[4];
        using FileStream stream = File.OpenRead(file);
        int read = stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        return first[..read].StartsWith("PK\x3\x4"u8) || (read == 4 && first[0] == 0x80 && first[1] is >= 2 and <= 5 && first[2] != 0 && first[3] != 0);
    }

    /// <summary>Opens a folder, or one of its files of arrays with the config beside it.</summary>
    internal static Model Open(string folder, OpenOptions options, string? arrays = null)
    {
        string path = Path.Combine(folder, FolderConfig.FileName);
        if (!File.Exists(path))
        {
            throw new BadFileException(folder, $"it has {FolderTensors.FileName} but no {FolderConfig.FileName}", "It is no model folder, or was not saved to the end: save it again");
        }

        ModelConfig config = FolderConfig.Read(path, out bool prependsBos);
        using CheckpointArrays file = CheckpointFolder.Open(folder, arrays);
        config = FolderTensors.WithBiases(file, FolderTexts.Read(file, config, prependsBos));
        NetworkPlan plan = Plan(path, file, config);
        Tokenizer? tokenizer = options.Tokenizer ?? TokenizerFiles.Find(folder, config.Vocabulary);
        options.Check(config);
        NetworkWeights weights = Read(file, plan, options.WeightStorage);
        return ModelParameters.Made(folder, plan, weights, tokenizer, FolderTexts.Sentences(file));
    }

    internal static void Save(Model model, string folder, bool overwrite, CancellationToken cancellationToken)
    {
        if (model.Interventions.Count > 0)
        {
            throw new PellucidException(
                $"Model '{model.Name}' has {model.Interventions.Count} interventions, which are no parameters and would be lost. Save the model that it was composed of.");
        }

        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), partial = target + Suffix;
        if (!overwrite && Array.Find(Files, name => File.Exists(Path.Combine(target, name))) is { } there)
        {
            throw new PellucidException($"{folder} holds a model already ({there}). Choose another folder, or say that it is to be overwritten.");
        }

        try
        {
            Clear(partial);
            FolderTensors.Write(Path.Combine(partial, FolderTensors.FileName), model);
            cancellationToken.ThrowIfCancellationRequested();
            foreach (SavedFile file in model.Tokenizer?.Files ?? [])
            {
                AtomicFile.WriteAllBytes(Path.Combine(partial, file.Name), file.Bytes);
            }

            AtomicFile.WriteAllBytes(Path.Combine(partial, FolderConfig.FileName), FolderConfig.Write(model.Config));
            cancellationToken.ThrowIfCancellationRequested();
            MoveIn(partial, target);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Clear(partial);
            throw new BadFileException(folder, $"the model cannot be written there ({error.Message.ReplaceLineEndings(" ").TrimEnd('.')})", "Free space or choose another place", error);
        }
        catch
        {
            Clear(partial);
            throw;
        }
    }

    /// <summary>Everything that follows from the config, once the file has been seen to hold the arrays for it.</summary>
    private static NetworkPlan Plan(string path, CheckpointArrays file, ModelConfig config)
    {
        NetworkClaims.Check(config, path, "Write the folder anew, or correct its config.json");
        FolderTensors.Check(file, config);
        return new NetworkPlan(config);
    }

    private static NetworkWeights Read(CheckpointArrays file, NetworkPlan plan, DType storage)
    {
        if (plan.Config.TiedEmbedding)
        {
            FolderTensors.CheckTied(file);
        }

        Tensor? last = null;
        try
        {
            return WeightNames.Pack(plan, name =>
            {
                last?.Dispose();
                return last = FolderTensors.Read(file, plan.Config, plan.Parameters[name]);
            }, storage);
        }
        finally
        {
            last?.Dispose();
        }
    }

    /// <summary>
    /// Moves the files in. A model that was there goes out by its config first, so that an interruption leaves a folder without a config and never one
    /// whose config and arrays belong to different models.
    /// </summary>
    private static void MoveIn(string partial, string target)
    {
        Directory.CreateDirectory(target);
        foreach (string name in Files.Reverse())
        {
            File.Delete(Path.Combine(target, name));
        }

        foreach (string name in Files.Where(name => File.Exists(Path.Combine(partial, name))))
        {
            File.Move(Path.Combine(partial, name), Path.Combine(target, name));
        }

        Clear(partial);
    }

    /// <summary>Removes what a save had begun, and nothing else.</summary>
    private static void Clear(string partial)
    {
        try
        {
            if (!Directory.Exists(partial))
            {
                return;
            }

            foreach (string name in Files)
            {
                File.Delete(Path.Combine(partial, name));
            }

            Directory.Delete(partial);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _ = error; // the first error is the one to report; what is left is written over by the next attempt
        }
    }
}
