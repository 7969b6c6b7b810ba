using Pellucid.Models.Tokenizers.Texts;

namespace Pellucid.Models.Tokenizers.Definitions;

/// <summary>What normalizers, pre-tokenizers and decoders look for: <c>{"String": …}</c> or <c>{"Regex": …}</c>.</summary>
internal static class PatternDefinitions
{
    /// <exception cref="FormatException">It cannot be read.</exception>
    internal static TextPattern Read(Definition owner)
    {
        Definition pattern = Definition.Of("pattern", owner.Find("pattern") ?? throw owner.Missing("pattern"));
        try
        {
            return pattern.OptionalText("String") is { } text ? TextPattern.Literally(text) : TextPattern.Of(pattern.Text("Regex"));
        }
        catch (FormatException error)
        {
            throw new FormatException($"the pattern of its {owner.Name} {owner.Kind}: {Checkpoints.JsonFile.Short(error.Message.TrimEnd('.'))}", error);
        }
    }
}
