using Pellucid.Activations;
using Pellucid.Tensors;

namespace Pellucid.Dictionaries.Latents;

/// <summary>The latents of a dictionary as units.</summary>
internal sealed class DictionaryLatents(Dictionary dictionary) : IUnits
{
    public string Kind => "latents";

    public string Hook => dictionary.Hook;

    public int Width => dictionary.Config.DIn;

    public int Count => dictionary.Config.DSae;

    public Tensor Evaluate(Ops ops, Tensor activations) => dictionary.Encode(ops, activations);
}
