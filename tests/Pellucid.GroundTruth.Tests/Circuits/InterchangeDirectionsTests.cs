using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.GroundTruth.Tests;

public sealed class InterchangeDirectionsTests
{
    [Fact]
    public void Interchange_DirectionsThatAreNotOrthogonal_MovesTheCoefficientsAlone()
    {
        using var compiled = CompiledProgram.Compile("histogram", new CompileOptions { Vocabulary = ["a", "b"], Length = 2 });
        TruthVariable tokens = compiled.Truth["tokens"];
        int width = compiled.Model.Config.DModel;
        float[] first = new float[width], second = new float[width];
        (first[0], first[1], second[1], second[2]) = (1, 0.5f, 2, 1);
        CompiledTruth skewed = compiled.Truth with
        {
            Variables = [tokens with { Directions = [first, second] }, .. compiled.Truth.Variables.Skip(1)],
        };
        using var other = new CompiledProgram(compiled.Program, compiled.Options, compiled.Model, skewed);
        using var source = Tensor.Zeros(new Shape(1, 3, width));
        using Run before = compiled.Model.Run(compiled.Batch([["a", "b"]]), new RunOptions { Capture = Capture.Of(tokens.Hook) });
        before[tokens.Hook].AsSpan().CopyTo(source.AsSpan());
        for (int d = 0; d < width; d++)
        {
            source.Row(1)[d] += (3 * first[d]) - (2 * second[d]);
        }

        source.Row(2)[width - 1] += 5; // outside of the variable's directions
        using Model changed = compiled.Model.With(other.Interchange("tokens", source));
        using Run run = changed.Run(compiled.Batch([["a", "b"]]), new RunOptions { Capture = Capture.Of(tokens.Hook) });

        for (int d = 0; d < width; d++)
        {
            Assert.Equal(source.Row(1)[d], run[tokens.Hook].Row(1)[d], 1e-5);
            Assert.Equal(before[tokens.Hook].Row(2)[d], run[tokens.Hook].Row(2)[d], 1e-5);
        }
    }
}
