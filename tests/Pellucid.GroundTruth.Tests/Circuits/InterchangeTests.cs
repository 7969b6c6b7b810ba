using Pellucid.GroundTruth.Compilation;
using Pellucid.Models;

namespace Pellucid.GroundTruth.Tests;

public sealed class InterchangeTests
{
    public static TheoryData<string> Programs => [.. BuiltInPrograms.Programs.Select(program => program.Name)];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Interchange_EachVariableOfEveryProgram_GivesWhatTheCausalModelPredicts(string name)
    {
        using var compiled = CompiledProgram.Compile(name);
        int length = compiled.Options.Length;
        Value[][] inputs = [.. InputSpace.Of(compiled.Options, 4000, seed: 5).Where(input => input.Length == length).Take(120)];
        Value[][] sources = [.. inputs.Index().Select(input => inputs[((input.Index * 37) + 11) % inputs.Length])];
        int changed = 0;
        foreach (TruthVariable variable in compiled.Truth.Variables)
        {
            using Run source = compiled.Model.Run(compiled.Batch(sources), new RunOptions { Capture = Capture.Of(variable.Hook) });
            using Model exchanged = compiled.Model.With(compiled.Interchange(variable.Name, source[variable.Hook]));
            using Run run = exchanged.Run(compiled.Batch(inputs));
            for (int i = 0; i < inputs.Length; i++)
            {
                IReadOnlyList<Value> values = compiled.Program.Evaluate(sources[i])[variable.Name];
                var options = new EvaluationOptions { Interventions = new Dictionary<string, IReadOnlyList<Value>> { [variable.Name] = values } };
                IReadOnlyList<Value> expected = compiled.Program.Evaluate(inputs[i], options).Output, without = compiled.Program.Evaluate(inputs[i]).Output;
                for (int p = 0; p < length; p++)
                {
                    if (expected[p].IsDefined)
                    {
                        Assert.InRange(compiled.Error(run.Logits.Row((i * (length + 1)) + p + 1), expected[p]), 0, 1e-5);
                    }

                    changed += expected[p] == without[p] ? 0 : 1;
                }
            }
        }

        Assert.True(changed > 0 || name == "length", "no interchange changed any output");
    }
}
