using System.Globalization;
using System.Text;

namespace Pellucid.Models.Chat;

/// <content>Expressions, from what binds loosest to what binds tightest.</content>
internal sealed partial class TemplateParser
{
    /// <summary>One expression, or several with commas, which are a tuple.</summary>
    private Expression ParseTuple(bool withCondition = true)
    {
        int offset = Current.Offset;
        Expression first = withCondition ? ParseExpression() : ParseOr();
        if (!Current.Is(","))
        {
            return first;
        }

        List<Expression> items = [first];
        while (Skip(",") && !IsTupleEnd())
        {
            items.Add(withCondition ? ParseExpression() : ParseOr());
        }

        return new ListExpression(offset, items, isTuple: true);
    }

    private bool IsTupleEnd() => Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd or TokenKind.End || Current.Is(")") || Current.IsName("if");

    private Expression ParseExpression()
    {
        Nest();
        int offset = Current.Offset;
        Expression value = ParseOr();
        while (SkipName("if"))
        {
            Expression condition = ParseOr();
            value = new ConditionalExpression(offset, condition, value, SkipName("else") ? ParseExpression() : null);
        }

        _nested--;
        return value;
    }

    private Expression ParseOr()
    {
        Expression left = ParseAnd();
        while (Current.IsName("or"))
        {
            int offset = _tokens[_next++].Offset;
            left = new LogicExpression(offset, isAnd: false, left, ParseAnd());
        }

        return left;
    }

    private Expression ParseAnd()
    {
        Expression left = ParseNot();
        while (Current.IsName("and"))
        {
            int offset = _tokens[_next++].Offset;
            left = new LogicExpression(offset, isAnd: true, left, ParseNot());
        }

        return left;
    }

    private Expression ParseNot()
    {
        if (!Current.IsName("not"))
        {
            return ParseComparison();
        }

        Nest();
        int offset = _tokens[_next++].Offset;
        NotExpression negated = new(offset, ParseNot());
        _nested--;
        return negated;
    }

    private Expression ParseComparison()
    {
        int offset = Current.Offset;
        Expression first = ParseSum();
        List<(string, Expression)> rest = [];
        while (ComparisonSign() is { } sign)
        {
            rest.Add((sign, ParseSum()));
        }

        return rest.Count == 0 ? first : new ComparisonExpression(offset, first, rest);
    }

    private string? ComparisonSign()
    {
        if (Current.Kind == TokenKind.Operator && Current.Text is "==" or "!=" or "<" or "<=" or ">" or ">=")
        {
            return _tokens[_next++].Text;
        }

        if (SkipName("in"))
        {
            return "in";
        }

        if (Current.IsName("not") && _tokens[_next + 1].IsName("in"))
        {
            _next += 2;
            return "not in";
        }

        return null;
    }

    private Expression ParseSum()
    {
        Expression left = ParseJoin();
        while (Current.Is("+") || Current.Is("-"))
        {
            TemplateToken sign = _tokens[_next++];
            left = new BinaryExpression(sign.Offset, sign.Text, left, ParseJoin());
        }

        return left;
    }

    private Expression ParseJoin()
    {
        int offset = Current.Offset;
        Expression first = ParseProduct();
        List<Expression> parts = [first];
        while (Skip("~"))
        {
            parts.Add(ParseProduct());
        }

        return parts.Count == 1 ? first : new JoinExpression(offset, parts);
    }

    private Expression ParseProduct()
    {
        Expression left = ParsePower();
        while (Current.Kind == TokenKind.Operator && Current.Text is "*" or "/" or "//" or "%")
        {
            TemplateToken sign = _tokens[_next++];
            left = new BinaryExpression(sign.Offset, sign.Text, left, ParsePower());
        }

        return left;
    }

    private Expression ParsePower()
    {
        Expression left = ParseSigned(withFilters: true);
        while (Current.Is("**"))
        {
            TemplateToken sign = _tokens[_next++];
            left = new BinaryExpression(sign.Offset, sign.Text, left, ParseSigned(withFilters: true));
        }

        return left;
    }

    private Expression ParseSigned(bool withFilters)
    {
        Nest();
        TemplateToken token = Current;
        Expression value = Skip("-") || Skip("+")
            ? new SignExpression(token.Offset, token.Text == "-", ParseSigned(withFilters: false))
            : ParsePrimary();
        value = ParsePostfix(value);
        value = withFilters ? ParseFilters(value) : value;
        _nested--;
        return value;
    }

    private Expression ParsePrimary()
    {
        TemplateToken token = _tokens[_next];
        switch (token.Kind)
        {
            case TokenKind.Name:
                _next++;
                return token.Text switch
                {
                    "true" or "True" => new Literal(token.Offset, true),
                    "false" or "False" => new Literal(token.Offset, false),
                    "none" or "None" => new Literal(token.Offset, null),
                    _ => new NameExpression(token.Offset, token.Text),
                };
            case TokenKind.String:
                StringBuilder text = new();
                while (Current.Kind == TokenKind.String)
                {
                    text.Append(_tokens[_next++].Text);
                }

                return new Literal(token.Offset, text.ToString());
            case TokenKind.Integer:
                _next++;
                return new Literal(token.Offset, long.Parse(token.Text, CultureInfo.InvariantCulture));
            case TokenKind.Float:
                _next++;
                return new Literal(token.Offset, double.Parse(token.Text, CultureInfo.InvariantCulture));
            case TokenKind.Operator when Skip("("):
                return ParseBrackets(token.Offset);
            case TokenKind.Operator when Skip("["):
                return new ListExpression(token.Offset, ParseItems("]"), isTuple: false);
            case TokenKind.Operator when Skip("{"):
                return ParseDictionary(token.Offset);
            default:
                throw Unexpected("a value");
        }
    }

