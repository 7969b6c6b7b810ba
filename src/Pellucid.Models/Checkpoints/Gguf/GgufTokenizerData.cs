using Pellucid.Tensors.Files;

namespace Pellucid.Models.Checkpoints.Gguf;

/// <summary>The tokenizer that a GGUF file has within it, as the file has it. Immutable.</summary>
internal sealed record GgufTokenizerData
{
    private const string Prefix = "tokenizer.ggml.", Advice = "Get the file again, or convert the model anew";

    /// <summary>
    /// Its kind: <c>llama</c> (SentencePiece pieces merged by their scores), <c>gpt2</c> (byte-level pair encoding), <c>bert</c> (WordPiece),
    /// <c>t5</c> (SentencePiece unigram).
    /// </summary>
    internal required string Kind { get; init; }

    /// <summary>Which rule cuts a text into words before pairs are merged: <c>llama-bpe</c>, <c>qwen2</c>; null where the file does not say.</summary>
    internal string? PreTokenizer { get; init; }

    /// <summary>Spelling of each token.</summary>
    internal required IReadOnlyList<string> Tokens { get; init; }

    /// <summary>A score for each token; empty where there are none.</summary>
    internal IReadOnlyList<float> Scores { get; init; } = [];

    /// <summary>What each token is; empty where the file does not say.</summary>
    internal IReadOnlyList<GgufTokenKind> Kinds { get; init; } = [];

    /// <summary>Pairs that are merged, the first first, with a space between the two; empty where there are none.</summary>
    internal IReadOnlyList<string> Merges { get; init; } = [];

    internal int? BosId { get; init; }

    internal int? EosId { get; init; }

    /// <summary>The token that ends a turn of a chat.</summary>
    internal int? EotId { get; init; }

    internal int? UnknownId { get; init; }

    internal int? PaddingId { get; init; }

    /// <summary>BERT's <c>[SEP]</c>.</summary>
    internal int? SeparatorId { get; init; }

    /// <summary>BERT's <c>[CLS]</c>.</summary>
    internal int? ClassId { get; init; }

    /// <summary>Whether a sequence begins with <see cref="BosId"/>: as the file says, else as its kind does.</summary>
    internal bool AddsBos { get; init; }

    /// <summary>Whether a sequence ends with <see cref="EosId"/>.</summary>
    internal bool AddsEos { get; init; }

    /// <summary>Whether a space is put before a text, as SentencePiece does unless told otherwise.</summary>
    internal bool AddsSpacePrefix { get; init; }

    /// <summary>The template of chats, in Jinja; null where there is none.</summary>
    internal string? ChatTemplate { get; init; }

    /// <summary>The tokens that end a generated text: those that the file names, and those whose spelling is known to end a turn.</summary>
    internal IReadOnlyList<int> StopIds { get; init; } = [];

    /// <summary>Reads the tokenizer of a file.</summary>
    /// <param name="metadata">What the file says of itself.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="vocabulary">How many tokens the network has; the tokenizer may have fewer.</param>
    /// <returns>The tokenizer, or null where the file has none.</returns>
    /// <exception cref="BadFileException">Its parts do not fit one another or the network.</exception>
    internal static GgufTokenizerData? Read(GgufMetadata metadata, string path, int vocabulary)
    {
        if (metadata.Text(Prefix + "model") is not { } kind || kind is "none" or "no_vocab")
        {
            return null;
        }

        string[] tokens = metadata.Texts(Prefix + "tokens", vocabulary) ?? throw new BadFileException(path, $"it has a tokenizer of kind '{JsonFile.Short(kind)}' without '{Prefix}tokens'", Advice);
        float[] scores = metadata.Singles(Prefix + "scores", tokens.Length) ?? [];
        int[] kinds = metadata.Int32s(Prefix + "token_type", tokens.Length) ?? [];
        foreach ((string name, int count) in (ReadOnlySpan<(string, int)>)[("scores", scores.Length), ("token_type", kinds.Length)])
        {
            if (count != 0 && count != tokens.Length)
            {
                throw new BadFileException(path, $"its tokenizer has {tokens.Length} tokens and {count} values of '{Prefix}{name}'", Advice);
            }
        }

        if (Array.Find(kinds, value => !Enum.IsDefined((GgufTokenKind)value)) is var odd && odd != 0)
        {
            throw new BadFileException(path, $"its tokenizer has a token of type {odd}, which the format does not know", Advice);
        }

        string? pre = metadata.Text(Prefix + "pre");
        GgufTokenizerData data = new()
        {
            Kind = kind,
            PreTokenizer = pre,
            Tokens = tokens,
            Scores = scores,
            Kinds = Array.ConvertAll(kinds, value => (GgufTokenKind)value),
            Merges = metadata.Texts(Prefix + "merges", MostMerges(vocabulary)) ?? [],
            BosId = Id("bos_token_id"),
            EosId = Id("eos_token_id"),
            EotId = Id("eot_token_id"),
            UnknownId = Id("unknown_token_id"),
            PaddingId = Id("padding_token_id"),
            SeparatorId = Id("seperator_token_id"),
            ClassId = Id("cls_token_id"),
            AddsBos = metadata.Flag(Prefix + "add_bos_token") ?? (kind is "llama" or "bert" || pre is "llama-bpe" or "llama3" or "llama-v3"),
            AddsEos = metadata.Flag(Prefix + "add_eos_token") ?? kind is "bert" or "t5",
            AddsSpacePrefix = metadata.Flag(Prefix + "add_space_prefix") ?? kind is "llama" or "t5",
            ChatTemplate = metadata.Text("tokenizer.chat_template"),
        };
        return data with { StopIds = Stops(data) };

        int? Id(string key) => metadata.Int32(Prefix + key) is not { } id || id == -1 ? null
            : id >= 0 && id < vocabulary ? id
            : throw new BadFileException(path, $"its '{Prefix}{key}' is {id}; the network has {vocabulary} tokens", Advice);
    }

    /// <summary>Each merge makes a token, and a token can be made in few ways; twice as many are believed.</summary>
    private static long MostMerges(int vocabulary) => 2L * vocabulary;

    private static int[] Stops(GgufTokenizerData data)
    {
        HashSet<string> ends = ["<|eot_id|>", "<|eom_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|endoftext|>", "<|end_of_text|>"];
        IEnumerable<int> spelled = Enumerable.Range(0, data.Kinds.Count)
            .Where(id => data.Kinds[id] is GgufTokenKind.Control or GgufTokenKind.UserDefined && ends.Contains(data.Tokens[id]));
        return [.. ((int?[])[data.EosId, data.EotId]).OfType<int>().Concat(spelled).Distinct()];
    }
}
