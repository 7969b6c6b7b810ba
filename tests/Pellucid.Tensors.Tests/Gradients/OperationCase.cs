namespace Pellucid.Tensors.Tests.Gradients;

/// <summary>One operation on operands of given shapes, and what it computes, in double and as plain as it can be written.</summary>
/// <param name="Name">Of the operation and of its golden numbers.</param>
/// <param name="Method">The method of <see cref="Ops"/> that it is about, with its number of parameters: <c>Scale(2)</c>.</param>
/// <param name="Shapes">Of the operands.</param>
/// <param name="Run">The operation.</param>
/// <param name="Reference">The same from the operands' values to the result's.</param>
internal sealed record OperationCase(
    string Name, string Method, int[][] Shapes, Func<Ops, Tensor[], Tensor> Run, Func<double[][], double[]> Reference)
{
    /// <summary>Lower end of the operands' values.</summary>
    internal double Low { get; init; } = -2;

    /// <summary>Upper end of the operands' values.</summary>
    internal double High { get; init; } = 2;

    /// <summary>The gradients, where they are not the derivative of the reference but an estimate that is asked for in its place.</summary>
    internal Func<double[][], double[], double[][]>? Estimate { get; init; }

    /// <summary>Operands that no gradient reaches.</summary>
    internal int[] Constants { get; init; } = [];

    public override string ToString() => $"{Name} {string.Join(' ', Shapes.Select(shape => $"[{string.Join(',', shape)}]"))}";

    /// <summary>Values for the operands, between the bounds.</summary>
    internal double[][] Generate(int seed)
    {
        Random random = new(seed);
        return [.. Shapes.Select(shape => Numbers.Generate(random, Numbers.Count(shape), Low, High))];
    }

    /// <summary>The gradients of Σ seed · result, by central differences in double or by the estimate.</summary>
    internal double[][] Gradients(double[][] operands, double[] seed)
    {
        const double Step = 1e-5;
        if (Estimate is not null)
        {
            return Estimate(operands, seed);
        }

        double[][] gradients = [.. operands.Select(operand => new double[operand.Length])];
        for (int operand = 0; operand < operands.Length; operand++)
        {
            for (int index = 0; index < operands[operand].Length; index++)
            {
                double value = operands[operand][index];
                operands[operand][index] = value + Step;
                double above = Numbers.Dot(Reference(operands), seed);
                operands[operand][index] = value - Step;
                double below = Numbers.Dot(Reference(operands), seed);
                operands[operand][index] = value;
                gradients[operand][index] = (above - below) / (2 * Step);
            }
        }

        return gradients;
    }
}
