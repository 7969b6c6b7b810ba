using System.Text.Json;
using Pellucid.Models.Checkpoints;
using Pellucid.Models.Checkpoints.Gguf;
using Pellucid.Models.Folders;
using Pellucid.Models.Tokenizers.Vocabularies;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tokenizers;

/// <summary>Finds the tokenizer among the files of a model folder, whatever its form.</summary>
internal static class TokenizerFiles
{
    internal const string Llama2CName = "tokenizer.bin";

    /// <summary>What a GGUF file's tokenizer is saved as: a GGUF file of its metadata alone.</summary>
    internal const string GgufName = "tokenizer.gguf";

    private const long LongestFile = 1 << 28;
    private const string Advice = "Use the tokenizer that came with the model, or run the model from token ids without one";

    private static readonly string[] SentencePieceNames = ["tokenizer.model", "spiece.model"];
    private static readonly (string Vocabulary, string Merges)[] PairNames = [("vocab.json", "merges.txt"), ("encoder.json", "vocab.bpe")];

    /// <summary>Every file that is read here: those of another tokenizer must not be left beside one that is saved.</summary>
    internal static IReadOnlyList<string> Names { get; } =
    [
        TokenizerJson.FileName, .. SentencePieceNames, .. PairNames.SelectMany(pair => (string[])[pair.Vocabulary, pair.Merges]), "vocab.txt", GgufName, Llama2CName,
        .. TokenizerSettings.Names,
    ];

    /// <summary>
    /// The tokenizer of a folder: of <c>tokenizer.json</c>, else of <c>tokenizer.model</c> or <c>spiece.model</c>, else of <c>vocab.json</c> and <c>merges.txt</c> (or
    /// <c>encoder.json</c> and <c>vocab.bpe</c>), else of <c>vocab.txt</c>, else of <c>tokenizer.gguf</c>, else of <c>tokenizer.bin</c>; null where there is none. The settings beside
    /// them are read too. Added tokens that the network lacks, as that for images beside a network of texts, are left out.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="vocabulary">How many tokens the network has; null where any tokenizer will do.</param>
    /// <exception cref="BadFileException">A file cannot be read, or the tokenizer has more tokens than the network.</exception>
    internal static Tokenizer? Find(string folder, int? vocabulary)
    {
        if (Read(folder, vocabulary) is not ({ } path, { } tokenizer))
        {
            return null;
        }

        if (tokenizer is PipelineTokenizer steps)
        {
            tokenizer = steps.From(ReadAgain(folder, Path.GetFileName(path))).Within(vocabulary ?? int.MaxValue);
        }

        return vocabulary is { } most && tokenizer.Vocabulary > most
            ? throw new BadFileException(path, $"it has {tokenizer.Vocabulary} tokens; the network has {most}", Advice)
            : tokenizer;
    }

    /// <summary>The tokenizer of a folder, of the folder of a tokenizer's or a network's file, or of a GGUF file, without its network; null where the path is none of them.</summary>
    /// <exception cref="BadFileException">A file cannot be read.</exception>
    internal static Tokenizer? At(string path)
    {
        bool isModel = File.Exists(path) && (ModelFolder.IsPartOfOne(path) || CheckpointFolder.IsPickle(path));
        bool isFile = File.Exists(path) && (SentencePieceNames.Append(TokenizerJson.FileName).Append("vocab.txt").Contains(Path.GetFileName(path))
            || PairNames.Any(pair => Path.GetFileName(path) == pair.Vocabulary || Path.GetFileName(path) == pair.Merges));
        string? folder = isFile || isModel ? Path.GetDirectoryName(Path.GetFullPath(path)) : Directory.Exists(path) ? path : null;
        try
        {
            return folder is not null ? Find(folder, null) ?? (PackedIn(folder) is { } packed ? Gguf(packed, LargestSizes.Tokens) : null)
                : File.Exists(path) && GgufFile.IsNamedSo(path) ? Gguf(path, LargestSizes.Tokens)
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadFileException(path, $"it cannot be read ({error.Message.ReplaceLineEndings(" ").TrimEnd('.')})", "Check the path and its permissions", error);
        }
    }

