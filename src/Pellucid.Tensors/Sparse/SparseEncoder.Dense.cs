using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors.Sparse;

public sealed unsafe partial class SparseEncoder
{
    private const int SampledRows = 32;

    /// <summary>
    /// The share of the latents that are above 0, measured on 32 rows spread evenly over the batch: what decides between <see cref="Above"/>
    /// and <see cref="Rectify"/>. It depends on the batch alone.
    /// </summary>
    /// <param name="x">[rows, width].</param>
    /// <returns>0 to 1; 0 where there are no rows.</returns>
    /// <exception cref="ShapeException">x is not of the width.</exception>
    public double ActiveShare(Tensor x)
    {
        RequireInput("ActiveShare", x);
        int rows = Math.Min(SampledRows, x.Shape[0]);
        if (rows == 0 || Latents == 0)
        {
            return 0;
        }

        EncoderArguments arguments = Arguments(x);
        arguments.Stride = (nint)(x.Shape[0] / rows) * Width;
        arguments.Rows = rows;
        EncoderCut cut = new(rows, Width, Latents);
        long* counts = stackalloc long[cut.Parts];
        EncoderKernel<CountSink>.Run(arguments, cut, new CountSink(counts));
        long active = 0;
        for (int part = 0; part < cut.Parts; part++)
        {
            active += counts[part];
        }

        GC.KeepAlive(x);
        GC.KeepAlive(_source);
        return (double)active / rows / Latents;
    }

    /// <summary>All latents under ReLU, dense.</summary>
    /// <param name="x">[rows, width].</param>
    /// <param name="panels">Filled.</param>
    /// <exception cref="ShapeException">x is not of the width, or the encoder holds some of the latents only.</exception>
    public void Rectify(Tensor x, LatentPanels panels)
    {
        RequireInput("Rectify", x);
        if (_named)
        {
            throw new ShapeException($"Rectify: the encoder holds {Latents} of {AllLatents} latents; all of them were expected.");
        }

        panels.Reserve(x.Shape[0], Latents);
        EncoderCut cut = new(x.Shape[0], Width, Latents);
        double* sums = stackalloc double[cut.Parts];
        long* counts = stackalloc long[cut.Parts];
        EncoderKernel<RectifiedSink>.Run(Arguments(x), cut, new RectifiedSink(panels.Pointer, panels.Rows, sums, counts));
        (panels.Sum, panels.Count) = (0, 0);
        for (int part = 0; part < cut.Parts && panels.Rows > 0; part++)
        {
            panels.Sum += sums[part];
            panels.Count += counts[part];
        }

        GC.KeepAlive(x);
        GC.KeepAlive(panels);
        GC.KeepAlive(_source);
    }
}
