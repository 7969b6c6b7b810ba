using System.Runtime.CompilerServices;

namespace Pellucid.GroundTruth.Notation;

/// <summary>
/// Reads a program's text into statements, by recursive descent: Weiss, Goldberg and Yahav, Thinking Like Transformers (2021),
/// arXiv:2106.06981, in the notation of its published interpreter. Departures: no commands of its prompt, no <c>load</c>; <c>lambda</c>,
/// <c>None</c>, default values and named arguments come with it. Where the interpreter groups an expression otherwise than Python does
/// (<c>not a == b</c>, <c>a or b and c</c>, <c>-x ^ 2</c>), the text has to say which it means, with parentheses.
/// </summary>
internal sealed partial class Parser
{
    /// <summary>How deep brackets, operators and blocks may nest.</summary>
    internal const int DeepestNesting = 200;

    private readonly SourceText _source;
    private readonly IReadOnlyList<Token> _tokens;
    private readonly Dictionary<Syntax, TextSpan> _groups = new(ReferenceEqualityComparer.Instance);
    private int _at;
    private int _depth;

    private Parser(SourceText source) => (_source, _tokens) = (source, Lexer.Cut(source));

    private Token Current => _tokens[_at];

    private Token Following => _tokens[Math.Min(_at + 1, _tokens.Count - 1)];

    /// <summary>The statements of a program.</summary>
    /// <exception cref="RaspException">The text is not a program; the error points at the place.</exception>
    internal static IReadOnlyList<Statement> Parse(SourceText source)
    {
        Parser parser = new(source);
        List<Statement> statements = [];
        while (parser.SkipEmpty() && parser.Current.Kind != TokenKind.End)
        {
            statements.Add(parser.Statement());
        }

        return statements;
    }

    private Statement Statement()
    {
        Descend();
        RefuseCommands();
        Statement statement = Current switch
        {
            { Text: "def", Kind: TokenKind.Word } => Definition(),
            { Text: "for", Kind: TokenKind.Word } => Loop(),
            { Text: "return", Kind: TokenKind.Word } => throw Error(Current, "'return' is the last statement of a 'def', and stands nowhere else."),
            { Text: "if", Kind: TokenKind.Word } => throw Error(Current, "There is no 'if' statement. Write 'x = a if condition else b;'."),
            _ when IsAssignment() => Assignment(),
            _ => Evaluation(),
        };
        _depth--;
        return statement;
    }

    private Statement.Assignment Assignment()
    {
        Token first = Current;
        IReadOnlyList<string> names = Names();
        Expect("=", "after the variable");
        Syntax value = ExpressionList();
        EndStatement();
        return new Statement.Assignment(first.Span.To(value.Span), names, value);
    }

    private Statement.Evaluation Evaluation()
    {
        Syntax value = Expression();
        if (Current.Is("="))
        {
            throw Error(value.Span, "Only a variable can be assigned to. To compare, write '=='.");
        }

        EndStatement();
        return new Statement.Evaluation(value.Span, value);
    }

    private Statement.Loop Loop()
    {
        Token start = Take();
        IReadOnlyList<string> names = Names();
        Expect("in", "after the loop's variable");
        Syntax list = Expression();
        Token open = Expect("{", "before the loop's statements");
        List<Statement> body = [];
        while (SkipEmpty() && !Current.Is("}"))
        {
            RequireMore(open);
            body.Add(Statement());
        }

        Token close = Take();
        return new Statement.Loop(start.Span.To(close.Span), names, list, body);
    }

    private Statement.Definition Definition()
    {
        Token start = Take();
        Token name = ExpectName("a name for the function");
        Expect("(", "after the function's name");
        IReadOnlyList<Parameter> parameters = Parameters();
        Token open = Expect("{", "before the function's statements");
        List<Statement> body = [];
        while (SkipEmpty() && !Current.Is("return"))
        {
            RequireMore(open);
            if (Current.Is("}"))
            {
                throw Error(Current, $"Function '{name.Text}' returns nothing. End it with 'return x;'.");
            }

            body.Add(Statement());
        }

        Take();
        Syntax result = ExpressionList();
        Expect(";", "after what the function returns");
        SkipEmpty();
        if (!Current.Is("}"))
        {
            RequireMore(open);
            throw Error(Current, "'return' is the last statement of a function. Close the function with '}'.");
        }

        Token close = Take();
        return new Statement.Definition(start.Span.To(close.Span), name.Text, parameters, body, result);
    }

