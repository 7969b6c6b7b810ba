using System.Globalization;

namespace Pellucid.GroundTruth.Notation;

/// <content>Expressions, loosest binding first.</content>
internal sealed partial class Parser
{
    /// <summary>One expression, or several with commas between, which are a list.</summary>
    private Syntax ExpressionList()
    {
        Syntax first = Expression();
        if (!Current.Is(","))
        {
            return first;
        }

        List<Syntax> items = [first];
        while (Current.Is(","))
        {
            Take();
            items.Add(Expression());
        }

        return Bounded(new Syntax.Sequence(Whole(first).To(Whole(items[^1])), items));
    }

    private Syntax Expression()
    {
        Descend();
        Syntax expression = Current.Is("lambda") ? Lambda() : Choice();
        _depth--;
        return expression;
    }

    private Syntax.Lambda Lambda()
    {
        Token start = Take();
        IReadOnlyList<string> parameters = Current.Is(":") ? [] : Names();
        Expect(":", "after the function's parameters");
        Syntax body = Expression();
        return Bounded(new Syntax.Lambda(start.Span.To(Whole(body)), parameters, body));
    }

    private Syntax Choice()
    {
        Syntax then = Logic();
        if (!Current.Is("if"))
        {
            return then;
        }

        Take();
        Syntax condition = Logic();
        Expect("else", "after the condition");
        Syntax otherwise = Logic();
        RequireGrouped(then, IsMembership);
        RequireGrouped(otherwise, IsMembership);
        return Current.Is("if")
            ? throw Error(Current, "Two choices follow each other. Put one of them into parentheses: 'a if c else (b if d else e)'.")
            : Bounded(new Syntax.Choice(Whole(then).To(Whole(otherwise)), then, condition, otherwise));
    }

    private Syntax Logic() => Chain(["and", "or"], Membership, (left, symbol, right) =>
    {
        RequireGrouped(left, IsMembership);
        RequireGrouped(right, IsMembership);
        if (symbol == "and")
        {
            RequireGrouped(left, expression => expression is Syntax.Binary { Operator: "or" });
        }
    });

    private Syntax Membership() => Once(["in"], Comparison, IsComparison);

    private Syntax Comparison() => Once(Operators.Symbols, Sum, IsNegation);

    private Syntax Sum() => Chain(["+", "-"], Remainder, (left, _, right) => RequireGrouped(left, IsNegation));

    private Syntax Remainder() => Chain(["%"], Product, (left, _, right) =>
    {
        RequireGrouped(left, IsNegation);
        RequireGrouped(right, expression => expression is Syntax.Binary { Operator: "*" or "/" });
    });

    private Syntax Product() => Chain(["*", "/"], Power, (left, _, right) => RequireGrouped(left, IsNegation));

    private Syntax Power() => Once(["^"], Unary, expression => expression is Syntax.Unary);

    private Syntax Unary()
    {
        if (Current.Kind is not (TokenKind.Sign or TokenKind.Word) || Current.Text is not ("-" or "+" or "not"))
        {
            return Postfix();
        }

        Descend();
        Token sign = Take();
        Syntax operand = Unary();
        _depth--;
        return Bounded(new Syntax.Unary(sign.Span.To(Whole(operand)), sign.Text, operand));
    }

    private Syntax Postfix()
    {
        Syntax expression = Primary();
        while (true)
        {
            if (Current.Is("("))
            {
                Token open = Take();
                IReadOnlyList<Argument> arguments = Arguments(open);
                expression = Bounded(new Syntax.Call(Whole(expression).To(_tokens[_at - 1].Span), expression, arguments));
            }
            else if (Current.Is("["))
            {
                Token open = Take();
                Syntax at = Expression();
                Token close = Close(open, "]");
                expression = Bounded(new Syntax.Index(Whole(expression).To(close.Span), expression, at));
            }
            else
            {
                return expression;
            }
        }
    }

    private List<Argument> Arguments(Token open)
    {
        List<Argument> arguments = [];
        while (!Current.Is(")"))
        {
            string? name = null;
            if (Current.Kind == TokenKind.Name && Following.Is("="))
            {
                name = Take().Text;
                Take();
            }
            else if (arguments.Count > 0 && arguments[^1].Name is not null)
            {
                throw Error(Current, "An argument without a name stands after one with a name. Put it before.");
            }

            arguments.Add(new Argument(name, IsPredicate() ? Predicate() : Expression()));
            Separate(open, ")");
        }

        Take();
        return arguments;
    }

    private bool IsPredicate() => Current.Kind == TokenKind.Sign && Operators.Symbols.Contains(Current.Text) && (Following.Is(")") || Following.Is(","));

    private Syntax.Predicate Predicate()
    {
        Token sign = Take();
        return new Syntax.Predicate(sign.Span, sign.Text);
    }

