#:project ../src/Pellucid.GroundTruth/Pellucid.GroundTruth.csproj

// Superposition: how a network stores more features than it has dimensions, and what that costs (Elhage et al. 2022, "Toy Models of Superposition",
// arXiv:2209.10652). Every claim below is checked as it is made; run it with `dotnet run tutorials/03-superposition.cs`.
using Pellucid.GroundTruth;
using Pellucid.Models;
using Pellucid.Tensors.Autoencoders;

// 1. Two features must go through one number: x′ = ReLU(Wᵀ W x + b). Dense features do not fit, so the less important one is left out. Sparse ones
//    do: they are stored in opposite directions, because they are hardly ever there together, and the ReLU takes off what one does to the other.
BestToy dense = Best(new ToyTask { Hidden = 1, Sparsity = 0, Importance = [1, 0.7] });
BestToy sparse = Best(new ToyTask { Hidden = 1, Sparsity = 0.95, Importance = [1, 0.7] });
Console.WriteLine($"dense  W {Weights(dense.Model)}: {ToyPhases.Of(dense.Model)}, loss {dense.Loss.Value:G4}");
Console.WriteLine($"sparse W {Weights(sparse.Model)}: {ToyPhases.Of(sparse.Model)}, loss {sparse.Loss.Value:G4}");
Claim(ToyPhases.Of(dense.Model) == ToySolution.Ignored, "dense features do not share a dimension");
Claim(ToyPhases.Of(sparse.Model) == ToySolution.Antipodal, "sparse ones do");
Claim(dense.Loss.IsExact && sparse.Loss.IsExact, "with two features the expected loss is an integral, not a sample");

// 2. Without the ReLU there is no superposition, however sparse the features are: a linear model keeps the more important one.
BestToy linear = Best(new ToyTask { Form = AutoencoderForm.Linear, Hidden = 1, Sparsity = 0.95, Importance = [1, 0.7] });
Console.WriteLine($"linear W {Weights(linear.Model)}, loss {linear.Loss.Value:G4}");
Claim(Math.Abs(linear.Model.Weights[1]) < 0.05, "a linear model stores one feature in one dimension");

// 3. Between the two lies a phase boundary. Theory puts it where the exact losses of the ideal configurations W = [1, 0] and [1, −1] meet; it is the same
//    for an importance r and for 1 / r. Training 4,000 models, ten at each of 400 points, finds it.
PhaseDiagram diagram = PhaseDiagram.Compute(new PhaseDiagramOptions { Densities = 20, Importances = 20 });
Console.WriteLine($"phases: {diagram.Agreement:P1} of {diagram.Points.Count} points as predicted, {diagram.AgreementOffBoundary:P1} with those at the boundary");
Claim(diagram.Agreement > 0.95, "trained models are in the phase that theory predicts");
Claim(Math.Abs(ToyPhases.BoundaryDensity(3) - ToyPhases.BoundaryDensity(1 / 3.0)) < 1e-7, "the boundary is symmetric");

// 4. With more room the directions make figures. A feature then has a part of a dimension, the same for all.
foreach ((int features, int hidden, double sparsity, string name, double part) in new[]
{
    (3, 2, 0.3, "triangle", 2 / 3.0), (4, 3, 0.3, "tetrahedron", 3 / 4.0), (5, 2, 0.9, "pentagon", 2 / 5.0), (8, 3, 0.85, "square antiprism", 3 / 8.0),
})
{
    ToyModel figure = Best(new ToyTask { Hidden = hidden, Sparsity = sparsity, Importance = ToyTask.Powers(features, 1) }).Model;
    Console.WriteLine($"{features} features in {hidden} dimensions: {Polytopes.Describe(Polytopes.Of(figure))}, {figure.Dimensionality().Average():F3} dimensions each");
    Claim(Polytopes.Describe(Polytopes.Of(figure)) == name, $"they make a {name}");
    Claim(figure.Dimensionality().All(value => Math.Abs(value - part) < 0.005), "each has the part of a dimension that the figure gives");
}

