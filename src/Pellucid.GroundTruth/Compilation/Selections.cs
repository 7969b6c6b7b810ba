// A head moves a categorical value exactly when all positions that it selects hold the same one. Otherwise it writes a mixture, which is no
// value. Whether that can happen depends on the inputs, so it is looked for on inputs (as Tracr's dynamic validation does), and an example
// is given.
namespace Pellucid.GroundTruth.Compilation;

/// <summary>Looks for categorical aggregates that would mix values.</summary>
internal static class Selections
{
    private const int Inputs = 200;

    internal static void Check(CraftNetwork network)
    {
        if (!network.Spaces.Any(space => space.Expression is AggregateExpression && !space.IsNumerical))
        {
            return;
        }

        var none = new Dictionary<int, IReadOnlyList<Value>>();
        foreach (Value[] input in InputSpace.Of(network.Options, Inputs, seed: 0))
        {
            var evaluator = new Evaluator(network.Program.Graph, input, network.Options.Causal, none);
            evaluator.Run();
            foreach ((Expression aggregate, Value first, Value second) in evaluator.Mixtures.Take(1))
            {
                throw RaspException.At(
                    aggregate,
                    $"With the input '{string.Join(' ', input)}' it selects {first.Describe()} and {second.Describe()} at once, "
                    + "whose mean no categorical variable holds. Select one position, or make it numerical.");
            }
        }
    }
}
