namespace Pellucid.GroundTruth;

/// <summary>Every variable of a program at every position of one input. Immutable.</summary>
public sealed class RaspEvaluation
{
    private readonly VariableGraph _graph;
    private readonly Value[][] _values;
    private readonly IReadOnlyDictionary<string, int> _numbers;

    internal RaspEvaluation(VariableGraph graph, IReadOnlyDictionary<string, int> numbers, Value[][] values) =>
        (_graph, _numbers, _values) = (graph, numbers, values);

    /// <summary>The program's result, one value a position.</summary>
    public IReadOnlyList<Value> Output => _values[_graph.Output.Index];

    /// <summary>The names of the variables, operands before what is made of them; the output is the last.</summary>
    public IEnumerable<string> Variables => _graph.Variables.Select(variable => variable.Name);

    /// <summary>A variable's values, one a position.</summary>
    /// <exception cref="RaspException">The program has no such variable.</exception>
    public IReadOnlyList<Value> this[string variable] => _values[RaspProgram.Find(_numbers, variable)];

    internal Value[] At(int variable) => _values[variable];
}
