using System.Security.Cryptography;
using Pellucid.Models.Checkpoints;
using Pellucid.Models.Checkpoints.Gguf;
using Pellucid.Models.Folders;
using Pellucid.Models.Networks;
using Pellucid.Models.Tokenizers;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Registry;

/// <summary>Opens a checkpoint and the tokenizer that lies beside it.</summary>
internal static class CheckpointFiles
{
    internal static Model OpenBuiltIn(KnownModel model, OpenOptions options)
    {
        KnownFile file = model.Files[0], beside = model.Files[1];
        using Stream checkpoint = Resource(file), tokenizer = Resource(beside);
        return Open(model.Id, file.Name, checkpoint, _ => (beside.Name, tokenizer), options);
    }

    /// <summary>Opens a model of the cache, whose files must still be what was pulled.</summary>
    internal static Model OpenPulled(KnownModel model, ModelCache cache, OpenOptions options)
    {
        cache.Verify(model);
        return (model.Opens is { } file ? OpenFile(Path.Combine(cache.FolderOf(model), file), options) : OpenFolder(cache.FolderOf(model), options)).Called(model.Id);
    }

    internal static Model OpenFile(string path, OpenOptions options) => Guarded(path, _ =>
    {
        if (ModelFolder.IsPartOfOne(path))
        {
            return OpenFolder(Path.GetDirectoryName(Path.GetFullPath(path))!, options);
        }

        if (CheckpointFolder.IsPickle(path))
        {
            return OpenPickle(path, options);
        }

        if (GgufFile.IsNamedSo(path))
        {
            return GgufModel.Open(path, options);
        }

        if (ModelFolder.IsForOne(path))
        {
            throw new BadFileException(path, "it is a part of a model folder, whose config.json says of which network", "Name the folder that has both");
        }

        using FileStream checkpoint = File.OpenRead(path);
        FileStream? tokenizer = null;
        try
        {
            return Open(path, path, checkpoint, vocabulary => TokenizerBeside(path, vocabulary) is { } found
                ? (found, tokenizer = File.OpenRead(found))
                : null, options);
        }
        finally
        {
            tokenizer?.Dispose();
        }
    });

