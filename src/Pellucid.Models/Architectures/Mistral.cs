namespace Pellucid.Models.Architectures;

/// <summary>Mistral (Jiang et al. 2023, arXiv:2310.06825): Llama with a window in every layer.</summary>
internal static class Mistral
{
    internal static readonly Architecture Family = new(["mistral"], Llama.Roots, file => Llama.Facts(file, new Llama.Defaults("mistral", 32_000, 4096, 14_336, 32, 32, 131_072)
    {
        KeyHeads = 8,
        Bos = 1,
        Stop = 2,
    }) with
    {
        Window = file.WidthOrNone("sliding_window", 4096),
    }, Llama.Family.Rows);
}