    private static (string, Tokenizer)? Read(string folder, int? vocabulary)
    {
        if (In(folder, TokenizerJson.FileName) is { } json)
        {
            return (json, TokenizerJson.Read(json, TokenizerSettings.In(folder)));
        }

        foreach (string name in SentencePieceNames)
        {
            if (In(folder, name) is { } model)
            {
                return (model, SentencePiece(model, LimitedFile.Read(model, LongestFile, Advice), TokenizerSettings.In(folder)));
            }
        }

        foreach ((string ids, string merges) in PairNames)
        {
            if (In(folder, merges) is { } file)
            {
                using JsonDocument? document = In(folder, ids) is { } table ? JsonFile.Read(table, LongestFile, Advice) : null;
                return (file, BytePairFiles.Read(file, LimitedFile.Read(file, LongestFile, Advice), document?.RootElement, TokenizerSettings.In(folder)));
            }
        }

        if (In(folder, "vocab.txt") is { } pieces)
        {
            return (pieces, WordPieceFile.Read(pieces, LimitedFile.Read(pieces, LongestFile, Advice), TokenizerSettings.In(folder)));
        }

        if (In(folder, GgufName) is { } packed && Gguf(packed, vocabulary ?? LargestSizes.Tokens) is { } carried)
        {
            return (packed, carried);
        }

        return In(folder, Llama2CName) is { } binary && vocabulary is { } count
            ? (binary, Llama2CTokenizer.Read(binary, LimitedFile.Read(binary, LongestFile, Advice), count))
            : null;
    }

    /// <summary>The tokenizer in the metadata of a GGUF file; null where it has none.</summary>
    private static Tokenizer? Gguf(string path, int vocabulary)
    {
        using GgufFile file = GgufFile.Open(path);
        return GgufTokens.Read(file, vocabulary) is { } values ? GgufTokenizer.Of(values) : null;
    }

    /// <summary>The GGUF file that a folder stands for; null where it stands for something else.</summary>
    private static string? PackedIn(string folder) => ModelFolder.HasConfig(folder) || ModelFolder.HasArrays(folder) ? null : GgufFile.In(folder);

    /// <summary>The files that a tokenizer was made of, by the one that names its form.</summary>
    private static SavedFile[] ReadAgain(string folder, string name) =>
    [
        .. PairNames.Where(pair => pair.Merges == name).Select(pair => pair.Vocabulary).Append(name).Concat(TokenizerSettings.Names)
            .Where(each => In(folder, each) is not null).Select(each => new SavedFile(each, LimitedFile.Read(Path.Combine(folder, each), LongestFile, Advice))),
    ];

    /// <summary>The tokenizer of a SentencePiece model.</summary>
    /// <exception cref="BadFileException">It cannot be read.</exception>
    internal static Tokenizer SentencePiece(string path, ReadOnlySpan<byte> bytes, TokenizerSettings settings)
    {
        SentencePieceVocabulary read = SentencePieceFile.Read(path, bytes);
        bool t5 = settings.Class is "T5" or "MT5" || Path.GetFileName(path) == SentencePieceNames[1];
        try
        {
            return new PipelineTokenizer(settings.Complete((read with
            {
                AddsBos = settings.AddsBos ?? !t5,
                AddsEos = settings.AddsEos ?? t5,
                AddsSpace = read.AddsSpace && settings.Flag("add_prefix_space") != false,
                SpaceFirstOnly = settings.Flag("legacy") == false,
            }).Parts(), template: true));
        }
        catch (Exception error) when (error is FormatException or InvalidOperationException)
        {
            throw new BadFileException(path, JsonFile.Short(error.Message.TrimEnd('.'), 500), Advice, error);
        }
    }

    private static string? In(string folder, string name) => Path.Combine(folder, name) is var path && File.Exists(path) ? path : null;
}