// 5. What comes together lies apart, and what excludes each other lies opposite.
IReadOnlyList<PairedFeatures> pairs = PairedFeatures.TrainAll();
foreach (PairedFeatures pair in pairs)
{
    Console.WriteLine($"{pair.Name}: cosine {pair.CosineWithin:F2} within a pair, {pair.CosineBetween:F2} between");
}

Claim(Math.Abs(pairs[0].CosineWithin) < 0.1 && pairs[1].CosineWithin < -0.99, "correlated features are orthogonal, anticorrelated ones antipodal");
Claim(pairs[3].CosineWithin > 0.99, "dense correlated features collapse into their principal component");

// 6. Superposition makes a network easy to attack, along a direction that its weights tell: the column of WᵀW.
ToyTask crowded = new() { Hidden = 5, Sparsity = 0.95, Importance = ToyTask.Powers(20, 1) };
ToyModel crowd = ToyTrainer.Train([crowded], ToyTraining.For(crowded))[0];
AdversarialAttack attack = AdversarialAttack.On(crowd, [1, .. new double[19]], 0, 0.1);
Console.WriteLine($"attack of length 0.1: predicted {attack.Predicted:F3}, found by search {attack.Found:F3}, random {attack.RandomMean:F3}, best of 1,000 random {attack.RandomBest:F3}");
Claim(Math.Abs(attack.Predicted - attack.Found) < 1e-3 && attack.Found > attack.RandomBest, "no search finds a better attack than the one predicted");
Claim(attack.Vulnerability > 1.5, "it moves the output further than it could without superposition");

// 7. Networks compute in superposition too. Neurons that give |x| have a feature each where features are dense, and several where they are sparse.
ToyTask[] tasks = [.. new[] { 0.3, 0.99 }.Select(sparsity => new ToyTask { Form = AutoencoderForm.RectifiedHidden, Hidden = 8, Sparsity = sparsity, Importance = ToyTask.Powers(16, 0.8) })];
IReadOnlyList<NeuronRole>[] roles = [.. ToyTrainer.TrainBest(tasks, 4, ToyTraining.For(tasks[0])).Select(best => NeuronRole.Of(best.Model))];
Console.WriteLine($"neurons of one feature: {roles[0].Count(role => role.IsMonosemantic)} of {roles[0].Count} dense, {roles[1].Count(role => role.IsMonosemantic)} of {roles[1].Count} sparse");
Claim(roles[0].All(role => role.IsMonosemantic), "dense features get neurons of their own");
Claim(roles[1].Count(role => role.IsMonosemantic) < roles[1].Count / 2, "sparse features share them");

// 8. A toy model is an ordinary model: its tokens are its features, hook_embed is W x, the neurons are x′. So every method for networks can be held
//    against an answer that is known.
using Model network = ToyNetwork.ToModel(sparse.Model);
using Run one = network.Run("f1", Capture.Of("hook_embed", "blocks.0.mlp.hook_post"));
double[] both = sparse.Model.Forward([0.2, 0.9]);
using Run any = network.With(ToyNetwork.Input(sparse.Model, [0.2, 0.9])).Run("f0");
Console.WriteLine($"feature 1 alone: hook_embed {one["hook_embed"][0, 0, 0]:F3}, x′ {one.Logits[0, 0, 0]:F3} {one.Logits[0, 0, 1]:F3}; 0.2 and 0.9: x′ {any.Logits[0, 0, 0]:F3} {any.Logits[0, 0, 1]:F3}");
Claim(one["hook_embed"][0, 0, 0] == sparse.Model.Weights[1], "hook_embed is the feature's direction");
Claim(Math.Abs(any.Logits[0, 0, 1] - both[1]) < 1e-6, "any input can be put in its place");
Console.WriteLine("Every claim held.");

static BestToy Best(ToyTask task) => ToyTrainer.TrainBest([task], 32, ToyTraining.For(task))[0];

static string Weights(ToyModel model) => string.Join(' ', model.Weights.Select(weight => weight.ToString("F2")));

static void Claim(bool holds, string claim)
{
    if (!holds)
    {
        throw new InvalidOperationException($"This tutorial claims that {claim}, and that did not hold.");
    }
}
