namespace Pellucid.Models.Architectures;

/// <summary>
/// One family of Hugging Face checkpoints as facts: which keys of its <c>config.json</c> say what, and from which arrays its parameters come.
/// Immutable.
/// </summary>
/// <param name="ModelTypes">The values of <c>model_type</c> that it goes by.</param>
/// <param name="Roots">
/// What may stand before the names of its arrays, in the order in which it is looked for: a checkpoint of the network without its head has another
/// than one with it.
/// </param>
/// <param name="Facts">The facts of a network, read from its config and from which arrays there are.</param>
/// <param name="Rows">Where the parameters come from.</param>
/// <param name="Unsupported">Keys that change the computation to one that networks here cannot do: each must be missing, null, false or 0.</param>
internal sealed record Architecture(
    string[] ModelTypes, string[] Roots, Func<CheckpointFacts, ModelConfig> Facts, ParameterRow[] Rows, params string[] Unsupported)
{
    /// <summary>Every family that can be opened.</summary>
    internal static IReadOnlyList<Architecture> All { get; } =
    [
        Gpt2.Family, GptNeo.Family, GptNeoX.Family, Llama.Family, Mistral.Family, Qwen2.Family, Qwen3.Family, Gemma.First, Gemma.Second, Gemma.Third,
        Phi.Family, Phi3.Family, Opt.Family, Bert.Family, Roberta.Family, DistilBert.Family,
    ];

    /// <summary>The family of a <c>model_type</c>; null where it is not known.</summary>
    internal static Architecture? Of(string modelType) => All.FirstOrDefault(family => family.ModelTypes.Contains(modelType));
}
