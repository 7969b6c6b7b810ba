// Weiss, Goldberg, Yahav 2021, Thinking Like Transformers (arXiv:2106.06981): a RASP program is an expression over sequences ("s-op").
namespace Pellucid.GroundTruth;

/// <summary>
/// A sequence operation: a value at every position of the input. Immutable; safe for any thread. Expressions are made by <see cref="Rasp"/>
/// and by the operators below, and form a graph: an object that is used twice is one variable of the compiled network, a copy (as
/// <see cref="Named"/> makes) is another. Nothing that is derived from a program depends on when an object was made, only on the
/// graph as it is met from the output on, operands in their order.
/// <para>
/// <b>Lowering another notation to this API.</b> Make one object for each variable of the source and use that object wherever the variable
/// is used; call <see cref="Named"/> once, when the variable is defined, and <see cref="At"/> on every object made, before it is used (both
/// return a copy). <c>Rasp.Tokens</c> and <c>Rasp.Indices</c> are the same variable wherever they occur, whatever copies of them are used.
/// Fold an operator with a constant operand into one <see cref="Rasp.Map(Expression, Func{Value, Value}, string?)"/> (the operators here
/// do), since a constant is no variable that a network computes. Functions must be pure; they are called with defined values only, for
/// every value that their operand can take. A type that does not fit is found then and reported at the place given by <see cref="At"/>.
/// </para>
/// </summary>
public abstract partial class Expression
{
    private protected Expression(ValueEncoding encoding = ValueEncoding.Categorical) => Encoding = encoding;

    /// <summary>The variable's name; null where the program gives none, and then one is made from its kind.</summary>
    public string? Name { get; private set; }

    /// <summary>How a compiled network holds the variable.</summary>
    public ValueEncoding Encoding { get; private set; }

    /// <summary>Where the expression stands in the program's text; null for a program written in C#.</summary>
    public SourceSpan? Source { get; private set; }

    /// <summary>The name that an unnamed variable of this kind gets.</summary>
    internal abstract string KindName { get; }

    /// <summary>The expressions that this one is made of, in declared order; a selector's are its own.</summary>
    internal abstract IReadOnlyList<Expression> Operands { get; }

    /// <summary>A copy with a name.</summary>
    public Expression Named(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return Changed(copy => copy.Name = name);
    }

    /// <summary>
    /// A copy that is held as one number. Its values must be numbers. Tokens and indices are embedded one direction a value, so of them it
    /// is a map.
    /// </summary>
    public Expression Numerical() => this is TokensExpression or IndicesExpression
        ? new MapExpression(this, x => x).Numerical().From(this)
        : Changed(copy => copy.Encoding = ValueEncoding.Numerical);

    /// <summary>A copy that is held as one direction a value.</summary>
    public Expression Categorical() => Changed(copy => copy.Encoding = ValueEncoding.Categorical);

    /// <summary>A copy that knows its place in a text, for errors.</summary>
    public Expression At(SourceSpan source) => Changed(copy => copy.Source = source);

    /// <inheritdoc/>
    public override string ToString() => Source?.Text ?? Name ?? KindName;

    /// <summary>A copy under a name, with the encoding and place of another expression.</summary>
    internal Expression As(string name, Expression like) => Changed(copy => (copy.Name, copy.Encoding, copy.Source) = (name, like.Encoding, like.Source));

    private Expression From(Expression like) => Changed(copy => copy.Source = like.Source);

    private Expression Changed(Action<Expression> change)
    {
        var copy = (Expression)MemberwiseClone();
        change(copy);
        return copy;
    }
}
