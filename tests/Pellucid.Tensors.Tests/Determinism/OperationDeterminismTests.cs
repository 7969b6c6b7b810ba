using Pellucid.Tensors.Tests.Gradients;

namespace Pellucid.Tensors.Tests.Determinism;

public sealed class OperationDeterminismTests
{
    private static readonly IReadOnlyList<OperationCase> Large = OperationTable.Large();

    public static TheoryData<int, InstructionSet> Cases
    {
        get
        {
            TheoryData<int, InstructionSet> cases = [];
            foreach (InstructionSet set in Processor.Supported)
            {
                for (int i = 0; i < Large.Count; i++)
                {
                    cases.Add(i, set);
                }
            }

            return cases;
        }
    }

    [Fact]
    public void Large_EveryOperationOfTheTable_IsThere() =>
        Assert.Equal(OperationTable.WithImages.Select(one => one.Method).ToHashSet(), [.. Large.Select(one => one.Method)]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void ForwardAndBackward_OneTwoAndThreeThreads_HaveTheSameBits(int index, InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        OperationCase one = Large[index];
        float[][] operands = [.. one.Shapes.Select((shape, operand) => Values(index + operand, Numbers.Count(shape), one.Low, one.High))];
        Threads.AssertSameBits($"{one}", () =>
        {
            using Tape tape = new();
            using Ops ops = new(tape);
            Tensor[] watched = [.. operands.Select((values, operand) => ops.Watch(ops.Own(Tensor.From(values, new Shape(one.Shapes[operand])))))];
            Tensor result = one.Run(ops, watched);
            using Tensor seed = Tensor.From(Values(index, (int)result.Count, -1, 1), result.Shape);
            using Tensors.Gradients gradients = tape.Backward(result, seed);
            return [result.ToArray(), .. watched.Select(operand => gradients.Contains(operand) ? gradients[operand].ToArray() : null)];
        });
    }

    private static float[] Values(int seed, int count, double low, double high)
    {
        Random random = new(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (float)(low + (random.NextDouble() * (high - low)));
        }

        return values;
    }
}