    private Expression ParseBrackets(int offset)
    {
        if (Skip(")"))
        {
            return new ListExpression(offset, [], isTuple: true);
        }

        Expression inner = ParseTuple();
        ExpectSign(")");
        return inner;
    }

    private List<Expression> ParseItems(string end)
    {
        List<Expression> items = [];
        while (!Skip(end))
        {
            if (items.Count > 0)
            {
                ExpectSign(",");
                if (Skip(end))
                {
                    break;
                }
            }

            items.Add(ParseExpression());
        }

        return items;
    }

    private DictionaryExpression ParseDictionary(int offset)
    {
        List<(Expression, Expression)> entries = [];
        while (!Skip("}"))
        {
            if (entries.Count > 0)
            {
                ExpectSign(",");
                if (Skip("}"))
                {
                    break;
                }
            }

            Expression key = ParseExpression();
            ExpectSign(":");
            entries.Add((key, ParseExpression()));
        }

        return new DictionaryExpression(offset, entries);
    }

    private Expression ParsePostfix(Expression value)
    {
        while (true)
        {
            TemplateToken token = Current;
            if (Skip("."))
            {
                TemplateToken member = _tokens[_next++];
                value = member.Kind switch
                {
                    TokenKind.Name => new AttributeExpression(token.Offset, value, member.Text),
                    TokenKind.Integer => new ItemExpression(token.Offset, value, new Literal(member.Offset, long.Parse(member.Text, CultureInfo.InvariantCulture))),
                    _ => throw _source.Error(member.Offset, $"a member's name was expected; {member} was met."),
                };
            }
            else if (Skip("["))
            {
                value = ParseSubscript(token.Offset, value);
            }
            else if (Skip("("))
            {
                value = new CallExpression(token.Offset, value, ParseArguments());
            }
            else
            {
                return value;
            }
        }
    }

    private Expression ParseSubscript(int offset, Expression target)
    {
        Expression?[] bounds = new Expression?[3];
        int colons = 0;
        while (!Skip("]"))
        {
            if (Skip(":"))
            {
                if (++colons > 2)
                {
                    throw Unexpected("']'");
                }
            }
            else if (bounds[colons] is null)
            {
                bounds[colons] = ParseExpression();
            }
            else
            {
                throw Unexpected("']'");
            }
        }

        return colons > 0 ? new SliceExpression(offset, target, bounds[0], bounds[1], bounds[2])
            : bounds[0] is { } key ? new ItemExpression(offset, target, key)
            : throw _source.Error(offset, "an index was expected between '[' and ']'.");
    }

    /// <summary>The arguments of a call whose bracket has been taken.</summary>
    private ArgumentList ParseArguments()
    {
        List<Expression> positional = [];
        List<KeyValuePair<string, Expression>> named = [];
        while (!Skip(")"))
        {
            if (positional.Count + named.Count > 0)
            {
                ExpectSign(",");
                if (Skip(")"))
                {
                    break;
                }
            }

            if (Current.Kind == TokenKind.Name && _tokens[_next + 1].Is("="))
            {
                string name = ExpectName();
                _next++;
                named.Add(KeyValuePair.Create(name, ParseExpression()));
            }
            else if (named.Count > 0)
            {
                throw Unexpected("an argument with a name");
            }
            else
            {
                positional.Add(ParseExpression());
            }
        }

        return new ArgumentList(positional, named);
    }

    private Expression ParseFilters(Expression value)
    {
        while (true)
        {
            TemplateToken token = Current;
            if (Skip("|"))
            {
                value = ParseFilter(value);
            }
            else if (SkipName("is"))
            {
                value = ParseTest(token.Offset, value);
            }
            else if (Skip("("))
            {
                value = new CallExpression(token.Offset, value, ParseArguments());
            }
            else
            {
                return value;
            }
        }
    }

    private FilterExpression ParseFilter(Expression value)
    {
        int offset = Current.Offset;
        string name = ExpectName();
        return Filters.Has(name)
            ? new FilterExpression(offset, name, value, Skip("(") ? ParseArguments() : ArgumentList.Empty)
            : throw _source.Error(offset, $"there is no filter '{name}'. Nearest: {Nearest(name, Filters.Names)}.");
    }

    private TestExpression ParseTest(int offset, Expression value)
    {
        bool isNegated = SkipName("not");
        int place = Current.Offset;
        string name = ExpectName();
        if (!ValueTests.Has(name))
        {
            throw _source.Error(place, $"there is no test '{name}'. Nearest: {Nearest(name, ValueTests.Names)}.");
        }

        return new TestExpression(offset, name, isNegated, value, ParseTestArguments());
    }

    /// <summary>In brackets, or one value that follows the test's name.</summary>
    private ArgumentList ParseTestArguments()
    {
        if (Skip("("))
        {
            return ParseArguments();
        }

        bool begins = Current.Kind is TokenKind.String or TokenKind.Integer or TokenKind.Float || Current.Is("[") || Current.Is("{")
            || (Current.Kind == TokenKind.Name && Current.Text is not ("else" or "or" or "and"));
        if (!begins)
        {
            return ArgumentList.Empty;
        }

        if (Current.IsName("is"))
        {
            throw Unexpected("the end of a test, since tests cannot be chained,");
        }

        Nest();
        Expression argument = ParsePostfix(ParsePrimary());
        _nested--;
        return new ArgumentList([argument], []);
    }

    private static string Nearest(string name, IEnumerable<string> known) =>
        string.Join(", ", known.OrderBy(other => EditDistance.Between(name, other)).ThenBy(other => other, StringComparer.Ordinal).Take(3));
}
