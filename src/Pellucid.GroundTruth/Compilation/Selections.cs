// A head moves a categorical value exactly when all positions that it selects hold the same one. Otherwise it writes a mixture, which is no value. Whether that can
// happen depends on the inputs, so it is looked for on inputs (as Tracr's dynamic validation does), and an example is given.
namespace Pellucid.GroundTruth.Compilation;

/// <summary>Looks for categorical aggregates that would mix values.</summary>
internal static class Selections
{
    private const int Inputs = 200;

    internal static void Check(CraftNetwork network)
    {
        VariableSpace[] moved = [.. network.Spaces.Where(space => space.Expression is AggregateExpression && !space.IsNumerical)];
        if (moved.Length == 0)
        {
            return;
        }

        var options = new EvaluationOptions { Causal = network.Options.Causal };
        foreach (Value[] input in InputSpace.Of(network.Options, Inputs, seed: 0))
        {
            RaspEvaluation evaluation = Evaluated(network, input, options);
            foreach (VariableSpace space in moved)
            {
                HashSet<Value> values = [.. space.Values];
                Value odd = evaluation.At(space.Variable.Index).FirstOrDefault(value => value.IsDefined && !values.Contains(value));
                if (odd.IsDefined)
                {
                    throw Mixed(space, $"gives {odd.Describe()}", input);
                }
            }
        }
    }

    private static RaspEvaluation Evaluated(CraftNetwork network, Value[] input, EvaluationOptions options)
    {
        try
        {
            return network.Program.Evaluate(input, options);
        }
        catch (RaspException exception)
        {
            throw new RaspException($"{exception.Problem} Met with the input '{string.Join(' ', input)}'.", exception.Span, exception.Expression, exception);
        }
    }

    private static RaspException Mixed(VariableSpace space, string what, Value[] input) => RaspException.At(
        space.Expression,
        $"It selects different values of a categorical variable, whose mean is no value: with the input '{string.Join(' ', input)}' it {what}. Select one position, or make it numerical.");
}
