namespace Pellucid.GroundTruth.Compilation;

/// <summary>What a variable can hold.</summary>
/// <param name="Variable">The variable.</param>
/// <param name="Values">Its values in order. Of a categorical variable these are its directions; of a numerical one those that the compiler
/// tells apart.</param>
/// <param name="Reachable">
/// Of a numerical variable every number that it can take, a superset of <paramref name="Values"/>; null where there are too many to follow.
/// </param>
internal sealed record VariableSpace(Variable Variable, Value[] Values, double[]? Reachable)
{
    internal string Name => Variable.Name;

    internal Expression Expression => Variable.Expression;

    internal bool IsNumerical => Expression.Encoding == ValueEncoding.Numerical;
}
