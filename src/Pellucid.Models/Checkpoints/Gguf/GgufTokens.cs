using Pellucid.Models.Tokenizers;
using Pellucid.Models.Tokenizers.Subwords;
using Pellucid.Models.Tokenizers.Vocabularies;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Checkpoints.Gguf;

/// <summary>Takes the tokenizer and the chat templates out of a GGUF file's metadata.</summary>
internal static class GgufTokens
{
    private const string Prefix = "tokenizer.ggml.", Template = "tokenizer.chat_template", Advice = "Get the file again, or convert the model anew";
    private const int MostTemplates = 64, LongestMap = 1 << 24, LongestCopy = 1 << 28;

    /// <summary>What ends a turn of a chat, whether or not the file names its id.</summary>
    private static readonly HashSet<string> Ends = new(StringComparer.Ordinal)
    {
        "<|eot_id|>", "<|eom_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|endoftext|>", "<|end_of_text|>",
    };

    /// <summary>The tokenizer as the file has it, or null where it has none.</summary>
    /// <param name="file">The file.</param>
    /// <param name="vocabulary">How many tokens the network has; the tokenizer may have fewer.</param>
    /// <exception cref="BadFileException">A part is not what it should be, or there are more tokens than the network has.</exception>
    internal static GgufVocabulary? Read(GgufFile file, int vocabulary)
    {
        GgufMetadata metadata = file.Metadata;
        if (metadata.Text(Prefix + "model") is not { } kind || kind is "none" or "no_vocab")
        {
            return null;
        }

        return new GgufVocabulary
        {
            Path = file.Path,
            Model = kind,
            Pre = metadata.Text(Prefix + "pre"),
            Tokens = metadata.Texts(Prefix + "tokens", vocabulary)
                ?? throw new BadFileException(file.Path, $"it has a tokenizer of kind '{JsonFile.Short(kind)}' without '{Prefix}tokens'", Advice),
            Scores = metadata.Singles(Prefix + "scores", vocabulary),
            Types = metadata.Int32s(Prefix + "token_type", vocabulary),
            Merges = metadata.Texts(Prefix + "merges", 2L * vocabulary), // a merge makes a token, and few are made in several ways
            Special = new SpecialIds
            {
                Bos = Id("bos"),
                Eos = Id("eos"),
                Unknown = Id("unknown"),
                Pad = Id("padding"),
                Mask = Id("mask"),
                Cls = Id("cls"),
                Sep = Id("seperator"),
            },
            AddsBos = metadata.Flag(Prefix + "add_bos_token"),
            AddsEos = metadata.Flag(Prefix + "add_eos_token"),
            AddsSpace = metadata.Flag(Prefix + "add_space_prefix"),
            RemovesExtraSpaces = metadata.Flag(Prefix + "remove_extra_whitespaces"),
            CharacterMap = metadata.Int32s(Prefix + "precompiled_charsmap", Math.Min(LongestMap, file.Length / 4)) is { } map ? Array.ConvertAll(map, value => (byte)value) : null,
            ChatTemplates = Templates(metadata),
            File = metadata.Copy([Prefix, Template], LongestCopy),
        };

        int? Id(string name) => metadata.Int32($"{Prefix}{name}_token_id") is { } id and not -1 ? id : null;
    }

    /// <summary>The config with the tokens that begin and end a text.</summary>
    internal static ModelConfig WithTokens(this ModelConfig config, GgufFile file, GgufVocabulary vocabulary, Tokenizer tokenizer)
    {
        if (!config.IsCausal)
        {
            return config;
        }

        IEnumerable<int> spelled = Enumerable.Range(0, vocabulary.Tokens.Count)
            .Where(id => vocabulary.KindOf(id) is PieceKind.Control or PieceKind.UserDefined && Ends.Contains(vocabulary.Tokens[id]));
        int?[] named = [vocabulary.Special.Eos, file.Metadata.Int32(Prefix + "eot_token_id"), file.Metadata.Int32(Prefix + "eom_token_id")];
        return config with
        {
            BosId = vocabulary.Special.Bos is { } bos && tokenizer.EncodeSequence("") is [var first, ..] && first == bos ? bos : null,
            StopIds = [.. named.OfType<int>().Concat(spelled).Where(id => id >= 0 && id < config.Vocabulary).Distinct()],
        };
    }

    private static Dictionary<string, string> Templates(GgufMetadata metadata)
    {
        Dictionary<string, string> templates = new(StringComparer.Ordinal);
        foreach (string key in metadata.Keys.Where(key => key.StartsWith(Template, StringComparison.Ordinal)).Take(MostTemplates))
        {
            string name = key.Length == Template.Length ? "default" : key[Template.Length] == '.' ? key[(Template.Length + 1)..] : "";
            if (name.Length > 0 && metadata.Text(key) is { } text)
            {
                templates[name] = text;
            }
        }

        return templates;
    }
}
