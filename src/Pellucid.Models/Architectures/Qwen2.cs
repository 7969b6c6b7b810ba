namespace Pellucid.Models.Architectures;

/// <summary>Qwen 2 and 2.5 (Yang et al. 2024, arXiv:2407.10671): Llama with biases of queries, keys and values. It was trained without BOS.</summary>
internal static class Qwen2
{
    internal static readonly Architecture Family = new(["qwen2"], Llama.Roots, file => WithWindow(file, Llama.Facts(file, new Llama.Defaults("qwen2", 151_936, 4096, 22_016, 32, 32, 32_768)
    {
        KeyHeads = 32,
    }) with
    {
        AttentionBias = true,
    }), Llama.Family.Rows);

    /// <summary>The config with a window from some layer on, where the file says that it is used.</summary>
    internal static ModelConfig WithWindow(CheckpointFacts file, ModelConfig config)
    {
        int window = file.Json.Flag("use_sliding_window", false) ? file.WidthOrNone("sliding_window", 4096) : 0;
        double first = file.Json.Number("max_window_layers", 28); // 0 where every layer has the window
        IReadOnlyList<bool> local = window == 0 ? [] : file.LocalLayers(config.Layers, layer => layer >= first);
        return local.Contains(true) ? config with { Window = window, LocalLayers = local } : config;
    }
}
