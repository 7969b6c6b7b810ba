namespace Pellucid.Models.Tokenizers.Decoders;

/// <summary>Tokens on their way to a text.</summary>
internal sealed class TokenTexts
{
    /// <summary>The spellings, as the steps so far have left them.</summary>
    internal required List<string> Items { get; set; }

    /// <summary>The spelling of the token before the first; null at the start of a sequence.</summary>
    internal required string? Previous { get; init; }

    /// <summary>Whether the items have been joined, so that the first is the whole text.</summary>
    internal bool Joined { get; set; }

    internal void Join(string text) => (Items, Joined) = ([text], true);
}
