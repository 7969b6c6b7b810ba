namespace Pellucid.GroundTruth.Notation;

/// <summary>One piece of the text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">How it is written; empty at the end.</param>
/// <param name="Span">Where it stands.</param>
internal readonly record struct Token(TokenKind Kind, string Text, TextSpan Span)
{
    /// <summary>Whether it is this operator, bracket or word of the language.</summary>
    internal bool Is(string text) => Kind is TokenKind.Sign or TokenKind.Word && Text == text;
}
