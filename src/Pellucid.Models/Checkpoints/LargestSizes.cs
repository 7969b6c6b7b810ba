namespace Pellucid.Models.Checkpoints;

/// <summary>The largest sizes of a network that a file from outside is believed to have; whether its arrays bear them out is held against it afterwards.</summary>
internal static class LargestSizes
{
    internal const int Layers = 1024;

    /// <summary>Of the residual stream, an MLP, all heads together; and the number of heads.</summary>
    internal const int Width = 1 << 22;

    /// <summary>Of a vocabulary, and of a context.</summary>
    internal const int Tokens = 1 << 24;
}
