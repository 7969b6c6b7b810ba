namespace Pellucid.Models.Tokenizers;

/// <summary>A token that is cut out of a text wherever it is spelled, before anything else; the names are those of <c>tokenizer.json</c>.</summary>
/// <param name="Content">Its spelling.</param>
/// <param name="Id">Its id.</param>
internal sealed record AddedToken(string Content, int Id)
{
    /// <summary>Whether it steers the model and is no text.</summary>
    internal bool Special { get; init; }

    /// <summary>Whether it takes the white space before it.</summary>
    internal bool StripsLeft { get; init; }

    /// <summary>Whether it takes the white space after it.</summary>
    internal bool StripsRight { get; init; }

    /// <summary>Whether it is none where letters touch it.</summary>
    internal bool SingleWord { get; init; }

    /// <summary>Whether it is looked for, itself normalized, in the normalized text.</summary>
    internal bool Normalized { get; init; }
}
