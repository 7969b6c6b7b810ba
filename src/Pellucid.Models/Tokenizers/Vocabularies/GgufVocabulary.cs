using Pellucid.Models.Tokenizers.Subwords;

namespace Pellucid.Models.Tokenizers.Vocabularies;

/// <summary>The tokenizer that a GGUF file carries: the values of its keys <c>tokenizer.ggml.*</c>, as they stand there; null where a key is missing.</summary>
internal sealed record GgufVocabulary
{
    /// <summary>The file, for messages.</summary>
    internal required string Path { get; init; }

    /// <summary><c>model</c>: llama, gpt2, bert or t5.</summary>
    internal required string Model { get; init; }

    /// <summary><c>pre</c>: the name of the pre-tokenizer of a gpt2 vocabulary.</summary>
    internal string? Pre { get; init; }

    /// <summary><c>tokens</c>.</summary>
    internal required IReadOnlyList<string> Tokens { get; init; }

    /// <summary><c>scores</c>.</summary>
    internal float[]? Scores { get; init; }

    /// <summary><c>token_type</c>.</summary>
    internal int[]? Types { get; init; }

    /// <summary><c>merges</c>: two tokens with a space between them.</summary>
    internal IReadOnlyList<string>? Merges { get; init; }

    /// <summary><c>bos_token_id</c> and the like: <c>eos</c>, <c>unknown</c>, <c>padding</c>, <c>mask</c>, <c>cls</c>, <c>seperator</c>.</summary>
    internal SpecialIds Special { get; init; } = new();

    /// <summary><c>add_bos_token</c>.</summary>
    internal bool? AddsBos { get; init; }

    /// <summary><c>add_eos_token</c>.</summary>
    internal bool? AddsEos { get; init; }

    /// <summary><c>add_space_prefix</c>.</summary>
    internal bool? AddsSpace { get; init; }

    /// <summary><c>remove_extra_whitespaces</c>.</summary>
    internal bool? RemovesExtraSpaces { get; init; }

    /// <summary><c>precompiled_charsmap</c>.</summary>
    internal byte[]? CharacterMap { get; init; }

    /// <summary><c>tokenizer.chat_template</c>, and <c>tokenizer.chat_template.NAME</c> by their names; the first is called default.</summary>
    internal IReadOnlyDictionary<string, string>? ChatTemplates { get; init; }

    /// <summary>A GGUF file that has these values and nothing else; empty where they come from none.</summary>
    internal byte[] File { get; init; } = [];

    internal PieceKind KindOf(int id) => Types is null ? PieceKind.Normal : (PieceKind)Types[id];
}
