using System.Globalization;

namespace Pellucid.GroundTruth.Notation;

/// <content>What stands between operators: names, values, calls, lists, tables.</content>
internal sealed partial class Parser
{
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
}
