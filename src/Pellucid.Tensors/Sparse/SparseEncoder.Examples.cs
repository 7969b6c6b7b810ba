using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors.Sparse;

public sealed unsafe partial class SparseEncoder
{
    /// <summary>Encodes with ReLU and keeps each latent's largest values; nothing else of the codes is kept.</summary>
    /// <param name="x">[rows, width].</param>
    /// <param name="firstPosition">Position of the first row; the others follow. It must not be below positions seen before.</param>
    /// <param name="examples">Where they are kept, for as many latents.</param>
    /// <exception cref="ShapeException">x is not of the width, or the number of latents differs, or the encoder holds some of the latents only.</exception>
    public void Keep(Tensor x, long firstPosition, TopExamples examples)
    {
        RequireInput("Keep", x);
        if (examples.Latents != Latents || _named)
        {
            throw new ShapeException($"Keep: examples of {examples.Latents} latents do not fit an encoder of {Latents} of {AllLatents}; all of them were expected.");
        }

        EncoderCut cut = EncoderCut.ByLatents(x.Shape[0], Width, Latents);
        EncoderKernel<ExampleSink>.RunByLatents(Arguments(x), cut, new ExampleSink(examples.Pointers(firstPosition)));
        GC.KeepAlive(x);
        GC.KeepAlive(examples);
        GC.KeepAlive(_source);
    }
}
