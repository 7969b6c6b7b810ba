using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Pellucid.GroundTruth.Notation;

/// <summary>
/// Carries out the statements of a program, which builds its expressions: arithmetic on values is done at once, on s-ops it makes maps, and
/// what <c>map</c> and <c>select</c> are given as functions is carried out later, value by value, with the variables as they were
/// when it was given. Steps, depth and sizes are bounded, so that every program ends.
/// </summary>
internal sealed partial class Interpreter
{
    /// <summary>How many steps a program may take.</summary>
    internal const int MostSteps = 1_000_000;

    /// <summary>How many steps a function may take for one value.</summary>
    internal const int MostStepsAValue = 20_000;

    /// <summary>How deep calls and expressions may nest together.</summary>
    internal const int DeepestCall = 500;

    /// <summary>How many items a list may have.</summary>
    internal const int LongestList = 100_000;

    private const int LongestValue = 10_000;

    private readonly IReadOnlyDictionary<Scope, ImmutableDictionary<string, object>>? _frozen;
    private readonly Stack<Scope> _callers = [];
    private readonly Builder _builder;
    private SourceText _source;
    private SourceSpan? _anchor;
    private Scope _scope;
    private int _steps;
    private int _depth;

    /// <summary>Prepares to carry out a text.</summary>
    /// <param name="source">The text.</param>
    /// <param name="scope">Its variables.</param>
    internal Interpreter(SourceText source, Scope scope)
        : this(source, scope, null, null, new Builder(), MostSteps)
    {
    }

    private Interpreter(
        SourceText source, Scope scope, SourceSpan? anchor, IReadOnlyDictionary<Scope, ImmutableDictionary<string, object>>? frozen, Builder builder, int steps) =>
        (_source, _scope, _anchor, _frozen, _builder, _steps) = (source, scope, anchor, frozen, builder, steps);

    /// <summary>What the last statement gave that has a value, of those outside functions.</summary>
    internal (object Value, TextSpan Span)? Last { get; private set; }

    /// <summary>Carries out statements.</summary>
    /// <exception cref="RaspException">A statement cannot be carried out; the error points at it.</exception>
    internal void Execute(IReadOnlyList<Statement> statements)
    {
        foreach (Statement statement in statements)
        {
            Execute(statement);
        }
    }

    /// <summary>A function of values, to be carried out later with the variables as they are now.</summary>
    internal Func<IReadOnlyList<Value>, Value> Later(Function function, TextSpan call)
    {
        Dictionary<Scope, ImmutableDictionary<string, object>> frozen = [];
        foreach (Scope caller in _callers.Prepend(_scope))
        {
            for (Scope? scope = caller; scope is not null && frozen.TryAdd(scope, scope.Variables); scope = scope.Outer)
            {
            }
        }

        (SourceText source, SourceSpan? anchor, Scope own) = (_source, _anchor, _scope);
        return values =>
        {
            Interpreter later = new(source, own, anchor, frozen, new Builder(), MostStepsAValue);
            object[] arguments = [.. values.Select(value => (object)value)];
            object result = later.Call(function, call, [.. arguments.Select(argument => (default(string), argument, call))]);
            return result is Value value
                ? value
                : throw later.Error(call, $"A function of values gives a value, and '{function.Name}' gives {Kinds.Describe(result)}. Let it compute with its parameters alone.");
        };
    }

    /// <summary>The error that something is wrong at a place; inside the library the place is the program's call.</summary>
    internal RaspException Error(TextSpan span, string message) => _anchor is null ? _source.Error(span, message) : new RaspException(message, _anchor);

    /// <summary>A place for a node.</summary>
    internal SourceSpan Locate(TextSpan span) => _anchor ?? _source.Locate(span);

    /// <summary>The items of a list, the keys of a dictionary.</summary>
    internal IReadOnlyList<object> Items(object thing, TextSpan span) => thing switch
    {
        IReadOnlyDictionary<Value, object> table => [.. table.Keys.Select(key => (object)key)],
        IReadOnlyList<object> list => list,
        Expression => throw Error(span, "An s-op has no items while the program is read; its positions come with the input. Expected a list."),
        _ => throw Error(span, $"Expected a list, and this is {Kinds.Describe(thing)}."),
    };

