// Blocks whose inside is computed once more on the way back: Chen et al. 2016, arXiv:1604.06174.
using Pellucid.Tensors;

namespace Pellucid.Models.Networks;

/// <content>The way to a metric and back.</content>
internal sealed partial class ForwardPass
{
    private bool _goesBack;

    /// <summary>Runs to the metric and back to everything whose gradient was asked for.</summary>
    internal GradientRun Differentiate(GradientRecording recording)
    {
        try
        {
            recording.Begin(_ops, _model);
            Tensor? logits = Compute();
            Tensor value = recording.Evaluate(_ops, logits, _tokens);
            _goesBack = true;
            return recording.Collect(_ops, value, _model, _tokens, _kept);
        }
        catch
        {
            Forget();
            throw;
        }
    }

    private Tensor RecomputedBlock(int layer, Tensor residual)
    {
        Tensor result = _ops.Recompute(residual, (ops, x) =>
        {
            Ops outer = _ops;
            _ops = ops;
            try
            {
                return Block(layer, x);
            }
            finally
            {
                _ops = outer;
            }
        });
        if (result != residual)
        {
            _ops.Release(residual);
        }

        return result;
    }
}