    private Syntax Primary()
    {
        Token token = Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                Take();
                return new Syntax.Name(token.Span, token.Text);
            case TokenKind.Number:
                Take();
                return Number(token);
            case TokenKind.Text:
                Take();
                return new Syntax.Literal(token.Span, token.Text[1..^1]);
            case TokenKind.Word when token.Text is "True" or "False" or "None":
                Take();
                return new Syntax.Literal(token.Span, token.Text == "None" ? Value.Undefined : token.Text == "True");
            case TokenKind.Sign when token.Text is "(":
                return Group();
            case TokenKind.Sign when token.Text is "[":
                return List();
            case TokenKind.Sign when token.Text is "{":
                return Table();
            case TokenKind.End:
                throw Error(token, "Expected an expression, and the text ends.");
            default:
                throw Error(token, Operators.Symbols.Contains(token.Text)
                    ? $"Expected an expression, and there is '{token.Text}'. A comparison by itself stands only as an argument: 'select(keys, queries, {token.Text})'."
                    : $"Expected an expression, and there is '{_source.Excerpt(token.Span)}'.{(token.Is("=") ? " To compare, write '=='." : "")}");
        }
    }

    private Syntax.Literal Number(Token token)
    {
        double value = double.Parse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(value) ? new Syntax.Literal(token.Span, value) : throw Error(token, "This number is too large. Numbers are float64, up to 1.8e308.");
    }

    private Syntax Group()
    {
        Token open = Take();
        if (Current.Is(")"))
        {
            return new Syntax.Sequence(open.Span.To(Take().Span), []);
        }

        Syntax first = Expression();
        if (!Current.Is(","))
        {
            _groups[first] = open.Span.To(Close(open, ")").Span);
            return first;
        }

        List<Syntax> items = [first];
        while (Current.Is(","))
        {
            Take();
            if (!Current.Is(")"))
            {
                items.Add(Expression());
            }
        }

        return Bounded(new Syntax.Sequence(open.Span.To(Close(open, ")").Span), items));
    }

    private Syntax List()
    {
        Token open = Take();
        List<Syntax> items = [];
        while (!Current.Is("]"))
        {
            items.Add(Expression());
            if (items.Count == 1 && Current.Is("for"))
            {
                return Comprehension(open, null, items[0], "]");
            }

            Separate(open, "]");
        }

        return Bounded(new Syntax.Sequence(open.Span.To(Take().Span), items));
    }

    private Syntax Table()
    {
        Token open = Take();
        List<(Syntax Key, Syntax Value)> entries = [];
        while (!Current.Is("}"))
        {
            Syntax key = Expression();
            Expect(":", "after the key");
            entries.Add((key, Expression()));
            if (entries.Count == 1 && Current.Is("for"))
            {
                return Comprehension(open, key, entries[0].Value, "}");
            }

            Separate(open, "}");
        }

        return Bounded(new Syntax.Table(open.Span.To(Take().Span), entries));
    }

    private Syntax.Comprehension Comprehension(Token open, Syntax? key, Syntax value, string end)
    {
        Take();
        IReadOnlyList<string> names = Names();
        Expect("in", "after the variable of the list");
        Syntax list = Expression();
        return Bounded(new Syntax.Comprehension(open.Span.To(Close(open, end).Span), key, value, names, list));
    }

    /// <summary>A comma, or the closing bracket, which stays.</summary>
    private void Separate(Token open, string close)
    {
        RequireMore(open);
        if (!Current.Is(close))
        {
            Expect(",", $"or '{close}'");
        }
    }

    private Token Close(Token open, string close)
    {
        RequireMore(open);
        return Expect(close, $"to close the '{open.Text}'");
    }

    /// <summary>Operators of one level, grouped from the left.</summary>
    private Syntax Chain(IReadOnlyList<string> operators, Func<Syntax> operand, Action<Syntax, string, Syntax> check)
    {
        Syntax left = operand();
        while (Current.Kind is TokenKind.Sign or TokenKind.Word && operators.Contains(Current.Text))
        {
            string symbol = Take().Text;
            Syntax right = operand();
            check(left, symbol, right);
            left = Bounded(new Syntax.Binary(Whole(left).To(Whole(right)), symbol, left, right));
        }

        return left;
    }

    /// <summary>An operator that does not follow another of its level without parentheses.</summary>
    private Syntax Once(IReadOnlyList<string> operators, Func<Syntax> operand, Func<Syntax, bool> ambiguous)
    {
        Syntax left = operand();
        if (Current.Kind is not (TokenKind.Sign or TokenKind.Word) || !operators.Contains(Current.Text))
        {
            return left;
        }

        string symbol = Take().Text;
        Syntax right = operand();
        RequireGrouped(left, ambiguous);
        RequireGrouped(right, expression => ambiguous(expression) && expression is not Syntax.Unary);
        Syntax result = Bounded(new Syntax.Binary(Whole(left).To(Whole(right)), symbol, left, right));
        return Current.Kind is TokenKind.Sign or TokenKind.Word && operators.Contains(Current.Text)
            ? throw Error(Current, $"A second '{Current.Text}' follows without parentheses. Write them around the part that belongs together.")
            : result;
    }

    /// <summary>Refuses an operand that RASP and Python would group in different ways.</summary>
    private void RequireGrouped(Syntax operand, Func<Syntax, bool> ambiguous)
    {
        if (ambiguous(operand) && !_groups.ContainsKey(operand))
        {
            throw Error(operand.Span, $"It is open what '{_source.Excerpt(operand.Span)}' belongs to here. Put it, or what it should not be separated from, into parentheses.");
        }
    }

    /// <summary>Where an expression stands, with its parentheses.</summary>
    private TextSpan Whole(Syntax expression) => _groups.GetValueOrDefault(expression, expression.Span);

    private static bool IsMembership(Syntax expression) => expression is Syntax.Binary { Operator: "in" };

    private static bool IsComparison(Syntax expression) => IsNegation(expression) || expression is Syntax.Binary { Operator: "==" or "!=" or "<=" or ">=" or "<" or ">" };

    private static bool IsNegation(Syntax expression) => expression is Syntax.Unary { Operator: "not" };
}
