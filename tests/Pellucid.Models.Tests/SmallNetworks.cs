namespace Pellucid.Models.Tests;

/// <summary>Facts of networks that take a moment: for tests to change by <c>with</c>.</summary>
internal static class SmallNetworks
{
    /// <summary>LayerNorm, learned positions, biases, an MLP without a gate, no tokens with a meaning.</summary>
    internal static ModelConfig Gpt2 { get; } = ModelConfig.Gpt2Small with
    {
        Layers = 2,
        DModel = 32,
        Heads = 4,
        KeyHeads = 4,
        DHead = 8,
        DMlp = 64,
        Vocabulary = 50,
        Context = 32,
        BosId = null,
        StopIds = [],
    };

    /// <summary>Root mean squares, rotary positions, no biases, a gate, keys that heads share.</summary>
    internal static ModelConfig Llama { get; } = new()
    {
        Architecture = "llama",
        Layers = 2,
        DModel = 32,
        Heads = 4,
        KeyHeads = 2,
        DHead = 8,
        DMlp = 64,
        Vocabulary = 50,
        Context = 32,
    };
}
