namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Of each latent, how many of the steps of the history its encoder row and its decoder row have had, and whether the encoder's rests. The
/// default postpones nothing.
/// </summary>
internal readonly unsafe struct PostponedPointers(int* encoderDone, int* decoderDone, byte* atRest, int now)
{
    internal readonly int* EncoderDone = encoderDone;
    internal readonly int* DecoderDone = decoderDone;
    internal readonly byte* AtRest = atRest;

    /// <summary>Steps of the history, the one that is done now included.</summary>
    internal readonly int Now = now;
}

/// <summary>A latent that is to be brought up to date, and the steps that its rows have had.</summary>
internal readonly record struct LatentAbsence(int Latent, int EncoderDone, int DecoderDone);
