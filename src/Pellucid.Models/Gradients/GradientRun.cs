using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>
/// What one run to a metric and back gave: the metric's value and the gradients that were asked for. Owns their memory until disposed.
/// Reading is safe from many threads.
/// </summary>
public sealed class GradientRun : IDisposable
{
    private readonly Dictionary<string, Tensor> _hooks;
    private readonly Dictionary<string, Tensor> _parameters;
    private readonly Dictionary<string, Tensor> _activations;

    internal GradientRun(float value, Dictionary<string, Tensor> hooks, Dictionary<string, Tensor> parameters, Dictionary<string, Tensor> activations) =>
        (Value, _hooks, _parameters, _activations) = (value, hooks, parameters, activations);

    /// <summary>The metric's value.</summary>
    public float Value { get; }

    /// <summary>The gradients with respect to activations, by hook.</summary>
    public IReadOnlyDictionary<string, Tensor> Hooks => _hooks;

    /// <summary>The gradients with respect to parameters, by name, in the layout of <see cref="ParameterTable"/>.</summary>
    public IReadOnlyDictionary<string, Tensor> Parameters => _parameters;

    /// <summary>The captured activations by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Activations => _activations;

    /// <summary>The gradient with respect to an activation, of its shape; zeros where the metric does not depend on it.</summary>
    /// <param name="hook">Its name.</param>
    /// <exception cref="PellucidException">It was not asked for.</exception>
    public Tensor this[string hook] => Find(_hooks, hook, "hook", "At");

    /// <summary>The gradient with respect to a parameter, in the layout of <see cref="ParameterTable"/>; zeros where the metric does not depend on it.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="PellucidException">It was not asked for.</exception>
    public Tensor Parameter(string name) => Find(_parameters, name, "parameter", "Parameters");

    /// <summary>The gradients for a step of an optimizer: one for each of its parameters, null where it was not asked for.</summary>
    /// <param name="parameters">The optimizer's, under the model's names.</param>
    public Tensor?[] For(IReadOnlyList<Parameter> parameters) => [.. parameters.Select(parameter => _parameters.GetValueOrDefault(parameter.Name))];

    /// <summary>A captured activation.</summary>
    /// <param name="hook">Its name.</param>
    /// <exception cref="PellucidException">It was not captured.</exception>
    public Tensor Activation(string hook) => Find(_activations, hook, "activation", "Capture");

    /// <summary>Frees gradients and activations.</summary>
    public void Dispose()
    {
        foreach (Tensor tensor in _hooks.Values.Concat(_parameters.Values).Concat(_activations.Values))
        {
            tensor.Dispose();
        }
    }

    private static Tensor Find(Dictionary<string, Tensor> found, string name, string kind, string option) => found.TryGetValue(name, out Tensor? tensor)
        ? tensor
        : throw new PellucidException(
            $"There is no {kind} '{name}' in this run. Ask for it in GradientOptions.{option}. There are: {(found.Count == 0 ? "none" : string.Join(", ", found.Keys.Take(5)))}.");
}
