using Pellucid.Models.Tokenizers.PreTokenizers;
using Pellucid.Models.Tokenizers.Texts;

namespace Pellucid.Models.Tokenizers.Decoders;

/// <summary>The decoders of <c>tokenizer.json</c> that look at one token at a time.</summary>
internal static class StandardDecoders
{
    /// <summary>Every match of a pattern becomes one text.</summary>
    internal static EachToken Replace(TextPattern pattern, string content) => new((token, _) =>
    {
        List<(int Start, int End)> matches = [];
        pattern.Find(token, matches);
        string text = token;
        for (int i = matches.Count - 1; i >= 0; i--)
        {
            text = string.Concat(text.AsSpan(0, matches[i].Start), content, text.AsSpan(matches[i].End));
        }

        return text;
    });

    /// <summary>SentencePiece's spaces: a space each, but none in front of a sequence that got one there.</summary>
    internal static EachToken Metaspace(char replacement, PrefixSpace prefix) => new((token, first) =>
        (first && prefix != PrefixSpace.Never && token.StartsWith(replacement) ? token[1..] : token).Replace(replacement, ' '));

    /// <summary>A space before each word; pieces within a word join it.</summary>
    internal static EachToken WordPiece(string prefix, bool cleansUp) => new((token, first) =>
    {
        string text = first ? token : prefix.Length > 0 && token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token;
        return cleansUp ? CleanUp(text) : text;
    });

    /// <summary>English marks and contractions without the space before them.</summary>
    internal static string CleanUp(string text) => text
        .Replace(" .", ".", StringComparison.Ordinal).Replace(" ?", "?", StringComparison.Ordinal).Replace(" !", "!", StringComparison.Ordinal)
        .Replace(" ,", ",", StringComparison.Ordinal).Replace(" ' ", "'", StringComparison.Ordinal).Replace(" n't", "n't", StringComparison.Ordinal)
        .Replace(" 'm", "'m", StringComparison.Ordinal).Replace(" do not", " don't", StringComparison.Ordinal).Replace(" 's", "'s", StringComparison.Ordinal)
        .Replace(" 've", "'ve", StringComparison.Ordinal).Replace(" 're", "'re", StringComparison.Ordinal);
}
