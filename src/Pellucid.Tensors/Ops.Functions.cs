using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors;

public sealed unsafe partial class Ops
{
    private delegate void UnaryKernel(float* x, float* y, long length);

    private delegate void GradientKernel(float* kept, float* dy, float* dx, long length);

    /// <summary>x × factor.</summary>
    public Tensor Scale(Tensor x, float factor)
    {
        Tensor result = Map(x, factor, static (from, factor, to, length) => Elementwise.Scale(from, factor, to, length));
        return Record(result, factor, static (in step) => step.Give(0, step.Ops.Scale(step.Gradient, step.State)), [NodeOf(x)]);
    }

    /// <summary>x + addend.</summary>
    public Tensor AddScalar(Tensor x, float addend)
    {
        Tensor result = Map(x, addend, static (from, addend, to, length) => Elementwise.AddScalar(from, addend, to, length));
        return Record(result, 0, static (in step) => step.Give(0, step.Gradient), [NodeOf(x)]);
    }

    /// <summary>max(x, 0); its derivative at 0 is 0.</summary>
    public Tensor Relu(Tensor x) => FromResult(x, Elementwise.Relu, Elementwise.ReluGradient);

    /// <summary>x · Φ(x) (Hendrycks and Gimpel 2016, arXiv:1606.08415).</summary>
    public Tensor Gelu(Tensor x) => FromOperand(x, Elementwise.Gelu, Elementwise.GeluGradient);

    /// <summary>The approximation of <see cref="Gelu"/> by tanh.</summary>
    public Tensor GeluTanh(Tensor x) => FromOperand(x, Elementwise.GeluTanh, Elementwise.GeluTanhGradient);

    /// <summary>x / (1 + e^−x).</summary>
    public Tensor Silu(Tensor x) => FromOperand(x, Elementwise.Silu, Elementwise.SiluGradient);

    /// <summary>1 / (1 + e^−x).</summary>
    public Tensor Sigmoid(Tensor x) => FromResult(x, Elementwise.Sigmoid, Elementwise.SigmoidGradient);

    /// <summary>tanh x.</summary>
    public Tensor Tanh(Tensor x) => FromResult(x, Elementwise.Tanh, Elementwise.TanhGradient);

    /// <summary>e^x.</summary>
    public Tensor Exp(Tensor x) => FromResult(x, Elementwise.Exp, Elementwise.ExpGradient);

    /// <summary>The natural logarithm.</summary>
    public Tensor Log(Tensor x) => FromOperand(x, Elementwise.Log, Elementwise.LogGradient);

    /// <summary>√x.</summary>
    public Tensor Sqrt(Tensor x) => FromResult(x, Elementwise.Sqrt, Elementwise.SqrtGradient);

    /// <summary>x².</summary>
    public Tensor Square(Tensor x) => FromOperand(x, Elementwise.Square, Elementwise.SquareGradient);

    /// <summary>|x|; its derivative at 0 is 0.</summary>
    public Tensor Abs(Tensor x) => FromOperand(x, Elementwise.Abs, Elementwise.AbsGradient);

    /// <summary>x, or the bound that it lies beyond; the derivative is 1 from bound to bound and 0 beyond.</summary>
    /// <param name="x">Any array.</param>
    /// <param name="low">The lower bound.</param>
    /// <param name="high">The upper bound; not below the lower.</param>
    /// <exception cref="PellucidException">The bounds are the wrong way round.</exception>
    public Tensor Clamp(Tensor x, float low, float high)
    {
        if (!(low <= high))
        {
            throw new PellucidException($"Clamp: the bounds are {low} and {high}; the lower has to come first.");
        }

        Tensor result = Map(x, (low, high), static (from, bounds, to, length) => Elementwise.Clamp(from, bounds.low, bounds.high, to, length));
        return Record(
            result, (low, high),
            static (in step) => Differentiate(step, static (kept, bounds, dy, dx, length) =>
                Elementwise.ClampGradient(kept, bounds.low, bounds.high, dy, dx, length)),
            [NodeOf(x)], [x]);
    }

    /// <summary>cap · tanh(x / cap), which stays within ±cap (Gemma Team 2024, arXiv:2408.00118).</summary>
    /// <param name="x">Any array.</param>
    /// <param name="cap">Above 0.</param>
    /// <exception cref="PellucidException">The cap is not above 0.</exception>
    public Tensor SoftCap(Tensor x, float cap)
    {
        if (!(cap > 0))
        {
            throw new PellucidException($"SoftCap: the cap is {cap}; it has to be above 0.");
        }

        Tensor result = Map(x, cap, static (from, cap, to, length) => Elementwise.SoftCap(from, cap, to, length));
        return Record(
            result, cap,
            static (in step) => Differentiate(step, static (kept, cap, dy, dx, length) => Elementwise.SoftCapGradient(kept, cap, dy, dx, length)),
            [NodeOf(x)], [result]);
    }

    /// <summary>A function whose derivative is made from its operand.</summary>
    private Tensor FromOperand(Tensor x, UnaryKernel kernel, GradientKernel gradient) =>
        Record(Map(x, kernel), gradient, UnaryRule, [NodeOf(x)], [x]);

    /// <summary>A function whose derivative is made from its result, which the operations that follow keep as a rule.</summary>
    private Tensor FromResult(Tensor x, UnaryKernel kernel, GradientKernel gradient)
    {
        Tensor result = Map(x, kernel);
        return Record(result, gradient, UnaryRule, [NodeOf(x)], [result]);
    }

    private static void UnaryRule(in BackwardStep<GradientKernel> step) =>
        Differentiate(step, static (kept, kernel, dy, dx, length) => kernel(kept, dy, dx, length));

    private static void Differentiate<TState>(in BackwardStep<TState> step, ConstantGradientKernel<TState> kernel)
    {
        using Operand kept = Plain(step.Saved(0)), gradient = Plain(step.Gradient);
        Tensor part = step.Ops.New(step.Gradient.Shape);
        kernel(kept.Pointer, step.State, gradient.Pointer, part.Pointer, part.Count);
        step.Give(0, part);
    }

    private Tensor Map(Tensor x, UnaryKernel kernel) => Map(x, kernel, static (from, kernel, to, length) => kernel(from, to, length));

    private Tensor Map<TState>(Tensor x, TState state, ConstantKernel<TState> kernel)
    {
        using Operand plain = Plain(x);
        Tensor result = New(x.Shape);
        kernel(plain.Pointer, state, result.Pointer, x.Count);
        return result;
    }

    private delegate void ConstantKernel<in TState>(float* x, TState state, float* y, long length);

    private delegate void ConstantGradientKernel<in TState>(float* kept, TState state, float* dy, float* dx, long length);
}