    /// <summary>Counts work, by default one step.</summary>
    internal void Spend(TextSpan span, int steps = 1)
    {
        _steps -= Math.Min(steps, _steps + 1);
        if (_steps < 0)
        {
            throw Error(span, _frozen is null
                ? $"The program takes more than {MostSteps} steps. Make its loops shorter."
                : $"The function takes more than {MostStepsAValue} steps for one value. Make its loops shorter.");
        }
    }

    private void Execute(Statement statement)
    {
        Spend(statement.Span);
        switch (statement)
        {
            case Statement.Assignment assignment:
                Assign(assignment.Names, Named(assignment), assignment.Value.Span);
                Note(_scope.Variables[assignment.Names[^1]], assignment.Value.Span);
                break;
            case Statement.Evaluation evaluation:
                Note(Evaluate(evaluation.Value), evaluation.Value.Span);
                break;
            case Statement.Definition definition:
                object?[] defaults = [.. definition.Parameters.Select(parameter => parameter.Default is null ? null : Evaluate(parameter.Default))];
                string[] parameters = [.. definition.Parameters.Select(parameter => parameter.Name)];
                Set(definition.Name, new Function.Defined(definition.Name, parameters, defaults, definition.Body, definition.Result, _source, _scope));
                break;
            case Statement.Loop loop:
                foreach (object item in Items(Evaluate(loop.List), loop.List.Span))
                {
                    Spend(loop.Span);
                    Assign(loop.Names, item, loop.List.Span);
                    Execute(loop.Body);
                }

                break;
        }
    }

    /// <summary>The value of an assignment. What the assignment makes takes the variable's name; what has been somewhere before does not.</summary>
    private object Named(Statement.Assignment assignment)
    {
        object value = Evaluate(assignment.Value);
        if (assignment.Names is [string name] && IsMade(assignment.Value))
        {
            return _builder.Name(value, name);
        }

        return assignment.Value is Syntax.Sequence { Items: var items } && items.Count == assignment.Names.Count
            ? ((object[])value).Select((item, at) => IsMade(items[at]) ? _builder.Name(item, assignment.Names[at]) : item).ToArray()
            : value;
    }

    private static bool IsMade(Syntax syntax) => syntax is Syntax.Unary or Syntax.Binary or Syntax.Choice or Syntax.Call;

    private void Note(object value, TextSpan span)
    {
        if (_callers.Count == 0)
        {
            Last = (value, span);
        }
    }

    private void Assign(IReadOnlyList<string> names, object value, TextSpan span)
    {
        if (names.Count == 1)
        {
            Set(names[0], value);
            return;
        }

        IReadOnlyList<object> items = Items(value, span);
        if (items.Count != names.Count)
        {
            throw Error(span, $"There are {names.Count} variables ({string.Join(", ", names)}) and {items.Count} values. Give one value for each.");
        }

        foreach ((string name, object item) in names.Zip(items))
        {
            Set(name, item);
        }
    }

    private void Set(string name, object value) => _scope.Variables = _scope.Variables.SetItem(name, value);

    private object Resolve(Syntax.Name name)
    {
        for (Scope? scope = _scope; scope is not null; scope = scope.Outer)
        {
            if (Variables(scope).TryGetValue(name.Text, out object? value))
            {
                return value;
            }
        }

        IEnumerable<string> known = Visible().SelectMany(scope => Variables(scope).Keys).Where(other => !other.StartsWith('_'));
        throw Error(name.Span, $"'{name.Text}' is not defined. Nearest: {string.Join(", ", Names.Nearest(name.Text, known))}.");
    }

    private IEnumerable<Scope> Visible()
    {
        for (Scope? scope = _scope; scope is not null; scope = scope.Outer)
        {
            yield return scope;
        }
    }

    private ImmutableDictionary<string, object> Variables(Scope scope) =>
        _frozen is not null && _frozen.TryGetValue(scope, out ImmutableDictionary<string, object>? then) ? then : scope.Variables;

    private void Descend(TextSpan span)
    {
        if (++_depth > DeepestCall || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Error(span, $"Calls nest too deep here (more than {DeepestCall} levels of calls and expressions). Does a function call itself without end?");
        }
    }
}
