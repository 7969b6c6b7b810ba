namespace Pellucid.GroundTruth.Notation;

/// <summary>What a piece of the text is.</summary>
internal enum TokenKind
{
    /// <summary>A name that is no word of the language.</summary>
    Name,

    /// <summary>A number, without a sign.</summary>
    Number,

    /// <summary>A string, with its quotes.</summary>
    Text,

    /// <summary>A word of the language, such as <c>def</c>.</summary>
    Word,

    /// <summary>An operator, a bracket, a comma, a colon or a semicolon.</summary>
    Sign,

    /// <summary>The end of the text.</summary>
    End,
}
