using System.Globalization;
using System.Text;

namespace Pellucid.Models.Chat;

/// <summary>
/// Cuts a template into tokens. White space is treated as Hugging Face does for chat templates: a tag takes the line break after it
/// (trim_blocks) and the blanks before it on its line (lstrip_blocks); '-' at a brace takes all white space on that side, '+' leaves what is there.
/// </summary>
internal sealed class TemplateLexer
{
    private static readonly string[] Operators =
        ["**", "//", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"];

    private readonly TemplateSource _source;
    private readonly string _text;
    private readonly List<TemplateToken> _tokens = [];
    private int _at;
    private bool _isLineStart = true;

    private TemplateLexer(TemplateSource source) => (_source, _text) = (source, source.Text);

    internal static List<TemplateToken> Read(TemplateSource source)
    {
        TemplateLexer lexer = new(source);
        while (lexer._at < lexer._text.Length)
        {
            lexer.ReadPiece();
        }

        lexer.Add(TokenKind.End, "", lexer._at);
        return lexer._tokens;
    }

    private void ReadPiece()
    {
        int open = NextOpening(_at);
        if (open < 0)
        {
            AddData(_text[_at..]);
            _at = _text.Length;
            return;
        }

        char kind = _text[open + 1], sign = CharAt(open + 2);
        string before = _text[_at..open];
        if (sign == '-')
        {
            before = before.TrimEnd();
        }
        else if (sign != '+' && kind != '{')
        {
            before = WithoutIndent(before);
        }

        AddData(before);
        _at = open + (sign is '-' or '+' ? 3 : 2);
        switch (kind)
        {
            case '#':
                ReadComment(open);
                break;
            case '%' when ReadRaw(open):
                break;
            default:
                ReadTag(open, kind == '%');
                break;
        }

        _isLineStart = _text[_at - 1] == '\n';
    }

    private int NextOpening(int from)
    {
        for (int at = _text.IndexOf('{', from); at >= 0 && at + 1 < _text.Length; at = _text.IndexOf('{', at + 1))
        {
            if (_text[at + 1] is '%' or '{' or '#')
            {
                return at;
            }
        }

        return -1;
    }

    /// <summary>Takes the blanks between a line's beginning and the tag.</summary>
    private string WithoutIndent(string before)
    {
        int line = before.LastIndexOf('\n') + 1;
        return (line > 0 || _isLineStart) && string.IsNullOrWhiteSpace(before[line..]) ? before[..line] : before;
    }

    private void ReadComment(int open)
    {
        int end = _text.IndexOf("#}", _at, StringComparison.Ordinal);
        if (end < 0)
        {
            throw _source.Error(open, "the comment does not end; '#}' was expected.");
        }

        char sign = end > _at ? _text[end - 1] : ' ';
        _at = end + 2;
        SkipAfter(sign, isBlock: true);
    }

    /// <summary>Text between raw and endraw stands for itself.</summary>
    private bool ReadRaw(int open)
    {
        int at = SkipBlanks(_at);
        if (string.CompareOrdinal(_text, at, "raw", 0, 3) != 0)
        {
            return false;
        }

        at = SkipBlanks(at + 3);
        bool trims = CharAt(at) == '-';
        at += trims ? 1 : 0;
        if (string.CompareOrdinal(_text, at, "%}", 0, 2) != 0)
        {
            return false;
        }

        at += 2;
        int begin = trims ? SkipBlanks(at) : at;
        for (int tag = _text.IndexOf("{%", begin, StringComparison.Ordinal); tag >= 0; tag = _text.IndexOf("{%", tag + 2, StringComparison.Ordinal))
        {
            char sign = CharAt(tag + 2);
            int name = SkipBlanks(sign is '-' or '+' ? tag + 3 : tag + 2);
            if (string.CompareOrdinal(_text, name, "endraw", 0, 6) != 0)
            {
                continue;
            }

            int end = SkipBlanks(name + 6);
            char last = CharAt(end);
            end += last is '-' or '+' ? 1 : 0;
            if (string.CompareOrdinal(_text, end, "%}", 0, 2) != 0)
            {
                continue;
            }

            string raw = _text[begin..tag];
            _isLineStart = begin > 0 && _text[begin - 1] == '\n';
            AddData(sign == '-' ? raw.TrimEnd() : sign == '+' ? raw : WithoutIndent(raw));
            _at = end + 2;
            SkipAfter(last, isBlock: true);
            return true;
        }

        throw _source.Error(open, "the raw block does not end; '{% endraw %}' was expected.");
    }

    private void ReadTag(int open, bool isBlock)
    {
        char close = isBlock ? '%' : '}';
        Add(isBlock ? TokenKind.BlockBegin : TokenKind.VariableBegin, _text.Substring(open, 2), open);
        Stack<char> brackets = new();
        while (true)
        {
            _at = SkipBlanks(_at);
            if (_at >= _text.Length)
            {
                throw _source.Error(open, $"the tag does not end; '{close}}}' was expected.");
            }

            char sign = _text[_at] == '-' || (_text[_at] == '+' && isBlock) ? _text[_at] : ' ';
            int end = sign == ' ' ? _at : _at + 1;
            if (brackets.Count == 0 && CharAt(end) == close && CharAt(end + 1) == '}')
            {
                Add(isBlock ? TokenKind.BlockEnd : TokenKind.VariableEnd, $"{close}}}", _at);
                _at = end + 2;
                SkipAfter(sign, isBlock);
                return;
            }

            ReadToken(brackets);
        }
    }

    private void SkipAfter(char sign, bool isBlock)
    {
        if (sign == '-')
        {
            _at = SkipBlanks(_at);
        }
        else if (isBlock && sign != '+' && CharAt(_at) == '\n')
        {
            _at++;
        }
    }

    private void ReadToken(Stack<char> brackets)
    {
        char first = _text[_at];
        if (char.IsAsciiDigit(first))
        {
            ReadNumber();
        }
        else if (IsNamePart(first))
        {
            int end = _at + 1;
            while (end < _text.Length && IsNamePart(_text[end]))
            {
                end++;
            }

            Add(TokenKind.Name, _text[_at..end], _at);
            _at = end;
        }
        else if (first is '\'' or '"')
        {
            ReadString(first);
        }
        else
        {
            string? found = Array.Find(Operators, sign => string.CompareOrdinal(_text, _at, sign, 0, sign.Length) == 0);
            if (found is null)
            {
                throw _source.Error(_at, $"'{first}' means nothing in a tag.");
            }

            Balance(found[0], brackets);
            Add(TokenKind.Operator, found, _at);
            _at += found.Length;
        }
    }

    private void Balance(char sign, Stack<char> brackets)
    {
        if (sign is '(' or '[' or '{')
        {
            brackets.Push(sign == '(' ? ')' : sign == '[' ? ']' : '}');
        }
        else if (sign is ')' or ']' or '}' && (!brackets.TryPop(out char expected) || expected != sign))
        {
            throw _source.Error(_at, $"'{sign}' closes nothing that was opened.");
        }
    }

    private void ReadNumber()
    {
        int start = _at;
        bool whole = true;
        SkipDigits();
        bool afterDot = start > 0 && _text[start - 1] == '.'; // the 1 of x.0.1 is no fraction
        if (!afterDot && CharAt(_at) == '.' && char.IsAsciiDigit(CharAt(_at + 1)))
        {
            whole = false;
            _at++;
            SkipDigits();
        }

        int exponent = CharAt(_at + 1) is '+' or '-' ? _at + 2 : _at + 1;
        if (!afterDot && CharAt(_at) is 'e' or 'E' && char.IsAsciiDigit(CharAt(exponent)))
        {
            whole = false;
            _at = exponent;
            SkipDigits();
        }

        string number = _text[start.._at].Replace("_", "", StringComparison.Ordinal);
        if (whole ? !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _) : !double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
        {
            throw _source.Error(start, $"the number {number} is too large.");
        }

        Add(whole ? TokenKind.Integer : TokenKind.Float, number, start);
    }

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(CharAt(_at)) || (CharAt(_at) == '_' && char.IsAsciiDigit(CharAt(_at + 1))))
        {
            _at++;
        }
    }

    private void ReadString(char quote)
    {
        int start = _at++;
        StringBuilder value = new();
        while (CharAt(_at) != quote)
        {
            if (_at >= _text.Length)
            {
                throw _source.Error(start, $"the string does not end; {quote} was expected.");
            }

            if (_text[_at] == '\\' && _at + 1 < _text.Length)
            {
                ReadEscape(value);
            }
            else
            {
                value.Append(_text[_at++]);
            }
        }

        _at++;
        Add(TokenKind.String, value.ToString(), start);
    }

    /// <summary>Python's escapes; what is none stays as it is.</summary>
    private void ReadEscape(StringBuilder value)
    {
        const string Names = "nrtbfav\\'\"\n", Values = "\n\r\t\b\f\a\v\\'\"";
        char name = _text[_at + 1];
        int hexadecimal = name switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (hexadecimal > 0)
        {
            int end = Math.Min(_text.Length, _at + 2 + hexadecimal);
            if (end - _at < 2 + hexadecimal || !int.TryParse(_text.AsSpan(_at + 2, hexadecimal), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code) || code is < 0 or > 0x10FFFF)
            {
                throw _source.Error(_at, $"'\\{name}' needs {hexadecimal} hexadecimal digits of a character.");
            }

            value.Append(code < 0x10000 ? ((char)code).ToString() : char.ConvertFromUtf32(code));
            _at = end;
            return;
        }

        if (name is >= '0' and <= '7')
        {
            int octal = 0;
            for (int digits = 0; digits < 3 && CharAt(_at + 1) is >= '0' and <= '7'; digits++)
            {
                octal = (octal * 8) + (_text[++_at] - '0');
            }

            value.Append((char)octal);
            _at++;
            return;
        }

        int place = Names.IndexOf(name, StringComparison.Ordinal);
        if (place < 0)
        {
            value.Append('\\').Append(name);
        }
        else if (name != '\n')
        {
            value.Append(Values[place]);
        }

        _at += 2;
    }

    private int SkipBlanks(int at)
    {
        while (at < _text.Length && char.IsWhiteSpace(_text[at]))
        {
            at++;
        }

        return at;
    }

    private char CharAt(int at) => at < _text.Length ? _text[at] : '\0';

    private static bool IsNamePart(char letter) => letter == '_' || char.IsLetterOrDigit(letter);

    private void AddData(string text)
    {
        if (text.Length > 0)
        {
            Add(TokenKind.Data, text, _at);
        }
    }

    private void Add(TokenKind kind, string text, int offset) => _tokens.Add(new TemplateToken(kind, text, offset));
}
