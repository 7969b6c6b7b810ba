namespace Pellucid.Models;

/// <summary>What is pulled of a model of the hub. Immutable.</summary>
public sealed record PullOptions
{
    /// <summary>
    /// Names or patterns, with <c>*</c> and <c>?</c>, of the files of parameters to pull, where a model has several: <c>*Q4_K_M.gguf</c>. By default
    /// <c>model.safetensors</c> or its shards, else <c>pytorch_model.bin</c> or its shards, else the only GGUF file. Config and tokenizer come always.
    /// </summary>
    public IReadOnlyList<string> Files { get; init; } = [];
}
