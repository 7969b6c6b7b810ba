namespace Pellucid.GroundTruth.Notation;

/// <summary>Names, for errors, of what an expression can be.</summary>
internal static class Kinds
{
    /// <summary>A thing with its article.</summary>
    internal static string Describe(object thing) => thing switch
    {
        Value value => value.Describe(),
        Expression => "an s-op",
        Selector => "a selector",
        Function function => $"the function '{function.Name}'",
        IReadOnlyDictionary<Value, object> table => $"a dictionary of {table.Count}",
        IReadOnlyList<object> list => $"a list of {list.Count}",
        _ => "nothing",
    };
}
