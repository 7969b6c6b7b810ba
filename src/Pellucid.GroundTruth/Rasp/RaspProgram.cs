namespace Pellucid.GroundTruth;

/// <summary>
/// A RASP program: an output expression with a name. Evaluating it gives every variable at every position, and evaluating it with variables
/// set to other values is the high-level causal model of the network that it compiles to. Immutable; safe for any thread as far as its
/// functions are.
/// </summary>
public sealed class RaspProgram
{
    private readonly Dictionary<string, int> _numbers;

    /// <summary>Takes the program that an expression is the output of.</summary>
    /// <param name="name">Name of the program.</param>
    /// <param name="output">Its output.</param>
    /// <param name="text">The program in RASP's notation, where it came as text.</param>
    public RaspProgram(string name, Expression output, string? text = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        (Name, Output, Text, Graph) = (name, output, text, VariableGraph.Of(output));
        _numbers = Graph.Variables.ToDictionary(variable => variable.Name, variable => variable.Index, StringComparer.Ordinal);
    }

    /// <summary>The program's name.</summary>
    public string Name { get; }

    /// <summary>The output.</summary>
    public Expression Output { get; }

    /// <summary>The program in RASP's notation; null for one that was written in C#.</summary>
    public string? Text { get; }

    /// <summary>The names of its variables, operands before what is made of them; the output is the last.</summary>
    public IReadOnlyList<string> Variables => [.. Graph.Variables.Select(variable => variable.Name)];

    internal VariableGraph Graph { get; }

    /// <summary>Runs the program on an input.</summary>
    /// <param name="tokens">One value a position. An undefined one is an absent position: nothing selects it and it has no index.</param>
    /// <param name="options">Causal selection, and variables that are set to given values.</param>
    /// <returns>Every variable at every position.</returns>
    /// <exception cref="RaspException">A type does not fit, an intervention names no variable, or has another length than the
    /// input.</exception>
    public RaspEvaluation Evaluate(IReadOnlyList<Value> tokens, EvaluationOptions? options = null)
    {
        options ??= new EvaluationOptions();
        var given = new Dictionary<int, IReadOnlyList<Value>>();
        foreach ((string variable, IReadOnlyList<Value> values) in options.Interventions)
        {
            given[Find(_numbers, variable)] = values.Count == tokens.Count
                ? values
                : throw new RaspException($"The intervention on '{variable}' has {values.Count} values for an input of {tokens.Count} positions.");
        }

        return new RaspEvaluation(Graph, _numbers, new Evaluator(Graph, tokens, options.Causal, given).Run());
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal static int Find(IReadOnlyDictionary<string, int> numbers, string variable) =>
        numbers.TryGetValue(variable, out int number)
            ? number
            : throw new RaspException($"The program has no variable '{variable}'. Its variables are {string.Join(", ", numbers.Keys)}.");
}
