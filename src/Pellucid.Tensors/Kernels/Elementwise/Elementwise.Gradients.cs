namespace Pellucid.Tensors.Kernels;

/// <summary>
/// The gradients: dx = dy · f'(x), from x or from y = f(x), whichever the parameter's name says. dx may be any operand.
/// </summary>
internal static unsafe partial class Elementwise
{
    /// <summary>dx = dy · y, for y = e^x.</summary>
    internal static void ExpGradient(float* y, float* dy, float* dx, long length) => Multiply(dy, y, dx, length);

    /// <summary>dx = dy · y (1 - y), for y = sigmoid(x).</summary>
    internal static void SigmoidGradient(float* y, float* dy, float* dx, long length) =>
        Binary<SigmoidGradient>(default, dy, y, dx, length);

    /// <summary>dx = dy · (1 - y²), for y = tanh(x).</summary>
    internal static void TanhGradient(float* y, float* dy, float* dx, long length) => Binary(new TanhGradient(1), dy, y, dx, length);

    /// <summary>dx = dy · (1 - (y / c)²), for y = c · tanh(x / c).</summary>
    internal static void SoftCapGradient(float* y, float cap, float* dy, float* dx, long length) =>
        Binary(new TanhGradient(cap), dy, y, dx, length);

    /// <summary>dx = dy / x, for y = log x.</summary>
    internal static void LogGradient(float* x, float* dy, float* dx, long length) => Divide(dy, x, dx, length);

    /// <summary>dx = dy / 2y, for y = √x.</summary>
    internal static void SqrtGradient(float* y, float* dy, float* dx, long length) => Binary<SqrtGradient>(default, dy, y, dx, length);

    /// <summary>dx = 2 x · dy.</summary>
    internal static void SquareGradient(float* x, float* dy, float* dx, long length) =>
        Binary<SquareGradient>(default, dy, x, dx, length);

    /// <summary>dx = sign(x) · dy.</summary>
    internal static void AbsGradient(float* x, float* dy, float* dx, long length) => Binary<AbsGradient>(default, dy, x, dx, length);

    /// <summary>dx = dy where low ≤ x ≤ high, else 0.</summary>
    internal static void ClampGradient(float* x, float low, float high, float* dy, float* dx, long length) =>
        Binary(new ClampGradient(low, high), dy, x, dx, length);

    /// <summary>dx = dy where x is above 0, else 0; y serves as well as x.</summary>
    internal static void ReluGradient(float* x, float* dy, float* dx, long length) =>
        Binary<ActivationGradient<ReluActivation>>(default, dy, x, dx, length);

    /// <summary>dx = dy · silu'(x).</summary>
    internal static void SiluGradient(float* x, float* dy, float* dx, long length) =>
        Binary<ActivationGradient<SiluActivation>>(default, dy, x, dx, length, CostOfExp);

    /// <summary>dx = dy · gelu'(x), with the exact GELU.</summary>
    internal static void GeluGradient(float* x, float* dy, float* dx, long length) =>
        Binary<ActivationGradient<GeluActivation>>(default, dy, x, dx, length, CostOfExp);

    /// <summary>dx = dy · gelu'(x), with the tanh approximation of GELU.</summary>
    internal static void GeluTanhGradient(float* x, float* dy, float* dx, long length) =>
        Binary<ActivationGradient<GeluTanhActivation>>(default, dy, x, dx, length, CostOfExp);

    /// <summary>dGate = dy · up · silu'(gate), dUp = dy · silu(gate).</summary>
    internal static void SwiGluGradient(float* gate, float* up, float* dy, float* dGate, float* dUp, long length) =>
        Gated<SiluActivation>(gate, up, dy, dGate, dUp, length);

    /// <summary>dGate = dy · up · gelu'(gate), dUp = dy · gelu(gate), with the exact GELU.</summary>
    internal static void GeGluGradient(float* gate, float* up, float* dy, float* dGate, float* dUp, long length) =>
        Gated<GeluActivation>(gate, up, dy, dGate, dUp, length);

    /// <summary>dGate = dy · up · gelu'(gate), dUp = dy · gelu(gate), with the tanh approximation of GELU.</summary>
    internal static void GeGluTanhGradient(float* gate, float* up, float* dy, float* dGate, float* dUp, long length) =>
        Gated<GeluTanhActivation>(gate, up, dy, dGate, dUp, length);

    private static void Gated<TActivation>(float* gate, float* up, float* dy, float* dGate, float* dUp, long length)
        where TActivation : struct, IActivation =>
        Dispatch.Run(new GatedGradientKernel<TActivation>(gate, up, dy, dGate, dUp), length, Dispatch.Grain / CostOfExp);
}
