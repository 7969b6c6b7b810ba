using Pellucid.Models;

namespace Pellucid.Explanations;

/// <summary>Token texts in quotation marks, line breaks made visible.</summary>
internal static class Quoted
{
    internal static string Token(Tokenizer? tokenizer, int token) => tokenizer is null ? $"#{token}" : $"\"{Visible(tokenizer.TokenText(token))}\"";

    internal static string Tokens(Tokenizer? tokenizer, IEnumerable<int> tokens) => tokenizer is null
        ? string.Join(' ', tokens.Select(token => token < 0 ? "*" : $"#{token}"))
        : $"\"{string.Concat(tokens.Select(token => token < 0 ? "*" : Visible(tokenizer.TokenText(token))))}\"";

    private static string Visible(string text) => text.Replace("\n", "⏎", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal);
}
