namespace Pellucid.Tensors.Tests.Gradients;

public sealed class LiveRowsTests
{
    private const int Inputs = 37;
    private const int Outputs = 53;

    [Theory]
    [InlineData(40, 0)]
    [InlineData(40, 1)]
    [InlineData(41, 20)]
    [InlineData(41, 21)]
    [InlineData(1, 1)]
    [InlineData(1, 0)]
    public void Linear_GradientWithRowsOfZeros_IsThatOfTheOtherRows(int rows, int live)
    {
        SeededRandom random = new(rows, live);
        float[] values = [.. Enumerable.Range(0, Inputs * Outputs).Select(_ => (float)random.NextNormal())];
        using PackedMatrix weight = PackedMatrix.Pack(values, Inputs, Outputs, outputsByInputs: false);
        using Tensor x = Random(rows, Inputs), seed = Random(rows, Outputs);
        using Tensor sparse = seed.Copy();
        int step = live == 0 ? rows + 1 : rows / live;
        bool[] lives = [.. Enumerable.Range(0, rows).Select(row => live > 0 && row % step == step - 1 && row / step < live)];
        Assert.Equal(live, lives.Count(alive => alive));
        for (int row = 0; row < rows; row++)
        {
            if (!lives[row])
            {
                sparse.Row(row).Clear();
            }
        }

        (float[] dense, _) = Gradients(seed);
        (float[] dx, float[] dw) = Gradients(sparse);
        for (int row = 0; row < rows; row++)
        {
            Assert.Equal(lives[row] ? dense[(row * Inputs)..((row + 1) * Inputs)] : new float[Inputs], dx[(row * Inputs)..((row + 1) * Inputs)]);
        }

        for (int input = 0; input < Inputs; input++)
        {
            for (int output = 0; output < Outputs; output++)
            {
                double expected = Enumerable.Range(0, rows).Sum(row => (double)x[row, input] * sparse[row, output]);
                Assert.Equal(expected, dw[(input * Outputs) + output], 1e-5); // 40 products of numbers about 1, each rounded to 6e-8
            }
        }

        (float[] X, float[] Weight) Gradients(Tensor weights)
        {
            using Tape tape = new();
            using Ops ops = new(tape);
            Tensor watched = ops.Watch(x);
            tape.Watch(weight);
            using Tensors.Gradients found = tape.Backward(ops.Linear(watched, weight), weights);
            return (found[watched].ToArray(), found[weight].ToArray());
        }

        Tensor Random(int count, int width) => Tensor.From([.. Enumerable.Range(0, count * width).Select(_ => (float)random.NextNormal())], new Shape(count, width));
    }
}
