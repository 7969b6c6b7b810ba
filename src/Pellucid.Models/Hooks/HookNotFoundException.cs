using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>A name that is not one of the model's activations; the message gives the nearest ones.</summary>
public sealed class HookNotFoundException : PellucidException
{
    internal HookNotFoundException(string name, int layers, IReadOnlyList<string> nearest)
        : base($"Hook '{name}' is not in this model ({layers} blocks). Nearest: {string.Join(", ", nearest)}.")
    {
        Name = name;
        Nearest = nearest;
    }

    /// <summary>The name that was asked for.</summary>
    public string Name { get; }

    /// <summary>The names that the model has, nearest first.</summary>
    public IReadOnlyList<string> Nearest { get; }
}
