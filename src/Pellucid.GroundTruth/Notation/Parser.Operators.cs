namespace Pellucid.GroundTruth.Notation;

/// <content>Operators, loosest binding first.</content>
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
