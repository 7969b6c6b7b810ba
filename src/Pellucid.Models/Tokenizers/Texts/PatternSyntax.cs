using System.Globalization;
using System.Text;

namespace Pellucid.Models.Tokenizers.Texts;

/// <summary>
/// Rewrites a pattern of Oniguruma, in which <c>tokenizer.json</c> is written, as one of .NET that means the same on the text that <see cref="TextPattern"/> gives
/// it. Possessive quantifiers become atomic groups; long names of categories, <c>\x{…}</c>, <c>\w</c> and <c>^</c>, <c>$</c> are spelled as .NET has them. What has no
/// equal is refused by name: scripts other than Han, set operations, <c>\R</c>, <c>\X</c>, <c>\K</c>, characters above U+FFFF.
/// </summary>
internal sealed class PatternSyntax
{
    /// <summary>Letters and what else is a word character: Alphabetic, marks, decimal digits, connectors, joiners.</summary>
    private const string Word = @"\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\u200C\u200D\u24B6-\u24E9";

    private const string Han = @"\u2E80-\u2E99\u2E9B-\u2EF3\u2F00-\u2FD5\u3005\u3007\u3021-\u3029\u3038-\u303B\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFA6D\uFA70-\uFAD9";

    private static readonly Dictionary<string, string> Categories = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Letter"] = "L",
        ["Mark"] = "M",
        ["Number"] = "N",
        ["Punctuation"] = "P",
        ["Symbol"] = "S",
        ["Separator"] = "Z",
        ["Other"] = "C",
        ["Uppercase_Letter"] = "Lu",
        ["Lowercase_Letter"] = "Ll",
        ["Titlecase_Letter"] = "Lt",
        ["Modifier_Letter"] = "Lm",
        ["Other_Letter"] = "Lo",
        ["Nonspacing_Mark"] = "Mn",
        ["Spacing_Mark"] = "Mc",
        ["Enclosing_Mark"] = "Me",
        ["Decimal_Number"] = "Nd",
        ["Letter_Number"] = "Nl",
        ["Other_Number"] = "No",
        ["Punct"] = "P",
        ["Digit"] = "Nd",
    };

    private static readonly HashSet<string> Short =
    [
        "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po",
        "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Cs", "Co", "Cn",
    ];

    private readonly string _pattern;
    private readonly StringBuilder _written = new();
    private readonly Stack<int> _groups = new();
    private int _at;
    private int _atom;

    private PatternSyntax(string pattern) => _pattern = pattern;

    /// <summary>The pattern in .NET's syntax.</summary>
    /// <exception cref="FormatException">Something in it has no equal; the message names it.</exception>
    internal static string Translate(string pattern) => new PatternSyntax(pattern).Translated();

    private string Translated()
    {
        while (_at < _pattern.Length)
        {
            char next = _pattern[_at];
            switch (next)
            {
                case '\\':
                    _atom = _written.Length;
                    Escape(inSet: false);
                    break;
                case '[':
                    _atom = _written.Length;
                    Set();
                    break;
                case '(':
                    _groups.Push(_written.Length);
                    Group();
                    break;
                case ')':
                    _atom = _groups.TryPop(out int opened) ? opened : throw new FormatException("a group is closed that was not opened");
                    _written.Append(next);
                    _at++;
                    break;
                case '*' or '+' or '?':
                case '{' when IsCount(out _):
                    Quantifier();
                    break;
                case '^' or '$':
                    _atom = _written.Length;
                    _written.Append("(?m:").Append(next).Append(')');
                    _at++;
                    break;
                default:
                    Literal(next);
                    break;
            }
        }

        return _written.ToString();
    }

    private void Literal(char next)
    {
        if (char.IsSurrogate(next))
        {
            throw new FormatException("a character above U+FFFF in a pattern cannot be read");
        }

        _atom = _written.Length;
        _written.Append(next == '{' ? @"\{" : next.ToString());
        _at++;
    }

    private void Group()
    {
        if (string.CompareOrdinal(_pattern, _at, "(?P<", 0, 4) == 0)
        {
            _written.Append("(?<");
            _at += 4;
            return;
        }

        _written.Append('(');
        _at++;
        if (_at < _pattern.Length && _pattern[_at] == '?')
        {
            int end = _at + 1;
            while (end < _pattern.Length && _pattern[end] is not (':' or '=' or '!' or '>' or '<' or ')' or '('))
            {
                end++;
            }

            _written.Append(_pattern, _at, end - _at);
            _at = end;
            if (_at < _pattern.Length && _pattern[_at] is ':' or '=' or '!' or '>' or '<')
            {
                _written.Append(_pattern[_at]);
                bool behind = _pattern[_at++] == '<' && _at < _pattern.Length && _pattern[_at] is '=' or '!';
                if (behind)
                {
                    _written.Append(_pattern[_at++]);
                }
            }
        }
    }

    /// <summary>A quantifier after an atom. The count with a plus after it, <c>{1,3}+</c>, is repeated and not possessive, as Oniguruma reads it.</summary>
    private void Quantifier()
    {
        bool counted = IsCount(out int end);
        string quantifier = counted ? _pattern[_at..end] : _pattern[_at].ToString();
        if (quantifier.StartsWith("{,", StringComparison.Ordinal))
        {
            quantifier = "{0" + quantifier[1..];
        }

        _at += counted ? end - _at : 1;
        char after = _at < _pattern.Length ? _pattern[_at] : ' ';
        if (after == '?')
        {
            _at++;
            _written.Append(quantifier).Append('?');
        }
        else if (after == '+' && !counted)
        {
            _at++;
            _written.Insert(_atom, "(?>").Append(quantifier).Append(')');
        }
        else if (after is '+' or '*')
        {
            _written.Insert(_atom, "(?:").Append(quantifier).Append(')');
        }
        else
        {
            _written.Append(quantifier);
        }
    }

    private bool IsCount(out int end)
    {
        end = _at;
        if (_pattern[_at] != '{')
        {
            return false;
        }

        int close = _pattern.IndexOf('}', _at);
        end = close + 1;
        return close > _at + 1 && _pattern[_at + 1] is ',' or (>= '0' and <= '9') && !_pattern.AsSpan(_at + 1, close - _at - 1).ContainsAnyExcept("0123456789,");
    }

    private void Set()
    {
        _written.Append(_pattern[_at++]);
        if (_at < _pattern.Length && _pattern[_at] == '^')
        {
            _written.Append(_pattern[_at++]);
        }

        for (bool first = true; ; first = false)
        {
            char next = _at < _pattern.Length ? _pattern[_at] : throw new FormatException("a set is not closed");
            if (next == ']' && !first)
            {
                _written.Append(next);
                _at++;
                return;
            }

            if (next == '\\')
            {
                Escape(inSet: true);
            }
            else if (next == '[' || (next == '&' && _at + 1 < _pattern.Length && _pattern[_at + 1] == '&'))
            {
                throw new FormatException(next == '[' ? "a set within a set cannot be read" : "the intersection of sets, '&&', cannot be read");
            }
            else if (char.IsSurrogate(next))
            {
                throw new FormatException("a character above U+FFFF in a pattern cannot be read");
            }
            else
            {
                _written.Append(next == ']' ? @"\]" : next.ToString());
                _at++;
            }
        }
    }

    private void Escape(bool inSet)
    {
        char kind = _at + 1 < _pattern.Length ? _pattern[_at + 1] : throw new FormatException("it ends in a backslash");
        _at += 2;
        switch (kind)
        {
            case 'p' or 'P':
                Property(kind == 'P', inSet);
                return;
            case 'w':
                _written.Append(inSet ? Word : $"[{Word}]");
                return;
            case 'W' when !inSet:
                _written.Append($"[^{Word}]");
                return;
            case 'h':
                _written.Append(inSet ? "0-9a-fA-F" : "[0-9a-fA-F]");
                return;
            case 'x' or 'u' when _at < _pattern.Length && _pattern[_at] == '{':
                int close = _pattern.IndexOf('}', _at);
                if (close < 0 || !int.TryParse(_pattern.AsSpan(_at + 1, close - _at - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code) || code > char.MaxValue)
                {
                    throw new FormatException($"the character \\{kind}{{…}} cannot be read: a number of at most FFFF was expected");
                }

                _written.Append(CultureInfo.InvariantCulture, $"\\u{code:X4}");
                _at = close + 1;
                return;
            case 'n' or 'r' or 't' or 'f' or 'v' or 'a' or 'e' or 'd' or 'D' or 's' or 'S' or 'W' or 'x' or 'u' or '0':
            case 'b' or 'B' or 'A' or 'z' or 'Z' or 'G' when !inSet:
                _written.Append('\\').Append(kind);
                return;
            default:
                if (char.IsAsciiLetterOrDigit(kind))
                {
                    throw new FormatException($"'\\{kind}' cannot be read");
                }

                _written.Append(kind is '_' || kind > 127 ? kind.ToString() : $"\\{kind}");
                return;
        }
    }

    private void Property(bool negated, bool inSet)
    {
        string name;
        if (_at < _pattern.Length && _pattern[_at] == '{')
        {
            int close = _pattern.IndexOf('}', _at);
            name = close < 0 ? throw new FormatException("the name of a property is not closed") : _pattern[(_at + 1)..close];
            _at = close + 1;
        }
        else
        {
            name = _at < _pattern.Length ? _pattern[_at++].ToString() : throw new FormatException("it ends in \\p");
        }

        if (name.StartsWith('^'))
        {
            (negated, name) = (!negated, name[1..]);
        }

        if (Categories.TryGetValue(name, out string? known) || (known = Short.Contains(name) ? name : null) is not null)
        {
            _written.Append(negated ? @"\P{" : @"\p{").Append(known).Append('}');
        }
        else if (name is "Han" or "Script=Han" or "sc=Han" && !(negated && inSet))
        {
            _written.Append(inSet ? Han : negated ? $"[^{Han}]" : $"[{Han}]");
        }
        else
        {
            throw new FormatException($"the property '{name}' cannot be read: general categories and Han can be");
        }
    }
}
