namespace Pellucid.Models.Chat;

/// <summary>What a token is.</summary>
internal enum TokenKind
{
    /// <summary>Text outside of braces.</summary>
    Data,

    /// <summary>{%</summary>
    BlockBegin,

    /// <summary>%}</summary>
    BlockEnd,

    /// <summary>{{</summary>
    VariableBegin,

    /// <summary>}}</summary>
    VariableEnd,

    /// <summary>An identifier or keyword.</summary>
    Name,

    /// <summary>A string literal; its text is what it stands for.</summary>
    String,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number with a point or an exponent.</summary>
    Float,

    /// <summary>A sign such as + or ==.</summary>
    Operator,

    /// <summary>The end of the template.</summary>
    End,
}

/// <summary>A piece of a template.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; of a string what it stands for.</param>
/// <param name="Offset">Where it begins.</param>
internal readonly record struct TemplateToken(TokenKind Kind, string Text, int Offset)
{
    internal bool IsName(string name) => Kind == TokenKind.Name && Text == name;

    internal bool Is(string sign) => Kind == TokenKind.Operator && Text == sign;

    /// <summary>How it reads in an error.</summary>
    public override string ToString() => Kind switch
    {
        TokenKind.End => "the end of the template",
        TokenKind.BlockBegin => "'{%'",
        TokenKind.BlockEnd => "'%}'",
        TokenKind.VariableBegin => "'{{'",
        TokenKind.VariableEnd => "'}}'",
        _ => $"'{(Text.Length > 40 ? Text[..40] + "…" : Text)}'",
    };
}
