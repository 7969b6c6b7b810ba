using System.Text.Json;

namespace Pellucid.Tensors.Tests.Operations;

/// <summary>PyTorch's numbers from goldens/convolution, and the operands that they were made from.</summary>
internal static class ConvolutionGoldens
{
    private static readonly JsonDocument Document =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "goldens", "convolution", "numbers.json")));

    internal static JsonElement Root => Document.RootElement;

    /// <summary>The script's <c>values</c>.</summary>
    internal static Tensor Values(int seed, double scale, params ReadOnlySpan<int> sizes)
    {
        Tensor tensor = Tensor.Empty(new Shape(sizes));
        Span<float> values = tensor.AsSpan();
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)((float)((((((long)i * 7919) + (seed * 104729L)) % 2003) / 1001.0) - 1) * scale);
        }

        return tensor;
    }

    internal static int[] Ints(this JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(value => value.GetInt32())];

    internal static Size2D Size(this JsonElement element, string name) => new(element.Ints(name)[0], element.Ints(name)[1]);

    /// <summary>
    /// Every value within 2e-5 of what PyTorch computed in double, or 1e-5 of it: sums of at most some hundred products around one, in single
    /// precision.
    /// </summary>
    internal static void AssertClose(JsonElement expected, Tensor actual, string what)
    {
        double[] wanted = [.. expected.EnumerateArray().Select(value => value.GetDouble())];
        float[] got = actual.ToArray();
        Assert.Equal(wanted.Length, got.Length);
        for (int i = 0; i < wanted.Length; i++)
        {
            double off = Math.Abs(got[i] - wanted[i]);
            Assert.True(off <= 2e-5 + (Math.Abs(wanted[i]) * 1e-5), $"{what}[{i}]: {got[i]}, PyTorch has {wanted[i]}");
        }
    }

    /// <summary>Runs one operation on a tape and compares its result and every gradient.</summary>
    internal static void Check(JsonElement golden, Func<Ops, Tensor[], Tensor> operation, params (string Name, Tensor Operand)[] operands)
    {
        using Tape tape = new();
        using Ops ops = new(tape);
        Tensor[] watched = [.. operands.Select(operand => ops.Watch(ops.Own(operand.Operand)))];
        Tensor result = operation(ops, watched);
        Assert.Equal(golden.Ints("shape"), result.Shape.Sizes.ToArray());
        AssertClose(golden.GetProperty("output"), result, "output");
        using Tensor seed = Values(99, 1, golden.Ints("shape"));
        using Tensors.Gradients gradients = tape.Backward(result, seed);
        for (int i = 0; i < operands.Length; i++)
        {
            AssertClose(golden.GetProperty("gradients").GetProperty(operands[i].Name), gradients[watched[i]], $"gradient of {operands[i].Name}");
        }
    }
}
