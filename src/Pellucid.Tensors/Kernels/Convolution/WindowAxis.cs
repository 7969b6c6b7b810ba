namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Where windows lie along one axis: window i covers the source's values i · Step + First + t · TapStep for t from 0 to Taps − 1. Both a
/// convolution and its gradient to the input, which gathers the windows that a value took part in, have this form.
/// </summary>
internal readonly record struct WindowAxis(int Count, int Step, int First, int Taps, int TapStep)
{
    /// <summary>The last value that the windows from 0 to <paramref name="count"/> − 1 touch.</summary>
    internal int Last(int count) => ((count - 1) * Step) + First + ((Taps - 1) * TapStep);

    /// <summary>The taps of a window that lie in a source of the given size: from Start up to, not including, End.</summary>
    internal (int Start, int End) Inside(int window, int size)
    {
        int first = (window * Step) + First;
        int start = first >= 0 ? 0 : (-first + TapStep - 1) / TapStep;
        int end = first >= size ? 0 : Math.Min(Taps, ((size - 1 - first) / TapStep) + 1);
        return (start, Math.Max(start, end));
    }

    /// <summary>The windows of the convolution itself.</summary>
    internal static WindowAxis Forward(int count, int kernel, int stride, int dilation, int padding) =>
        new(count, stride, -padding, kernel, dilation);

    /// <summary>
    /// The input's values of one phase, y = stride · i + phase, gather from the outputs (y + padding − k · dilation) / stride for each k
    /// that divides, which is every stride / gcd-th k from some first one on, or none. Larger k lie at earlier outputs, so taps run from
    /// the last k down.
    /// </summary>
    internal static BackwardAxis Backward(int size, int kernel, int stride, int dilation, int padding, int phase)
    {
        int common = (int)System.Numerics.BigInteger.GreatestCommonDivisor(dilation, stride);
        int kernelStep = stride / common;
        int count = size <= phase ? 0 : ((size - phase - 1) / stride) + 1;
        int first = 0;
        while (first < Math.Min(kernel, kernelStep) && (phase + padding - ((long)first * dilation)) % stride != 0)
        {
            first++;
        }

        if (first >= Math.Min(kernel, kernelStep))
        {
            return new(new(count, 1, 0, 0, 1), 0, kernelStep);
        }

        int taps = ((kernel - 1 - first) / kernelStep) + 1;
        int last = first + ((taps - 1) * kernelStep);
        int offset = (int)((phase + padding - ((long)last * dilation)) / stride);
        return new(new(count, 1, offset, taps, dilation / common), last, kernelStep);
    }
}
