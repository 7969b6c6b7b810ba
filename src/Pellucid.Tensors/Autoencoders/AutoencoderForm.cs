namespace Pellucid.Tensors.Autoencoders;

/// <summary>What an autoencoder of <see cref="AutoencoderLanes"/> computes.</summary>
public enum AutoencoderForm
{
    /// <summary>y = ReLU(Wᵀ W x + b), to give back x.</summary>
    RectifiedOutput,

    /// <summary>y = Wᵀ W x + b, to give back x.</summary>
    Linear,

    /// <summary>y = ReLU(V ReLU(W x) + b), to give |x|: weights in and out are apart.</summary>
    RectifiedHidden,
}
