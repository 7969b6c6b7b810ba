// Elhage et al. 2022 (arXiv:2209.10652, "Computation in a superposition"): a model with a hidden ReLU layer that gives back |x| = ReLU(x) + ReLU(−x) has two
// monosemantic neurons for each feature where features are dense, and polysemantic ones where they are sparse. In the asymmetric motif a neuron takes two
// features at different strengths, and is read out with the strengths exchanged: the feature that it hears loudly it speaks softly.
using Pellucid.Tensors;
using Pellucid.Tensors.Autoencoders;

namespace Pellucid.GroundTruth;

/// <summary>What a hidden neuron of a model that computes in superposition is for.</summary>
/// <param name="Neuron">Which it is.</param>
/// <param name="Features">The features that it takes in, strongest first: those with at least a tenth of the neuron's largest squared weight.</param>
/// <param name="Purity">Share of its strongest feature in its squared weights: 1 for a neuron of one feature.</param>
/// <param name="IsAsymmetric">Whether it takes in two features of which the stronger has less than half the other's ratio of weight out to weight in.</param>
public sealed record NeuronRole(int Neuron, IReadOnlyList<int> Features, double Purity, bool IsAsymmetric)
{
    private const double Monosemantic = 0.9;
    private const double Weak = 0.1;
    private const double Silent = 1e-2;

    /// <summary>Whether it is for one feature: that has nine tenths of its squared weights.</summary>
    public bool IsMonosemantic => Purity > Monosemantic;

    /// <summary>The roles of a model's neurons; neurons with hardly any weight are left out.</summary>
    /// <param name="model">A model that computes in superposition.</param>
    /// <exception cref="PellucidException">It has no hidden neurons.</exception>
    public static IReadOnlyList<NeuronRole> Of(ToyModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Task.Form != AutoencoderForm.RectifiedHidden)
        {
            throw new PellucidException("A toy model without a hidden ReLU layer has no neurons there. Train one of the form RectifiedHidden.");
        }

        List<NeuronRole> roles = [];
        for (int neuron = 0; neuron < model.Task.Hidden; neuron++)
        {
            double[] squares = [.. Enumerable.Range(0, model.Task.Features).Select(feature => Math.Pow(model.Weight(neuron, feature), 2))];
            double all = squares.Sum();
            if (all > Silent)
            {
                int[] features = [.. Enumerable.Range(0, squares.Length).Where(feature => squares[feature] >= Weak * squares.Max()).OrderByDescending(feature => squares[feature])];
                roles.Add(new NeuronRole(neuron, features, squares.Max() / all, IsMotif(model, neuron, features)));
            }
        }

        return roles;
    }

    private static bool IsMotif(ToyModel model, int neuron, int[] features) =>
        features.Length >= 2 && 2 * Ratio(model, neuron, features[0]) < Ratio(model, neuron, features[1]);

    private static double Ratio(ToyModel model, int neuron, int feature) =>
        Math.Abs(model.OutWeights[(feature * model.Task.Hidden) + neuron]) / Math.Abs(model.Weight(neuron, feature));
}
