using Pellucid.Models.Tokenizers.PreTokenizers;

namespace Pellucid.Models.Tokenizers.Definitions;

/// <summary>The pre-tokenizers of <c>tokenizer.json</c>.</summary>
internal static class PreTokenizerDefinitions
{
    /// <exception cref="FormatException">It cannot be read.</exception>
    internal static IPreTokenizer Read(Definition definition) => definition.Kind switch
    {
        "Sequence" => new PreTokenizerSequence([.. definition.List("pretokenizers").Select(Read)]),
        "ByteLevel" => new ByteLevelSplit(definition.Flag("add_prefix_space", true), definition.Flag("use_regex", true), spellsBytes: true),
        "Whitespace" => PatternSplit.Words,
        "WhitespaceSplit" => CharacterSplit.AtWhiteSpace,
        "BertPreTokenizer" => CharacterSplit.Bert,
        "Metaspace" => new MetaspaceSplit(definition.Character("replacement", '\u2581'), PrefixOf(definition), definition.Flag("split", true)),
        "Punctuation" => new CharacterSplit(Delimiters.IsPunctuation, Behavior(definition, "Isolated")),
        "Digits" => new CharacterSplit(Delimiters.IsNumber, definition.Flag("individual_digits", false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous),
        "Split" => new PatternSplit(PatternDefinitions.Read(definition), Behavior(definition, null), definition.Flag("invert", false)),
        "CharDelimiterSplit" => At(definition.Character("delimiter")),
        _ => throw definition.Unknown("Sequence, ByteLevel, Whitespace, WhitespaceSplit, BertPreTokenizer, Metaspace, Punctuation, Digits, Split and CharDelimiterSplit"),
    };

    /// <summary>When a Metaspace puts a space in front; older files say only whether it does.</summary>
    /// <exception cref="FormatException">It cannot be read.</exception>
    internal static PrefixSpace PrefixOf(Definition definition) => definition.OptionalText("prepend_scheme") switch
    {
        null => definition.Flag("add_prefix_space", true) ? PrefixSpace.Always : PrefixSpace.Never,
        "always" => PrefixSpace.Always,
        "first" => PrefixSpace.First,
        "never" => PrefixSpace.Never,
        { } other => throw new FormatException($"'prepend_scheme' of its {definition.Name} is '{Checkpoints.JsonFile.Short(other)}'; always, first or never was expected"),
    };

    private static CharacterSplit At(char delimiter) => new(character => character.Value == delimiter, SplitBehavior.Removed);

    private static SplitBehavior Behavior(Definition definition, string? missing) => (definition.OptionalText("behavior") ?? missing) switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        { } other => throw new FormatException(
            $"'behavior' of its {definition.Name} is '{Checkpoints.JsonFile.Short(other)}'; Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous was expected"),
        null => throw definition.Missing("behavior"),
    };
}