    private List<Parameter> Parameters()
    {
        List<Parameter> parameters = [];
        while (!Current.Is(")"))
        {
            Token name = ExpectName("a parameter");
            if (parameters.Any(parameter => parameter.Name == name.Text))
            {
                throw Error(name, $"Parameter '{name.Text}' is there twice. Give each its own name.");
            }

            Syntax? value = null;
            if (Current.Is("="))
            {
                Take();
                value = Expression();
            }
            else if (parameters.Count > 0 && parameters[^1].Default is not null)
            {
                throw Error(name, $"Parameter '{name.Text}' needs a default value, because the one before it has one.");
            }

            parameters.Add(new Parameter(name.Text, value));
            if (!Current.Is(")"))
            {
                Expect(",", "between parameters");
            }
        }

        Take();
        return parameters;
    }

    private bool IsAssignment()
    {
        int at = _at;
        while (_tokens[at].Kind == TokenKind.Name && _tokens[at + 1].Is(","))
        {
            at += 2;
        }

        return _tokens[at].Kind == TokenKind.Name && _tokens[at + 1].Is("=");
    }

    private List<string> Names()
    {
        List<string> names = [ExpectName("a variable").Text];
        while (Current.Is(","))
        {
            Take();
            names.Add(ExpectName("a variable").Text);
        }

        return names;
    }

    private void RefuseCommands()
    {
        (string text, Token next) = (Current.Text, Following);
        bool command = Current.Kind == TokenKind.Name && text switch
        {
            "draw" or "exit" or "quit" => next.Is("(") || next.Is(";") || next.Kind == TokenKind.End,
            "load" => next.Kind == TokenKind.Text,
            "set" or "show" or "examples" or "example" or "full" or "selector" => next.Kind == TokenKind.Name,
            _ => false,
        };
        if (command)
        {
            throw Error(Current, text == "load"
                ? "'load' reads another file, and a program is one text. Copy the definitions that it needs into it."
                : $"'{text}' is a command of RASP's prompt and no part of a program. Leave the line out.");
        }
    }

    private bool SkipEmpty()
    {
        while (Current.Is(";"))
        {
            Take();
        }

        return true;
    }

    private void EndStatement()
    {
        if (Current.Kind != TokenKind.End)
        {
            Expect(";", "after the statement");
        }
    }

    private Token Take()
    {
        Token token = Current;
        _at = Math.Min(_at + 1, _tokens.Count - 1);
        return token;
    }

    private void Descend()
    {
        if (++_depth > DeepestNesting || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Error(Current, $"The text nests deeper than {DeepestNesting} levels here. Name the inner parts and use the names.");
        }
    }

    private T Bounded<T>(T expression)
        where T : Syntax =>
        expression.Depth <= DeepestNesting
            ? expression
            : throw Error(expression.Span, $"This expression is more than {DeepestNesting} operations deep. Name its parts, or use a loop.");

    private void RequireMore(Token open)
    {
        if (Current.Kind == TokenKind.End)
        {
            throw Unclosed(open);
        }
    }

    private Token Expect(string sign, string where)
    {
        if (Current.Is(sign))
        {
            return Take();
        }

        Token before = _tokens[Math.Max(_at - 1, 0)];
        string met = Current.Kind == TokenKind.End ? "the text ends" : $"there is '{_source.Excerpt(Current.Span)}'";
        string advice = Current.Is("=") ? " To compare, write '=='." : "";
        throw sign == ";"
            ? Error(new TextSpan(Math.Min(before.Span.End, _source.Text.Length), 0), $"Expected '{sign}' {where}, and {met}.{advice}")
            : Error(Current, $"Expected '{sign}' {where}, and {met}.{advice}");
    }

    private Token ExpectName(string what) => Current.Kind switch
    {
        TokenKind.Name => Take(),
        TokenKind.Word => throw Error(Current, $"Expected {what}, and '{Current.Text}' is a word of the language. Choose another name."),
        TokenKind.End => throw Error(Current, $"Expected {what}, and the text ends."),
        _ => throw Error(Current, $"Expected {what}, and there is '{_source.Excerpt(Current.Span)}'."),
    };

    private RaspException Unclosed(Token open) =>
        Error(open, $"This '{open.Text}' is never closed. Close it with '{open.Text switch { "(" => ")", "[" => "]", _ => "}" }}'.");

    private RaspException Error(Token token, string message) => Error(token.Span, message);

    private RaspException Error(TextSpan span, string message) => _source.Error(span, message);
}
