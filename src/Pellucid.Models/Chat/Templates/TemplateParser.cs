namespace Pellucid.Models.Chat;

/// <summary>
/// Reads a template of the language that chat templates are written in: Jinja's text, expressions, if, for, set, macro, filter, break, continue, and
/// Hugging Face's generation blocks. Nothing in it reaches other files or the program.
/// </summary>
internal sealed partial class TemplateParser
{
    private const int MostNested = 100;

    private readonly TemplateSource _source;
    private readonly List<TemplateToken> _tokens;
    private int _next;
    private int _nested;
    private int _loops;

    private TemplateParser(TemplateSource source) => (_source, _tokens) = (source, TemplateLexer.Read(source));

    private TemplateToken Current => _tokens[_next];

    internal static IReadOnlyList<Statement> Parse(TemplateSource source)
    {
        TemplateParser parser = new(source);
        IReadOnlyList<Statement> statements = parser.ParseBody();
        return parser.Current.Kind == TokenKind.End ? statements : throw parser.Unexpected("a tag that is open");
    }

    /// <summary>Reads up to a tag with one of these names, of which the braces and the name are taken; else to the end.</summary>
    private IReadOnlyList<Statement> ParseBody(params ReadOnlySpan<string> ends)
    {
        List<Statement> body = [];
        Nest();
        while (true)
        {
            TemplateToken token = Current;
            switch (token.Kind)
            {
                case TokenKind.Data:
                    body.Add(new TextStatement(token.Offset, token.Text));
                    _next++;
                    break;
                case TokenKind.VariableBegin:
                    _next++;
                    body.Add(new OutputStatement(token.Offset, ParseTuple()));
                    Expect(TokenKind.VariableEnd, "'}}'");
                    break;
                case TokenKind.BlockBegin:
                    if (_tokens[_next + 1].Kind == TokenKind.Name && ends.Contains(_tokens[_next + 1].Text))
                    {
                        _nested--;
                        _next++;
                        return body;
                    }

                    _next++;
                    body.Add(ParseTag());
                    break;
                default:
                    _nested--;
                    return ends.Length == 0 ? body : throw Unexpected($"'{{% {ends[^1]} %}}'");
            }
        }
    }

    private Statement ParseTag()
    {
        TemplateToken name = Current;
        if (name.Kind != TokenKind.Name)
        {
            throw Unexpected("the name of a tag");
        }

        _next++;
        switch (name.Text)
        {
            case "if":
                return ParseIf(name.Offset);
            case "for":
                return ParseFor(name.Offset);
            case "set":
                return ParseSet(name.Offset);
            case "macro":
                return ParseMacro(name.Offset);
            case "generation":
                Expect(TokenKind.BlockEnd, "'%}'");
                return new BodyStatement(name.Offset, ParseBodyUntil("endgeneration"));
            case "filter":
                _next--;
                return new OutputStatement(name.Offset, ParseFilteredBody(name.Offset, "endfilter", "filter"));
            case "break" or "continue":
                Expect(TokenKind.BlockEnd, "'%}'");
                return _loops > 0
                    ? new LeaveStatement(name.Offset, name.Text == "break" ? Flow.Break : Flow.Continue)
                    : throw _source.Error(name.Offset, $"'{name.Text}' stands outside of a loop.");
            case "include" or "import" or "from" or "extends" or "block" or "call" or "autoescape" or "do" or "with":
                throw _source.Error(name.Offset, $"'{name.Text}' is not among the tags of chat templates: if, for, set, macro, filter, generation, break, continue, raw.");
            default:
                throw _source.Error(name.Offset, name.Text.StartsWith("end", StringComparison.Ordinal) || name.Text is "else" or "elif"
                    ? $"'{name.Text}' belongs to no open tag."
                    : $"there is no tag '{name.Text}'. Tags: if, for, set, macro, filter, generation, break, continue, raw.");
        }
    }

    private IfStatement ParseIf(int offset)
    {
        List<(Expression?, IReadOnlyList<Statement>)> branches = [];
        Expression? condition = ParseTuple(withCondition: false);
        while (true)
        {
            Expect(TokenKind.BlockEnd, "'%}'");
            IReadOnlyList<Statement> body = condition is null ? ParseBody("endif") : ParseBody("elif", "else", "endif");
            branches.Add((condition, body));
            string end = _tokens[_next++].Text;
            if (end == "endif")
            {
                Expect(TokenKind.BlockEnd, "'%}'");
                return new IfStatement(offset, branches);
            }

            condition = end == "elif" ? ParseTuple(withCondition: false) : null;
        }
    }

    private ForStatement ParseFor(int offset)
    {
        Expression target = ParseTarget();
        ExpectName("in");
        Expression items = ParseTuple(withCondition: false);
        Expression? condition = SkipName("if") ? ParseExpression() : null;
        if (Current.IsName("recursive"))
        {
            throw Unexpected("a loop that is not recursive");
        }

        Expect(TokenKind.BlockEnd, "'%}'");
        _loops++;
        IReadOnlyList<Statement> body = ParseBody("else", "endfor"), otherwise = [];
        _loops--;
        if (_tokens[_next++].Text == "else")
        {
            Expect(TokenKind.BlockEnd, "'%}'");
            otherwise = ParseBody("endfor");
            _next++;
        }

        Expect(TokenKind.BlockEnd, "'%}'");
        return new ForStatement(offset, target, items, condition, body, otherwise);
    }

