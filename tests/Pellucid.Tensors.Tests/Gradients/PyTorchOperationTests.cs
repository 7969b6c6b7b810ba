using System.Text.Json;

namespace Pellucid.Tensors.Tests.Gradients;

public sealed class PyTorchOperationTests
{
    private static readonly JsonElement Cases = GoldenJson.Open("operations", "operations.json").GetProperty("cases");

    public static TheoryData<string> Names => [.. OperationTable.All.Select(one => one.Name).Distinct()];

    /// <summary>Both sides compute in single precision, so their roundings add: 1e-5 of the largest value.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Gradient_EveryOperation_IsThatOfPyTorch(string name)
    {
        Assert.True(Cases.TryGetProperty(name, out JsonElement golden), $"{name} is not in goldens/operations/make.py. Add it there, and run that.");
        int[][] shapes = [.. golden.GetProperty("shapes").EnumerateArray().Select(shape => Array.ConvertAll(shape.Doubles(), size => (int)size))];
        OperationCase one = OperationTable.All.First(one => one.Name == name && one.Shapes.Zip(shapes, Enumerable.SequenceEqual).All(equal => equal));
        using Tape tape = new();
        using Ops ops = new(tape);
        Tensor[] operands = [.. golden.GetProperty("operands").EnumerateArray().Select((values, i) =>
            ops.Watch(ops.Own(Tensor.From(values.Floats(), new Shape(shapes[i])))))];
        Tensor result = one.Run(ops, operands);
        using Tensor seed = Tensor.From(golden.GetProperty("seed").Floats(), result.Shape);
        using Tensors.Gradients gradients = tape.Backward(result, seed);
        Numbers.AssertClose(golden.GetProperty("result").Doubles(), result.ToArray(), 1e-5, $"{one} forward");
        foreach ((JsonElement expected, Tensor operand) in golden.GetProperty("gradients").EnumerateArray().Zip(operands))
        {
            Assert.Equal(expected.ValueKind != JsonValueKind.Null, gradients.Contains(operand));
            if (gradients.Contains(operand))
            {
                Numbers.AssertClose(expected.Doubles(), gradients[operand].ToArray(), 1e-5, $"{one} gradient");
            }
        }
    }
}
