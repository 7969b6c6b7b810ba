#:project ../src/Pellucid.Explanations/Pellucid.Explanations.csproj

// First light: from a checkpoint to an explanation that has been tested. Every claim below is checked as it is made;
// run it with `dotnet run tutorials/01-first-light.cs`.
using Pellucid.Activations;
using Pellucid.Dictionaries;
using Pellucid.Explanations;
using Pellucid.Models;
using Pellucid.Tensors;

string folder = Path.Combine(Path.GetTempPath(), "pellucid-first-light");
if (Directory.Exists(folder))
{
    Directory.Delete(folder, recursive: true);
}

// 1. A model is a network whose every intermediate value has a name. This one has 260,000 parameters and writes stories.
using Model model = await Model.OpenAsync("stories260k");
string story = model.Generate("", new GenerateOptions { MaxTokens = 40 }).Text;
Console.WriteLine(story);
Claim(story.StartsWith("Once upon a time, there was a little girl named Lily.", StringComparison.Ordinal), "it begins as stories do");

const string text = "Lily and Tom went to the park. Lily was happy.";
using Run clean = model.Run(text, Capture.Of(Hook.ResidPost(2), Hook.Pattern(1)));
Tensor residual = clean[Hook.ResidPost(2)];
Tensor pattern = clean[Hook.Pattern(1)];
Console.WriteLine($"{Hook.ResidPost(2)} {residual.Shape}, {Hook.Pattern(1)} {pattern.Shape}, loss {clean.Loss():F3} nats");
Claim(residual.Shape.Width == model.Config.DModel, "the residual stream is as wide as the model says");
Claim(pattern.Shape == new Shape(1, model.Config.Heads, clean.Tokens.Positions, clean.Tokens.Positions), "a pattern is heads by queries by keys");

// 2. An experiment is a value. The model stays as it is; a model composed with interventions is itself a model.
Model withoutMlp = model.With(Intervention.Zero(Hook.MlpOut(2)));
using Run ablated = withoutMlp.Run(text);
Console.WriteLine($"without the third MLP the loss is {ablated.Loss():F3} nats");
Claim(ablated.Loss() > clean.Loss(), "an MLP that is silenced costs loss");
using Run again = model.Run(text, Capture.Of(Hook.ResidPost(2), Hook.Pattern(1)));
Claim(again.Loss() == clean.Loss(), "the model itself was not changed");

// 3. What does the third MLP do? Gather its neurons over many stories; the last hundred stories are kept apart for the tests.
HarvestOptions harvest = new() { Hook = Hook.MlpPost(2), Tokens = 60_000, LongDocuments = LongDocuments.Cut };
using ActivationStore training = await Harvester.HarvestAsync(model, Corpus.BuiltIn.Range(0, 900), Path.Combine(folder, "training"), harvest);
using ActivationStore heldOut = await Harvester.HarvestAsync(model, Corpus.BuiltIn.Range(900), Path.Combine(folder, "held-out"), harvest with { Tokens = 20_000 });
Console.WriteLine($"{training.Rows} training tokens, {heldOut.Rows} held-out tokens, {training.Manifest.Width} neurons");
Claim(training.Rows == 60_000, "the harvest took exactly the tokens that it was asked for");

// 4. Neurons mean several things each. A sparse dictionary has more latents than there are neurons and uses few of them at a time.
TopKRecipe recipe = new() { Latents = 512, K = 16, Seed = 1 };
using Dictionary dictionary = await DictionaryTrainer.TrainAsync(training, recipe, Path.Combine(folder, "dictionary"));
DictionaryEvaluation evaluation = DictionaryEvaluator.Evaluate(dictionary, model, Corpus.BuiltIn.Range(900), new EvaluateOptions { MaxTokens = 20_000 });
Console.WriteLine($"L0 {evaluation.L0:F1}, variance explained {evaluation.VarianceExplained:F3}, loss recovered {evaluation.LossRecovered:F3}");
Claim(evaluation.L0 <= 16, "at most 16 latents are active at a token");
Claim(evaluation.LossRecovered > 0.6, "spliced into the model, it gives back most of the loss that silencing the hook costs");

// 5. An explanation is a hypothesis: it is written from training text, frozen, and then held against text that it has never seen.
//    Controls stand in the same table: here, the same dictionary before any training.
using Dictionary untrained = DictionaryTrainer.Untrained(training, recipe);
CorpusTokens tokens = CorpusTokens.Of(training);
PopulationOptions options = new() { Units = 30, Seed = 1 };
PopulationScores latents = await ScoreAsync("latents", dictionary.Latents);
PopulationScores control = await ScoreAsync("untrained_latents", untrained.Latents);
Estimate advantage = latents.Advantage(PatternExplanation.Name, TokenTableExplanation.Name);
Estimate overControl = latents.AdvantageOver(control, PatternExplanation.Name);
Console.WriteLine($"pattern over token table {advantage.Mean:+0.00;-0.00} [{advantage.Low:F2}, {advantage.High:F2}]");
Console.WriteLine($"latents over untrained latents {overControl.Mean:+0.00;-0.00} [{overControl.Low:F2}, {overControl.High:F2}]");
Claim(advantage.IsAboveZero, "context explains these latents better than tokens alone");

ScoredUnit best = latents.Units.MaxBy(unit => unit.Evidence[PatternExplanation.Name].Score.TopAndRandom ?? 0)!;
Console.WriteLine($"latent {best.Unit}, score {best.Evidence[PatternExplanation.Name].Score.TopAndRandom:F2}:");
Console.WriteLine(best.Explanations[PatternExplanation.Name].Text);
Claim(best.Explanations[PatternExplanation.Name].Hash == best.Evidence[PatternExplanation.Name].ExplanationHash, "the explanation is the one that was tested");

// 6. A latent is also a handle. Hold it at its maximum and the story changes.
Model steered = model.With(dictionary.ClampToMultipleOfMax(best.Unit, 1));
string changed = steered.Generate("Once upon a time", new GenerateOptions { MaxTokens = 40 }).Text;
Console.WriteLine(changed);
Claim(changed != model.Generate("Once upon a time", new GenerateOptions { MaxTokens = 40 }).Text, "driving a latent changes what the model writes");
Console.WriteLine("Every claim held.");

Task<PopulationScores> ScoreAsync(string name, IUnits units) => Populations.ScoreAsync(
    Population.Gather(name, units, training, heldOut), [new PatternExplainer(model, units, tokens), new TokenTableExplainer(model.Tokenizer)], options);

static void Claim(bool holds, string claim)
{
    if (!holds)
    {
        throw new InvalidOperationException($"This tutorial claims that {claim}, and that did not hold.");
    }
}