    /// <summary>The tokenizer beside a llama2.c checkpoint, of which no more than the header is read; null where the file is called otherwise or has none.</summary>
    /// <exception cref="BadFileException">It cannot be read.</exception>
    internal static Tokenizer? TokenizerOf(string path)
    {
        if (!File.Exists(path) || Path.GetExtension(path) != ".bin")
        {
            return null;
        }

        try
        {
            using FileStream checkpoint = File.OpenRead(path);
            ModelConfig config = Llama2CReader.ReadConfig(path, checkpoint);
            if (TokenizerBeside(path, config.Vocabulary) is not { } beside)
            {
                return null;
            }

            using FileStream tokenizer = File.OpenRead(beside);
            return Llama2CTokenizer.Read(beside, Content(beside, tokenizer, checkpoint.Length), config.Vocabulary);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, error);
        }
    }

    /// <summary>Opens a file of torch.save by the config beside it.</summary>
    private static Model OpenPickle(string path, OpenOptions options)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return !ModelFolder.HasConfig(folder)
            ? throw new BadFileException(path, "there is no config.json beside it, which says what network its arrays are of", "Put the config.json of the model into its folder, in Hugging Face's or TransformerLens's form")
            : HuggingFaceFolder.Is(folder) ? HuggingFaceFolder.Open(folder, options, path)
            : ModelFolder.Open(folder, options, path);
    }

    /// <summary>Opens a folder by what it holds: a config or a safetensors file make it a model folder, else it has a llama2.c checkpoint.</summary>
    internal static Model OpenFolder(string folder, OpenOptions options) => Guarded(folder, _ =>
    {
        if (HuggingFaceFolder.Is(folder))
        {
            return HuggingFaceFolder.Open(folder, options);
        }

        if (!ModelFolder.HasConfig(folder) && !ModelFolder.HasArrays(folder) && GgufFile.In(folder) is { } packed)
        {
            return GgufModel.Open(packed, options);
        }

        if (ModelFolder.HasConfig(folder) && CheckpointFolder.HasPickle(folder))
        {
            return ModelFolder.Open(folder, options);
        }

        string[] found = [.. BinFiles(folder).Where(path => !IsTokenizer(path))];
        if (ModelFolder.HasArrays(folder) || (found.Length == 0 && ModelFolder.HasConfig(folder)))
        {
            return ModelFolder.Open(folder, options);
        }

        return found.Length == 1
            ? OpenFile(found[0], options)
            : throw new BadFileException(
                folder,
                $"a model folder (config.json with its parameters), or a folder with one GGUF file or one llama2.c checkpoint (*.bin), was expected; it has {(found.Length == 0 ? "none of them" : $"{found.Length} *.bin: {string.Join(", ", found.Take(5).Select(Path.GetFileName))}")}",
                found.Length == 0 ? "Name the folder of a model, or its checkpoint file" : "Name the checkpoint file itself");
    });

    private static Model Open(string name, string path, Stream checkpoint, Func<int, (string Path, Stream Content)?> tokenizerFor, OpenOptions options)
    {
        ModelConfig config = Llama2CReader.ReadConfig(path, checkpoint);
        options.Check(config);
        Tokenizer? tokenizer = options.Tokenizer ?? (tokenizerFor(config.Vocabulary) is { } beside
            ? Llama2CTokenizer.Read(beside.Path, Content(beside.Path, beside.Content, checkpoint.Length), config.Vocabulary)
            : null);
        checkpoint.Position = 0;
        string hash = Convert.ToHexStringLower(SHA256.HashData(checkpoint));
        NetworkWeights weights = Llama2CReader.ReadWeights(config, checkpoint, options.WeightStorage);
        return new Model(name, config, weights, tokenizer, options.Mark(hash));
    }

    /// <summary>tokenizer.bin; else the one made for this vocabulary (tok512.bin); else the only tok*.bin; else none.</summary>
    private static string? TokenizerBeside(string checkpoint, int vocabulary)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(checkpoint))!;
        string[] found = [.. BinFiles(folder).Where(IsTokenizer).Where(path => path != Path.GetFullPath(checkpoint))];
        return Array.Find(found, path => Path.GetFileName(path) == "tokenizer.bin")
            ?? Array.Find(found, path => Path.GetFileName(path) == $"tok{vocabulary}.bin")
            ?? (found.Length < 2 ? found.FirstOrDefault() : throw new BadFileException(
                folder,
                $"it has {found.Length} tokenizers ({string.Join(", ", found.Take(5).Select(Path.GetFileName))}) and none is called tokenizer.bin or tok{vocabulary}.bin",
                $"Call the one of this checkpoint tok{vocabulary}.bin"));
    }

    private static IEnumerable<string> BinFiles(string folder) => Directory.EnumerateFiles(folder, "*.bin").Order(StringComparer.Ordinal);

    private static bool IsTokenizer(string path) => Path.GetFileName(path).StartsWith("tok", StringComparison.Ordinal);

    private static byte[] Content(string path, Stream stream, long checkpointBytes)
    {
        // Each piece has a row of the embedding in the checkpoint, so a tokenizer longer than this is not the checkpoint's.
        const long Spare = 1 << 20;
        if (stream.Length > (checkpointBytes * 16) + Spare || stream.Length > int.MaxValue)
        {
            throw new BadFileException(path, $"it has {stream.Length} bytes, too many for the tokenizer of a checkpoint of {checkpointBytes}", "Use the tokenizer that came with the checkpoint");
        }

        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    private static Stream Resource(KnownFile file) => typeof(CheckpointFiles).Assembly.GetManifestResourceStream(file.Name)
        ?? throw new InvalidOperationException($"{file.Name} is not inside this library.");

    private static Model Guarded(string path, Func<string, Model> open)
    {
        try
        {
            return open(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, error);
        }
    }

    private static BadFileException Unreadable(string path, Exception error) =>
        new(path, $"it cannot be read ({error.Message.ReplaceLineEndings(" ").TrimEnd('.')})", "Check the path and its permissions", error);
}