    private SetStatement ParseSet(int offset)
    {
        Expression target = Current.Kind == TokenKind.Name && _tokens[_next + 1].Is(".") ? ParseNamespaceTarget() : ParseTarget();
        if (Skip("="))
        {
            Expression value = ParseTuple();
            Expect(TokenKind.BlockEnd, "'%}'");
            return new SetStatement(offset, target, value);
        }

        return new SetStatement(offset, target, ParseFilteredBody(offset, "endset", "|"));
    }

    /// <summary>The body of a set or filter block, through the filters that stand in its opening tag, each after a sign.</summary>
    private Expression ParseFilteredBody(int offset, string end, string sign)
    {
        int filters = _next;
        _next = SkipToBlockEnd();
        Expression body = new BodyExpression(offset, ParseBodyUntil(end));
        int after = _next;
        _next = filters;
        while (SkipName(sign) || Skip("|"))
        {
            body = ParseFilter(body);
        }

        Expect(TokenKind.BlockEnd, "'%}'");
        _next = after;
        return body;
    }

    private MacroStatement ParseMacro(int offset)
    {
        string name = ExpectName();
        List<(string, Expression?)> parameters = [];
        ExpectSign("(");
        while (!Skip(")"))
        {
            if (parameters.Count > 0)
            {
                ExpectSign(",");
            }

            string parameter = ExpectName();
            parameters.Add((parameter, Skip("=") ? ParseExpression() : null));
        }

        Expect(TokenKind.BlockEnd, "'%}'");
        int loops = _loops;
        _loops = 0;
        IReadOnlyList<Statement> body = ParseBodyUntil("endmacro");
        _loops = loops;
        return new MacroStatement(offset, name, parameters, body);
    }

    private IReadOnlyList<Statement> ParseBodyUntil(string end)
    {
        IReadOnlyList<Statement> body = ParseBody(end);
        _next++;
        if (end == "endmacro" && Current.Kind == TokenKind.Name)
        {
            _next++;
        }

        Expect(TokenKind.BlockEnd, "'%}'");
        return body;
    }

    private NamespaceTarget ParseNamespaceTarget()
    {
        int offset = Current.Offset;
        string name = ExpectName();
        ExpectSign(".");
        return new NamespaceTarget(offset, name, ExpectName());
    }

    /// <summary>Names that are given values, perhaps several with commas.</summary>
    private Expression ParseTarget()
    {
        int offset = Current.Offset;
        List<Expression> names = [];
        bool isTuple = false;
        do
        {
            if (names.Count > 0 && Current.Kind != TokenKind.Name && !Current.Is("("))
            {
                break;
            }

            names.Add(ParseOneTarget());
            isTuple |= Current.Is(",");
        }
        while (Skip(","));
        return isTuple ? new ListExpression(offset, names, isTuple: true) : names[0];
    }

    private Expression ParseOneTarget()
    {
        if (!Skip("("))
        {
            int offset = Current.Offset;
            return new NameExpression(offset, ExpectName());
        }

        Nest();
        Expression inner = ParseTarget();
        _nested--;
        ExpectSign(")");
        return inner;
    }

    private int SkipToBlockEnd()
    {
        int at = _next;
        while (_tokens[at].Kind is not (TokenKind.BlockEnd or TokenKind.End))
        {
            at++;
        }

        return _tokens[at].Kind == TokenKind.End ? throw Unexpected("'%}'") : at + 1;
    }

    private void Nest()
    {
        if (++_nested > MostNested)
        {
            throw _source.Error(Current.Offset, $"tags or expressions are nested more than {MostNested} deep.");
        }
    }

    private ChatTemplateException Unexpected(string expected) => _source.Error(Current.Offset, $"{expected} was expected; {Current} was met.");

    private bool Skip(string sign)
    {
        bool found = Current.Is(sign);
        _next += found ? 1 : 0;
        return found;
    }

    private bool SkipName(string name)
    {
        bool found = Current.IsName(name);
        _next += found ? 1 : 0;
        return found;
    }

    private void Expect(TokenKind kind, string expected)
    {
        if (Current.Kind != kind)
        {
            throw Unexpected(expected);
        }

        _next++;
    }

    private void ExpectSign(string sign)
    {
        if (!Skip(sign))
        {
            throw Unexpected($"'{sign}'");
        }
    }

    private void ExpectName(string name)
    {
        if (!SkipName(name))
        {
            throw Unexpected($"'{name}'");
        }
    }

    private string ExpectName()
    {
        if (Current.Kind != TokenKind.Name)
        {
            throw Unexpected("a name");
        }

        return _tokens[_next++].Text;
    }
}
