using System.Reflection;

namespace Pellucid.Tensors.Tests.Gradients;

public sealed class OperationTests
{
    /// <summary>Some tens of roundings of single precision (6e-8 each) in a forward pass and its derivative, of values up to e⁴.</summary>
    private const double Tolerance = 5e-6;

    /// <summary>What makes, holds or marks arrays, and what has no derivative and says so.</summary>
    private static readonly string[] WithoutDerivative = ["Zeros", "Integers", "Watch", "Freeze", "IsRecorded", "Recompute", "Custom", "Own", "ArgMax"];

    /// <summary>Operations on a packed matrix, which is no array and so no operand of the table: their derivatives are in <see cref="TiedMatrixTests"/>.</summary>
    private static readonly string[] OfMatrices = ["GatherOutputs"];

    public static TheoryData<int, InstructionSet> Cases
    {
        get
        {
            TheoryData<int, InstructionSet> cases = [];
            foreach (InstructionSet set in Processor.Supported)
            {
                for (int i = 0; i < OperationTable.WithImages.Count; i++)
                {
                    cases.Add(i, set);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradient_EveryOperation_IsThatOfFiniteDifferences(int index, InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        OperationCase one = OperationTable.WithImages[index];
        double[][] operands = one.Generate(index);
        double[] result = one.Reference(operands), seed = Numbers.Generate(new Random(index + 1), result.Length, -1, 1);
        (float[] forward, float[]?[] together) = Differentiate(one, operands, seed, _ => true);
        Numbers.AssertClose(result, forward, Tolerance, $"{one} forward");
        double[][] expected = one.Gradients(operands, seed);
        for (int i = 0; i < operands.Length; i++)
        {
            if (one.Constants.Contains(i))
            {
                Assert.Null(together[i]);
                continue;
            }

            Numbers.AssertClose(expected[i], together[i], Tolerance, $"{one} gradient of operand {i}");
            float[]?[] alone = Differentiate(one, operands, seed, operand => operand == i).Gradients;
            Assert.Equal(together[i], alone[i]); // and not one of the others is there
            Assert.All(alone.Where((_, operand) => operand != i), Assert.Null);
        }
    }

    public static TheoryData<int> Largest => [.. Enumerable.Range(0, OperationTable.All.Count).Where(index =>
        OperationTable.All[index].Shapes.Any(shape => Numbers.Count(shape) > 20) && OperationTable.All[index].Method != "Reshape(2)")];

    /// <summary>The axes in memory the other way round, as a transpose leaves them: values, not memory, are what counts.</summary>
    [Theory]
    [MemberData(nameof(Largest))]
    public void Gradient_OperandsWithGapsBetweenValues_HasTheSameBits(int index)
    {
        OperationCase one = OperationTable.All[index];
        double[][] operands = one.Generate(index);
        double[] seed = Numbers.Generate(new Random(index), one.Reference(operands).Length, -1, 1);
        (float[] result, float[]?[] gradients) = Differentiate(one, operands, seed, _ => true);
        (float[] turned, float[]?[] again) = Differentiate(one, operands, seed, _ => true, Turned);
        Assert.Equal(result, turned);
        Assert.Equal(gradients, again);
    }

    /// <summary>Operands that were stored in half a float's bits come back with gradients in floats.</summary>
    [Fact]
    public void Gradient_OperandStoredAsBFloat16_IsF32()
    {
        using Tape tape = new();
        using Ops ops = new(tape);
        using Tensor values = Tensor.From(1, 2), stored = values.To(DType.BF16);
        Tensor x = ops.Watch(stored);
        using Tensors.Gradients gradients = tape.Backward(ops.Sum(ops.Multiply(ops.Square(x), x)));
        Assert.Equal(DType.F32, gradients[x].DType);
        Assert.Equal([3, 12], gradients[x].ToArray());
    }

    [Fact]
    public void Table_EveryPublicOperation_IsListed()
    {
        HashSet<string> listed = [.. OperationTable.WithImages.Select(one => one.Method)];
        foreach (MethodInfo method in typeof(Ops).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        {
            if (method.ReturnType == typeof(void) || WithoutDerivative.Contains(method.Name) || OfMatrices.Contains(method.Name))
            {
                continue;
            }

            ParameterInfo[] parameters = method.GetParameters();
            string[] names = [$"{method.Name}({parameters.Length})", $"{method.Name}({string.Join(',', parameters.Select(parameter => parameter.ParameterType.Name))})"];
            Assert.True(
                names.Any(listed.Contains),
                $"{names[0]} has no line in OperationTable, so nothing tests its derivative. Add one, or name it among those that have none.");
        }
    }

    private static (float[] Result, float[]?[] Gradients) Differentiate(OperationCase one, double[][] values, double[] seed, Func<int, bool> watched, Func<Ops, Tensor, Tensor>? form = null)
    {
        using Tape tape = new();
        using Ops ops = new(tape);
        Tensor[] operands =
            [.. values.Select((operand, i) => ops.Own(Tensor.From([.. operand.Select(value => (float)value)], new Shape(one.Shapes[i]))))];
        for (int i = 0; i < operands.Length; i++)
        {
            operands[i] = form is null ? operands[i] : form(ops, operands[i]);
            operands[i] = watched(i) ? ops.Watch(operands[i]) : operands[i];
        }

        Tensor result = one.Run(ops, operands);
        using Tensor weights = Tensor.From([.. seed.Select(value => (float)value)], result.Shape);
        using Tensors.Gradients gradients = tape.Backward(result, weights);
        return (result.ToArray(), [.. operands.Select(operand => gradients.Contains(operand) ? gradients[operand].ToArray() : null)]);
    }

    private static Tensor Turned(Ops ops, Tensor x)
    {
        int[] reversed = [.. Enumerable.Range(0, x.Shape.Rank).Reverse()];
        using Tensor view = x.Transpose(reversed), copy = view.Copy();
        return ops.Own(copy.Transpose(reversed));
    }
}
