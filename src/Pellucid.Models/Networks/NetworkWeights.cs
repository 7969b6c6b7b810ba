using Pellucid.Tensors;

namespace Pellucid.Models.Networks;

/// <summary>The parameters of a network: embedding [d_vocab, d_model], blocks, last norm, unembedding [d_model, d_vocab].</summary>
internal sealed record NetworkWeights(
    Tensor Embedding, IReadOnlyList<LayerWeights> Layers, Tensor FinalNorm, PackedMatrix Unembedding) : IDisposable
{
    public void Dispose()
    {
        Embedding.Dispose();
        foreach (LayerWeights layer in Layers)
        {
            layer.Dispose();
        }

        FinalNorm.Dispose();
        Unembedding.Dispose();
    }
}
