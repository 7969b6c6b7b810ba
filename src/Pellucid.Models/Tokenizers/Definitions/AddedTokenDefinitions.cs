using Pellucid.Models.Checkpoints;

namespace Pellucid.Models.Tokenizers.Definitions;

/// <summary>Added tokens, as <c>tokenizer.json</c> and <c>tokenizer_config.json</c> write them.</summary>
internal static class AddedTokenDefinitions
{
    /// <summary>Ids that added tokens may reach beyond the vocabulary.</summary>
    private const int MostBeyond = 1 << 20;

    /// <exception cref="FormatException">It cannot be read.</exception>
    internal static AddedToken Read(Definition definition, int id, int vocabulary)
    {
        string content = definition.Text("content");
        bool special = definition.Flag("special", false);
        return id >= 0 && id < vocabulary + MostBeyond
            ? new AddedToken(content, id)
            {
                Special = special,
                StripsLeft = definition.Flag("lstrip", false),
                StripsRight = definition.Flag("rstrip", false),
                SingleWord = definition.Flag("single_word", false),
                Normalized = definition.Flag("normalized", !special),
            }
            : throw new FormatException($"its added token '{JsonFile.Short(content)}' has the id {id}, where the vocabulary has {vocabulary}");
    }
}
