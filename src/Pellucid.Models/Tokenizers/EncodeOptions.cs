namespace Pellucid.Models;

/// <summary>How a text becomes ids. Immutable, safe for any thread.</summary>
public sealed record EncodeOptions
{
    /// <summary>
    /// Whether the spelling of a special token (<c>&lt;|endoftext|&gt;</c>) inside the text becomes that token, as in Hugging Face's libraries; the default. Say false
    /// for text that somebody else wrote, so that it cannot end a turn of a chat. Added tokens that are not special are part of the language and are always cut out.
    /// </summary>
    public bool ParseSpecial { get; init; } = true;

    /// <summary>Whether the tokens that belong around a sequence (BOS; <c>[CLS]</c> and <c>[SEP]</c>) are put around it; the default is false.</summary>
    public bool AddSpecial { get; init; }
}
