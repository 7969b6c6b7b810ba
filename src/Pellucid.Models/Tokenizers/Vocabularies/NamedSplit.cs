using Pellucid.Models.Checkpoints;
using Pellucid.Models.Tokenizers.PreTokenizers;
using Pellucid.Models.Tokenizers.Texts;

namespace Pellucid.Models.Tokenizers.Vocabularies;

/// <summary>
/// The pre-tokenizers that GGUF files name: the patterns that the models were trained with, by which words are cut before bytes are merged. A file without
/// a name is as old as GPT-2's and takes that.
/// </summary>
/// <param name="PreTokenizer">What cuts the words.</param>
/// <param name="IgnoresMerges">Whether a word of the vocabulary is taken without merging.</param>
/// <param name="AddsBos">Whether BOS goes in front where the file does not say.</param>
internal sealed record NamedSplit(IPreTokenizer PreTokenizer, bool IgnoresMerges, bool AddsBos)
{
    private const string Contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private const string Llama3 = Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Qwen2 = Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Small = @"\p{Ll}\p{Lm}\p{Lo}\p{M}", Capital = @"\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}";
    private const string Rest = @"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Gpt4O = $@"[^\r\n\p{{L}}\p{{N}}]?[{Capital}]*[{Small}]+{Contractions}?|[^\r\n\p{{L}}\p{{N}}]?[{Capital}]+[{Small}]*{Contractions}?|\p{{N}}{{1,3}}{Rest}";
    private const string Tekken = $@"[^\r\n\p{{L}}\p{{N}}]?[{Capital}]*[{Small}]+|[^\r\n\p{{L}}\p{{N}}]?[{Capital}]+[{Small}]*|\p{{N}}{Rest}";

    /// <summary>The pre-tokenizer of a name.</summary>
    /// <exception cref="FormatException">The name is not known.</exception>
    internal static NamedSplit Of(string? name) => name switch
    {
        null or "gpt-2" or "gpt2" or "phi-2" or "jina-es" or "jina-de" or "mpt" or "olmo" or "jais" or "roberta-bpe" => new(Words(), false, false),
        "llama-bpe" or "llama3" or "llama-v3" => new(Cut(Llama3), true, true),
        "dbrx" or "smaug-bpe" or "chatglm-bpe" or "glm4" or "jina-v2-code" => new(name == "jina-v2-code" ? Words() : Cut(Llama3), false, false),
        "qwen2" or "stablelm2" or "deepseek-r1-qwen" or "megrez" => new(Cut(Qwen2), false, false),
        "starcoder" or "refact" or "command-r" or "smollm" or "codeshell" or "exaone" or "minerva-7b" =>
            new(new PreTokenizerSequence([new CharacterSplit(Delimiters.IsNumber, SplitBehavior.Isolated), Words()]), false, false),
        "gpt-4o" or "llama4" => new(Cut(Gpt4O), name == "llama4", name == "llama4"),
        "tekken" => new(Cut(Tekken), true, true),
        _ => throw new FormatException(
            $"its tokenizer.ggml.pre is '{JsonFile.Short(name)}'; gpt-2, llama-bpe, qwen2, starcoder, gpt-4o, tekken and those that cut as they do can be read"),
    };

    private static PatternSplit Cut(string pattern) => new(TextPattern.Of(pattern), SplitBehavior.Isolated, invert: false);

    private static ByteLevelSplit Words() => new(addPrefixSpace: false, cutsWords: true, spellsBytes: false);
}
