namespace Pellucid.GroundTruth.Notation;

/// <content>Calls.</content>
internal sealed partial class Interpreter
{
    /// <summary>Calls a function.</summary>
    /// <param name="function">The function.</param>
    /// <param name="call">The call, for errors.</param>
    /// <param name="arguments">Each argument's name if it has one, its value and its place.</param>
    internal object Call(Function function, TextSpan call, IReadOnlyList<(string? Name, object Value, TextSpan Span)> arguments)
    {
        Invocation invocation = Bind(function, call, arguments);
        return function is Function.Defined defined ? Carry(defined, invocation) : ((Function.BuiltIn)function).Apply(invocation);
    }

    private object Call(Syntax.Call call)
    {
        object called = Evaluate(call.Function);
        if (called is not Function function)
        {
            throw Error(call.Function.Span, called is Expression or Selector
                ? $"'{_source.Excerpt(call.Function.Span)}' is {Kinds.Describe(called)} and no function. A program is run on an input by compiling it, not by calling it."
                : $"'{_source.Excerpt(call.Function.Span)}' is {Kinds.Describe(called)} and no function.");
        }

        return Call(function, call.Span, [.. call.Arguments.Select(argument => (argument.Name, Evaluate(argument.Value), argument.Value.Span))]);
    }

    private Invocation Bind(Function function, TextSpan call, IReadOnlyList<(string? Name, object Value, TextSpan Span)> arguments)
    {
        int positional = arguments.Count(argument => argument.Name is null);
        if (positional > function.Parameters.Count && !function.TakesMore)
        {
            throw Miscounted(function, call, arguments.Count);
        }

        object?[] values = new object?[Math.Max(function.Parameters.Count, positional)];
        TextSpan[] spans = [.. Enumerable.Repeat(call, values.Length)];
        for (int i = 0; i < arguments.Count; i++)
        {
            (string? name, object value, TextSpan span) = arguments[i];
            int at = name is null ? i : Position(function, name, span);
            if (values[at] is not null)
            {
                throw Error(span, $"Parameter '{function.Parameters[at]}' of {function.Signature} is given twice. Leave one out.");
            }

            (values[at], spans[at]) = (value, span);
        }

        if (values.Take(function.Required).Any(value => value is null))
        {
            throw Miscounted(function, call, arguments.Count);
        }

        return new Invocation(this, call, values, spans);
    }

    private int Position(Function function, string name, TextSpan span)
    {
        int at = function.Parameters.ToList().IndexOf(name);
        return at >= 0 ? at : throw Error(span, $"There is no parameter '{name}'. It is called as {function.Signature}.");
    }

    private RaspException Miscounted(Function function, TextSpan call, int given)
    {
        string expected = function.TakesMore ? $"at least {function.Required}"
            : function.Required == function.Parameters.Count ? $"{function.Required}"
            : $"{function.Required} to {function.Parameters.Count}";
        string arguments = expected == "1" ? "argument" : "arguments";
        return Error(call, $"'{function.Name}' takes {expected} {arguments}, and {given} {(given == 1 ? "is" : "are")} given. It is called as {function.Signature}.");
    }

    private object Carry(Function.Defined function, Invocation invocation)
    {
        Descend(invocation.Span);
        (SourceText source, Scope scope, SourceSpan? anchor) = (_source, _scope, _anchor);
        if (function.Source != source && _anchor is null)
        {
            _anchor = source.Locate(invocation.Span);
        }

        _callers.Push(scope);
        _source = function.Source;
        _scope = new Scope(function.Scope);
        for (int i = 0; i < function.Parameters.Count; i++)
        {
            _scope.Variables = _scope.Variables.SetItem(function.Parameters[i], invocation.Arguments[i] ?? function.Defaults[i]!);
        }

        Execute(function.Body);
        object result = Evaluate(function.Result);
        (_source, _scope, _anchor) = (source, scope, anchor);
        _callers.Pop();
        _depth--;
        return result;
    }
}
