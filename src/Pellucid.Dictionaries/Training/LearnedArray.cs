// Adam: Kingma and Ba 2015, arXiv:1412.6980.
//   m ← β1 m + (1 − β1) g,   v ← β2 v + (1 − β2) g²,   θ ← θ − rate · (m / (1 − β1^t)) / (√(v / (1 − β2^t)) + ε)
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Pellucid.Tensors;

namespace Pellucid.Dictionaries.Training;

/// <summary>An array that is learned: its value, its gradient and Adam's moments, all of one shape. Owns them.</summary>
internal sealed class LearnedArray : IDisposable
{
    internal LearnedArray(string name, Tensor value)
    {
        (Name, Value) = (name, value);
        (Gradient, First, Second) = (Tensor.Zeros(value.Shape), Tensor.Zeros(value.Shape), Tensor.Zeros(value.Shape));
    }

    internal string Name { get; }

    internal Tensor Value { get; }

    internal Tensor Gradient { get; }

    internal Tensor First { get; }

    internal Tensor Second { get; }

    public void Dispose()
    {
        Value.Dispose();
        Gradient.Dispose();
        First.Dispose();
        Second.Dispose();
    }

    /// <summary>One update of the values from <paramref name="start"/> to <paramref name="end"/> − 1.</summary>
    /// <param name="adam">Factors of this step.</param>
    /// <param name="start">First value.</param>
    /// <param name="end">After the last value.</param>
    internal void Update(AdamFactors adam, int start, int end)
    {
        Span<float> values = Value.AsSpan()[start..end], firsts = First.AsSpan()[start..end], seconds = Second.AsSpan()[start..end];
        Span<float> gradients = Gradient.AsSpan()[start..end];
        ref float value = ref MemoryMarshal.GetReference(values), first = ref MemoryMarshal.GetReference(firsts);
        ref float second = ref MemoryMarshal.GetReference(seconds), gradient = ref MemoryMarshal.GetReference(gradients);
        Vector512<float> beta1 = Vector512.Create(adam.Beta1), beta2 = Vector512.Create(adam.Beta2), clip = Vector512.Create(adam.Clip);
        Vector512<float> rate = Vector512.Create(-adam.Rate), scale = Vector512.Create(adam.SecondScale), epsilon = Vector512.Create(adam.Epsilon);
        nuint i = 0, count = (nuint)values.Length;
        for (; i + 16 <= count; i += 16)
        {
            Vector512<float> g = Vector512.LoadUnsafe(ref gradient, i) * clip;
            Vector512<float> m = Vector512.LoadUnsafe(ref first, i), v = Vector512.LoadUnsafe(ref second, i);
            m = Vector512.FusedMultiplyAdd(beta1, m - g, g);
            v = Vector512.FusedMultiplyAdd(beta2, v - (g * g), g * g);
            m.StoreUnsafe(ref first, i);
            v.StoreUnsafe(ref second, i);
            Vector512<float> divisor = Vector512.Sqrt(v * scale) + epsilon;
            Vector512.FusedMultiplyAdd(rate, m / divisor, Vector512.LoadUnsafe(ref value, i)).StoreUnsafe(ref value, i);
        }

        for (int j = (int)i; j < values.Length; j++)
        {
            float g = gradients[j] * adam.Clip;
            firsts[j] = MathF.FusedMultiplyAdd(adam.Beta1, firsts[j] - g, g);
            seconds[j] = MathF.FusedMultiplyAdd(adam.Beta2, seconds[j] - (g * g), g * g);
            float divisor = MathF.Sqrt(seconds[j] * adam.SecondScale) + adam.Epsilon;
            values[j] = MathF.FusedMultiplyAdd(-adam.Rate, firsts[j] / divisor, values[j]);
        }
    }
}
