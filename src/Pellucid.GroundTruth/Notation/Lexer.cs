using System.Buffers;

namespace Pellucid.GroundTruth.Notation;

/// <summary>Cuts a program's text into tokens. Space, line ends and comments (from # to the end of the line) only separate them.</summary>
internal sealed class Lexer
{
    /// <summary>The words that no variable may be called.</summary>
    internal static readonly IReadOnlyList<string> Words =
        ["and", "or", "not", "if", "else", "in", "for", "def", "return", "lambda", "True", "False", "None"];

    private static readonly string[] Signs =
        ["==", "!=", "<=", ">=", "<", ">", "=", "+", "-", "*", "/", "%", "^", "(", ")", "[", "]", "{", "}", ",", ";", ":"];

    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\r\n");

    private readonly SourceText _source;
    private readonly string _text;
    private readonly List<Token> _tokens = [];
    private int _at;

    private Lexer(SourceText source) => (_source, _text) = (source, source.Text);

    /// <summary>All tokens of a text; the last one is its end.</summary>
    /// <exception cref="RaspException">A character that the language does not have, a string without its end, or a malformed number.</exception>
    internal static IReadOnlyList<Token> Cut(SourceText source)
    {
        Lexer lexer = new(source);
        while (lexer.SkipSpace())
        {
            lexer._tokens.Add(lexer.Next());
        }

        lexer._tokens.Add(new Token(TokenKind.End, "", new TextSpan(source.Text.Length, 0)));
        return lexer._tokens;
    }

    private bool SkipSpace()
    {
        while (_at < _text.Length)
        {
            if (_text[_at] == '#')
            {
                _at = End(_text.AsSpan(_at).IndexOfAny(LineEnds));
            }
            else if (char.IsWhiteSpace(_text[_at]) || _text[_at] == '\uFEFF')
            {
                _at++;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    private int End(int found) => found < 0 ? _text.Length : _at + found;

    private Token Next()
    {
        char first = _text[_at];
        return first switch
        {
            _ when IsDigit(first) || (first == '.' && _at + 1 < _text.Length && IsDigit(_text[_at + 1])) => Number(),
            _ when IsLetter(first) => Name(),
            '"' or '\'' => Text(first),
            _ => Sign(),
        };
    }

    private Token Name()
    {
        int end = _at;
        while (end < _text.Length && (IsLetter(_text[end]) || IsDigit(_text[end])))
        {
            end++;
        }

        string name = _text[_at..end];
        return Take(Words.Contains(name) ? TokenKind.Word : TokenKind.Name, end);
    }

    private Token Number()
    {
        int end = Digits(_at);
        if (end < _text.Length && _text[end] == '.')
        {
            end = Digits(end + 1);
        }

        if (end < _text.Length && _text[end] is 'e' or 'E')
        {
            int sign = end + 1 < _text.Length && _text[end + 1] is '+' or '-' ? 1 : 0;
            int exponent = Digits(end + 1 + sign);
            end = exponent > end + 1 + sign ? exponent : end;
        }

        if (end < _text.Length && (IsLetter(_text[end]) || _text[end] == '.'))
        {
            throw _source.Error(new TextSpan(_at, end + 1 - _at), "A number does not go on like this. Write digits, at most one point, or put a space between.");
        }

        return Take(TokenKind.Number, end);
    }

    private Token Text(char quote)
    {
        int length = _text.AsSpan(_at + 1).IndexOfAny(quote, '\r', '\n');
        if (length < 0 || _text[_at + 1 + length] != quote)
        {
            int end = length < 0 ? _text.Length : _at + 1 + length;
            throw _source.Error(new TextSpan(_at, end - _at), $"This string has no end. Close it with {quote} on the same line.");
        }

        return Take(TokenKind.Text, _at + length + 2);
    }

    private Token Sign()
    {
        foreach (string sign in Signs)
        {
            if (string.CompareOrdinal(_text, _at, sign, 0, sign.Length) == 0)
            {
                return Take(TokenKind.Sign, _at + sign.Length);
            }
        }

        int length = char.IsSurrogatePair(_text, _at) ? 2 : 1;
        string met = _text[_at] < ' ' ? $"\\u{(int)_text[_at]:X4}" : _text.Substring(_at, length);
        string advice = _text[_at] switch
        {
            '&' => "Write 'and'.",
            '|' => "Write 'or'.",
            '!' or '~' => "Write 'not' or '!='.",
            '.' => "Numbers begin with a digit; values have no members.",
            _ => "Outside strings and comments a program is ASCII letters, digits and operators.",
        };
        throw _source.Error(new TextSpan(_at, length), $"The character '{met}' is not of the language. {advice}");
    }

    private Token Take(TokenKind kind, int end)
    {
        Token token = new(kind, _text[_at..end], new TextSpan(_at, end - _at));
        _at = end;
        return token;
    }

    private int Digits(int at)
    {
        while (at < _text.Length && IsDigit(_text[at]))
        {
            at++;
        }

        return at;
    }

    private static bool IsDigit(char character) => char.IsAsciiDigit(character);

    private static bool IsLetter(char character) => char.IsAsciiLetter(character) || character == '_';
}
