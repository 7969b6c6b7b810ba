using Pellucid.Models.Networks;
using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>
/// What one run to a metric and back gave: the metric's value and the gradients that were asked for. Owns their memory until disposed.
/// Reading is safe from many threads.
/// </summary>
public sealed class GradientRun : IDisposable
{
    private readonly ForwardPass _pass = new(recorded: true);
    private Tensor?[] _for = [];

    internal GradientRun()
    {
    }

    /// <summary>The metric's value.</summary>
    public float Value { get; private set; }

    /// <summary>The gradients with respect to activations, by hook.</summary>
    public IReadOnlyDictionary<string, Tensor> Hooks => _pass.HookGradients;

    /// <summary>The gradients with respect to parameters, by name, in the layout of <see cref="ParameterTable"/>.</summary>
    public IReadOnlyDictionary<string, Tensor> Parameters => _pass.ParameterGradients;

    /// <summary>The captured activations by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Activations => _pass.Kept;

    /// <summary>The gradient with respect to an activation, of its shape; zeros where the metric does not depend on it.</summary>
    /// <param name="hook">Its name.</param>
    /// <exception cref="PellucidException">It was not asked for.</exception>
    public Tensor this[string hook] => Find(_pass.HookGradients, hook, "hook", "At");

    /// <summary>The gradient with respect to a parameter, in the layout of <see cref="ParameterTable"/>; zeros where the metric does not depend on it.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="PellucidException">It was not asked for.</exception>
    public Tensor Parameter(string name) => Find(_pass.ParameterGradients, name, "parameter", "Parameters");

    /// <summary>The gradients for a step of an optimizer: one for each of its parameters, null where it was not asked for.</summary>
    /// <param name="parameters">The optimizer's, under the model's names.</param>
    /// <returns>An array that the next call for as many parameters writes over.</returns>
    public Tensor?[] For(IReadOnlyList<Parameter> parameters)
    {
        if (_for.Length != parameters.Count)
        {
            _for = new Tensor?[parameters.Count];
        }

        for (int i = 0; i < _for.Length; i++)
        {
            _for[i] = _pass.ParameterGradients.GetValueOrDefault(parameters[i].Name);
        }

        return _for;
    }

    /// <summary>A captured activation.</summary>
    /// <param name="hook">Its name.</param>
    /// <exception cref="PellucidException">It was not captured.</exception>
    public Tensor Activation(string hook) => Find(_pass.Kept, hook, "activation", "Capture");

    /// <summary>Frees gradients and activations.</summary>
    public void Dispose() => _pass.Dispose();

    /// <summary>Runs a model to a metric and back, in place of what this held before.</summary>
    internal GradientRun Execute(Model model, TokenBatch tokens, Metric metric, GradientOptions options)
    {
        Value = float.NaN;
        Value = _pass.Differentiate(model, tokens, metric, options);
        return this;
    }

    private static Tensor Find(Dictionary<string, Tensor> found, string name, string kind, string option) => found.TryGetValue(name, out Tensor? tensor)
        ? tensor
        : throw new PellucidException(
            $"There is no {kind} '{name}' in this run. Ask for it in GradientOptions.{option}. There are: {(found.Count == 0 ? "none" : string.Join(", ", found.Keys.Take(5)))}.");
}
