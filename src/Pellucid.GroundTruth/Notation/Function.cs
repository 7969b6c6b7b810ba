namespace Pellucid.GroundTruth.Notation;

/// <summary>What a call calls.</summary>
internal abstract class Function(string name)
{
    /// <summary>Its name, for errors.</summary>
    internal string Name => name;

    /// <summary>Its parameters, in order.</summary>
    internal abstract IReadOnlyList<string> Parameters { get; }

    /// <summary>How many of them a call has to give.</summary>
    internal abstract int Required { get; }

    /// <summary>Whether the last parameter takes any further arguments.</summary>
    internal virtual bool TakesMore => false;

    /// <summary>How it is called, for errors: <c>select(keys, queries, predicate)</c>.</summary>
    internal string Signature =>
        $"{Name}({string.Join(", ", Parameters.Select((parameter, at) => at < Required ? parameter : $"[{parameter}]"))}{(TakesMore ? ", ..." : "")})";

    /// <summary>A function of the language itself.</summary>
    internal sealed class BuiltIn(string name, string[] parameters, int required, Func<Invocation, object> body, bool takesMore = false) : Function(name)
    {
        internal override IReadOnlyList<string> Parameters => parameters;

        internal override int Required => required;

        internal override bool TakesMore => takesMore;

        internal object Apply(Invocation invocation) => body(invocation);
    }

    /// <summary>A function that a text defines.</summary>
    internal sealed class Defined : Function
    {
        internal Defined(
            string name, IReadOnlyList<string> parameters, IReadOnlyList<object?> defaults, IReadOnlyList<Statement> body, Syntax result, SourceText source, Scope scope)
            : base(name)
        {
            (Parameters, Defaults, Body, Result, Source, Scope) = (parameters, defaults, body, result, source, scope);
            Required = defaults.TakeWhile(value => value is null).Count();
        }

        internal override IReadOnlyList<string> Parameters { get; }

        internal override int Required { get; }

        /// <summary>The value of each parameter where a call gives none; null where it must.</summary>
        internal IReadOnlyList<object?> Defaults { get; }

        internal IReadOnlyList<Statement> Body { get; }

        internal Syntax Result { get; }

        /// <summary>The text that defines it.</summary>
        internal SourceText Source { get; }

        /// <summary>The variables around its definition.</summary>
        internal Scope Scope { get; }
    }
}
