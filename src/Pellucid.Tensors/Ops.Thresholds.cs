// Straight-through estimators for thresholds: Rajamanoharan et al. 2024, "Jumping Ahead", arXiv:2407.14435, equations 11 and 12.
// With the rectangle K(u) = 1 for |u| < 1/2, else 0: d JumpReLU / dθ = −(θ/ε) K((x − θ)/ε) and d Step / dθ = −(1/ε) K((x − θ)/ε);
// JumpReLU's derivative by x is Step(x, θ), Step's is 0.
using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors;

public sealed unsafe partial class Ops
{
    /// <summary>
    /// x where it is above its threshold, else 0. The threshold's gradient is a straight-through estimate: no derivative has it, for it is 0
    /// wherever there is one.
    /// </summary>
    /// <param name="x">[..., width].</param>
    /// <param name="threshold">[width].</param>
    /// <param name="bandwidth">ε, the width of the stretch around a threshold that counts for its gradient; above 0.</param>
    /// <exception cref="ShapeException">There is not one threshold for each value of a row.</exception>
    /// <exception cref="PellucidException">The bandwidth is not above 0.</exception>
    public Tensor JumpRelu(Tensor x, Tensor threshold, float bandwidth) => Thresholded("JumpRelu", x, threshold, bandwidth, jump: true);

    /// <summary>1 where x is above its threshold, else 0: what an L0 penalty sums. Only the threshold has a gradient, a straight-through estimate.</summary>
    /// <param name="x">[..., width].</param>
    /// <param name="threshold">[width].</param>
    /// <param name="bandwidth">ε, as in <see cref="JumpRelu"/>.</param>
    /// <exception cref="ShapeException">There is not one threshold for each value of a row.</exception>
    /// <exception cref="PellucidException">The bandwidth is not above 0.</exception>
    public Tensor Step(Tensor x, Tensor threshold, float bandwidth) => Thresholded("Step", x, threshold, bandwidth, jump: false);

    private Tensor Thresholded(string name, Tensor x, Tensor threshold, float bandwidth, bool jump)
    {
        Require(x.Shape.Rank > 0 && threshold.Count == x.Shape.Width, name, x, threshold, "a threshold for each value of a row");
        if (!(bandwidth > 0))
        {
            throw new PellucidException($"{name}: the bandwidth is {bandwidth}; it has to be above 0.");
        }

        using Operand plain = Plain(x), bounds = Plain(threshold);
        Tensor result = New(x.Shape);
        Thresholds.Apply(plain.Pointer, bounds.Pointer, result.Pointer, x.Shape.Rows, x.Shape.Width, jump);
        return Record(result, (bandwidth, jump), ThresholdRule, [jump ? NodeOf(x) : null, NodeOf(threshold)], [x, threshold]);
    }

    private static void ThresholdRule(in BackwardStep<(float Bandwidth, bool Jump)> step)
    {
        using Operand x = Plain(step.Saved(0)), bounds = Plain(step.Saved(1));
        Shape shape = step.Gradient.Shape;
        if (step.Wants(0))
        {
            Tensor open = step.Ops.New(shape);
            Thresholds.Apply(x.Pointer, bounds.Pointer, open.Pointer, shape.Rows, shape.Width, jump: false);
            step.Give(0, step.Ops.Multiply(step.Gradient, open));
        }

        if (step.Wants(1))
        {
            Tensor each = step.Ops.New(shape);
            Thresholds.Gradient(
                x.Pointer, bounds.Pointer, step.Gradient.Pointer, each.Pointer, shape.Rows, shape.Width, step.State.Bandwidth, step.State.Jump);
            step.Give(1, step.Ops.Reshape(step.Ops.SumLeading(each, new Shape(shape.Width)), step.ShapeOf(1)));
        }
    }
}
