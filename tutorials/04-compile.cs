#:project ../src/Pellucid.GroundTruth/Pellucid.GroundTruth.csproj

// Compile a program and find its parts by patching. A method that is to find mechanisms is first tried where the mechanism is known: here a RASP
// program (Weiss et al. 2021) becomes the weights of a transformer, as in Tracr (Lindner et al. 2023), and activation patching is held against
// the truth that comes with it. Every claim below is checked as it is made; run it with `dotnet run -c Release tutorials/04-compile.cs`.
using Pellucid.GroundTruth;
using Pellucid.Models;
using Pellucid.Tensors;

// 1. A program: has "a" come more often after tokens like this one than elsewhere? To know what came after, a transformer needs an induction head.
const string text = """
    is_a = numerical(tokens == "a");
    before = aggregate(select(indices, indices, lambda key, query: query == key + 1), tokens);
    after_this = aggregate(select(before, tokens, ==), is_a);     # how often "a" came after a token like this one
    so_far = aggregate(select(indices, indices, <=), is_a);       # how often "a" came at all
    lift = after_this - so_far;
    likelier = lift > 0;
    """;
RaspProgram program = RaspText.Parse(text, "likelier");
CompileOptions options = new() { Vocabulary = ["a", "b", "c"], Length = 6, Causal = true };
using CompiledProgram compiled = CompiledProgram.Compile(program, options);

// The same in C#, where expressions are values and a program can write programs. Both give the same weights, bit for bit.
Expression isA = (Rasp.Tokens == "a").Numerical().Named("is_a");
Expression before = Rasp.Aggregate(Rasp.Select(Rasp.Indices, Rasp.Indices, (key, query) => query == key + 1), Rasp.Tokens).Named("before");
Expression afterThis = Rasp.Aggregate(Rasp.Select(before, Rasp.Tokens, Comparison.Equal), isA).Named("after_this");
Expression soFar = Rasp.Aggregate(Rasp.Select(Rasp.Indices, Rasp.Indices, Comparison.LessOrEqual), isA).Named("so_far");
Expression likelier = ((afterThis - soFar).Named("lift") > 0).Named("likelier");
using (CompiledProgram same = CompiledProgram.Compile(new RaspProgram("likelier", likelier), options))
{
    Claim(same.Model.Hash == compiled.Model.Hash, "the text and the C# form are one network");
}

// 2. What came out is an ordinary model, with hooks, interventions and gradients; and it is exact, on every input that there is.
CheckResult check = compiled.Check();
Console.WriteLine($"{string.Join(' ', compiled.Truth.Blocks)}, d_model {compiled.Model.Config.DModel}, largest error {check.MaxError} on {check.Checked} inputs");
Console.WriteLine($"c b a c c b -> {string.Join(' ', compiled.Run(["c", "b", "a", "c", "c", "b"]))}");
Claim(check.Checked == 3 + 9 + 27 + 81 + 243 + 729 && check.MaxError < 1e-6, "the network computes the program on all inputs");

// 3. The truth: which part writes each variable, who reads it, along which directions of the residual stream.
foreach (TruthVariable variable in compiled.Truth.Variables)
{
    Console.WriteLine($"  {variable.Name,-10} in {variable.Directions.Count}, {variable.WrittenBy,-5} -> {string.Join(", ", variable.ReadBy)}");
}

Circuit circuit = compiled.Truth.Circuit;
string[] truth = [.. circuit.Nodes.Where(node => node is not ("input" or "logits"))];
Claim(truth.SequenceEqual(["a0.h0", "m0", "a1.h0", "a1.h1", "m1", "m2"]), "the circuit is three heads of six, and three MLPs");

// 4. Now forget the truth, and patch. First one pair: "a" after "b", and the same tokens in another order. Each part of the corrupted run in turn is
//    given what it was in the clean run; its effect is the share of the difference between the two answers that this brings back.
Value[] clean = ["c", "b", "a", "c", "c", "b"], corrupted = ["c", "b", "c", "a", "c", "b"];
Dictionary<string, double[]> ofOne = Effects(compiled, [clean], [corrupted]);
Console.WriteLine($"one pair: {string.Join(", ", ofOne.Select(part => $"{part.Key} {part.Value[0]:0.##}"))}");
Claim(ofOne["a1.h0"][0] == 1, "the induction head brings the whole answer back");
Claim(ofOne["a0.h0"][0] == 0 && ofOne["a1.h1"][0] == 0, "one pair hides what is the same in both: where \"b\" comes before, how often \"a\" comes");
using (Run run = compiled.Model.Run(compiled.Batch([clean]), new RunOptions { Capture = Capture.Of(Hook.Pattern(1)) }))
{
    Claim(run[Hook.Pattern(1)][0, 0, 6, 3] == 1, "at the last \"b\" that head attends to the \"a\" after the first one, and to nothing else");
}

// Over many pairs each part of the mechanism is needed by some, and no other part by any.
(Value[][] bases, Value[][] sources) = Pairs(compiled, 300);
Dictionary<string, double[]> effects = Effects(compiled, bases, sources);
Print("compiled", effects);
Claim(Found(effects).SequenceEqual(truth), "patching finds exactly the parts of the true circuit");
Claim(effects.Where(part => !truth.Contains(part.Key)).All(part => part.Value.All(effect => effect == 0)), "other parts have no effect at all");

// 5. Parts are found; which of them read which? The circuit's edges are patched one by one, and all others at once, in both directions.
CircuitCheckResult edges = CircuitCheck.Run(compiled);
int possible = Circuit.AllEdges(circuit.Nodes).Count;
Console.WriteLine($"{edges.Edges.Count} of {possible} edges; corrupted, each changes a logit by {edges.Edges.Min(edge => edge.Change)} at least");
Console.WriteLine($"the {possible - edges.Edges.Count} others, corrupted all at once, change it by {edges.OutsideCorrupted}");
Claim(edges.Holds, "the true circuit holds: nothing outside of it matters, all of it is enough, and each of its edges is needed");
foreach (CircuitEdge edge in circuit.Edges)
{
    Circuit lacking = circuit with { Edges = [.. circuit.Edges.Where(other => other != edge)] };
    Claim(!CircuitCheck.Run(compiled, lacking, new CircuitCheckOptions { Rounds = 0 }).Holds, $"the circuit without {edge} does not hold");
}

// 6. What does a part compute? Interchange: a variable of the network is set, along its directions, to what it is on another input. The hypothesis
//    predicts the answer by the same change in the program. It is right everywhere; that the same directions hold another variable is refuted.
foreach (string variable in compiled.Program.Variables)
{
    Claim(Agreement(compiled, variable, variable, bases, sources) == 1, $"the directions of '{variable}' hold it, and the program says what follows");
}

double mistaken = Agreement(compiled, "after_this", "so_far", bases, sources);
Console.WriteLine($"'after_this' exchanged: as the causal model says at all positions; as if it were 'so_far' at {mistaken:P0}");
Claim(mistaken < 0.8, "a wrong hypothesis is found out");

// 7. Compiled networks are tidy: every value has a coordinate. Compression learns one matrix through which all parts write and read, so that variables
//    share fewer dimensions. The circuit stays; but to read along a variable's directions now reads some of the others, too.
using CompiledProgram wide = CompiledProgram.Compile("fraction-of-previous");
using CompiledProgram narrow = ProgramCompressor.Compress(wide, new CompressionOptions { Dimensions = 8, Steps = 3000, Starts = 1 });
CheckResult loss = narrow.Check();
Console.WriteLine($"{wide.Program.Name}: {wide.Model.Config.DModel} dimensions to {narrow.Model.Config.DModel}, largest error {loss.MaxError:F3}");
Claim(loss is { Accuracy: > 0.95, MaxError: < 0.1 }, "six dimensions fewer cost a few hundredths of a fraction");
(Value[][] others, Value[][] otherSources) = Pairs(wide, 300);
Dictionary<string, double[]> narrowEffects = Effects(narrow, others, otherSources);
Print("compressed", narrowEffects);
Claim(Found(narrowEffects).SequenceEqual(["m0", "a1.h0"]), "patching parts finds them still: it asks for no directions");

double cosine = CosineOfPositionAndToken(narrow);
double movedBefore = Agreement(wide, "indices", "indices", others, otherSources), moved = Agreement(narrow, "indices", "indices", others, otherSources);
InterchangeCheckResult parts = InterchangeCheck.Run(narrow, pairs: 256);
Console.WriteLine($"a position's and a token's direction: cosine {cosine:F2}; positions exchanged along theirs: {moved:P0} as predicted, {movedBefore:P0} before");
Claim(CosineOfPositionAndToken(wide) == 0 && Math.Abs(cosine) > 0.2, "directions that were orthogonal are not any more");
Claim(movedBefore == 1 && moved < 0.8, "positions are alike in all these inputs, yet exchanging them along their directions changes answers: tokens go along");
Claim(parts.Inside.All(part => part.Accuracy > 0.9), "exchanging what a part writes still exchanges its variable");

// 8. A trained network is the real test: random weights at first, four heads a layer, directions of its own. Interchanges in training, as in InterpBench
//    (Gupta et al. 2024), make each part do what its compiled twin does, and the other parts nothing that matters.
using CompiledProgram trained = InterchangeTrainer.Train(compiled, new InterchangeTrainingOptions { Rounds = 300 });
InterchangeCheckResult learned = InterchangeCheck.Run(trained, pairs: 256);
(double inside, double outside) = (learned.Inside.Min(part => part.Accuracy), learned.Outside.Min(part => part.Accuracy));
Console.WriteLine($"{learned.Accuracy:P1} right; a part of the circuit exchanged: {inside:P1} or more as predicted; another part: {outside:P1} or more unchanged");
Claim(learned.Accuracy > 0.98 && inside > 0.85, "each part in the circuit computes its variable");
Claim(learned.Outside.Count == 9 && outside > 0.98, "its nine other heads do not matter");
Claim(trained.Truth.Variables.All(variable => variable.Directions.Count == 0), "along which directions, nobody has written down: that is for a method to find");
(Value[][] trainedBases, Value[][] trainedSources) = Pairs(trained, 300);
Dictionary<string, double[]> trainedEffects = Effects(trained, trainedBases, trainedSources);
Print("trained", trainedEffects);
Claim(Found(trainedEffects).SequenceEqual(truth), "the patching of step 4 finds the same six parts in it, among fifteen");
Console.WriteLine("Every claim held.");

// The normalized effect of each part on each pair, (patched − corrupted) / (clean − corrupted): a head at hook_z, an MLP at hook_mlp_out.
static Dictionary<string, double[]> Effects(CompiledProgram network, Value[][] clean, Value[][] corrupted)
{
    Model model = network.Model;
    IEnumerable<int> layers = Enumerable.Range(0, model.Config.Layers);
    var capture = Capture.Of([.. layers.SelectMany(layer => (string[])[Hook.Z(layer), Hook.MlpOut(layer)])]);
    using Run cleanRun = model.Run(network.Batch(clean), new RunOptions { Capture = capture });
    using Run corruptedRun = model.Run(network.Batch(corrupted));
    double[] high = Answers(cleanRun), low = Answers(corruptedRun);
    Dictionary<string, double[]> effects = [];
    foreach (int layer in layers)
    {
        for (int head = 0; head < model.Config.Heads; head++)
        {
            effects[$"a{layer}.h{head}"] = EffectOf(Intervention.Replace(Hook.Z(layer), cleanRun[Hook.Z(layer)]).ForHeads(head));
        }

        effects[$"m{layer}"] = EffectOf(Intervention.Replace(Hook.MlpOut(layer), cleanRun[Hook.MlpOut(layer)]));
    }

    return effects;

    double[] EffectOf(Intervention patch)
    {
        using Run patched = model.With(patch).Run(network.Batch(corrupted));
        return [.. Answers(patched).Select((answer, pair) => (answer - low[pair]) / (high[pair] - low[pair]))];
    }
}

// The answer at the last position of each input: the number, or the logit of true less that of false.
static double[] Answers(Run run)
{
    double[] answers = new double[run.Tokens.Count];
    for (int input = 0; input < answers.Length; input++)
    {
        Span<float> output = run.Logits.Row(((input + 1) * run.Tokens.Positions) - 1);
        answers[input] = output.Length == 1 ? output[0] : output[1] - output[0];
    }

    return answers;
}

// Random inputs of the full length, which the network answers rightly, in pairs whose answers at the last position differ.
static (Value[][] Clean, Value[][] Corrupted) Pairs(CompiledProgram network, int count)
{
    SeededRandom random = new(4);
    List<Value[]> clean = [], corrupted = [];
    while (clean.Count < count)
    {
        Value[] x = Draw(), y = Draw();
        if (Causal(network, x).Output[^1] != Causal(network, y).Output[^1] && IsRight(x) && IsRight(y))
        {
            clean.Add(x);
            corrupted.Add(y);
        }
    }

    return ([.. clean], [.. corrupted]);

    bool IsRight(Value[] input) => AreSame(network.Run(input)[^1], Causal(network, input).Output[^1]);

    Value[] Draw() => [.. Enumerable.Range(0, network.Options.Length).Select(_ => Token())];

    Value Token() => network.Options.Vocabulary[random.NextInt(network.Options.Vocabulary.Count)];
}

// The causal model: the program itself, with variables set to given values.
static RaspEvaluation Causal(CompiledProgram network, Value[] input, params (string Variable, IReadOnlyList<Value> Values)[] set)
{
    var interventions = set.ToDictionary(given => given.Variable, given => given.Values);
    return network.Program.Evaluate(input, new EvaluationOptions { Causal = network.Options.Causal, Interventions = interventions });
}

// A variable of the network is set, along its directions, to what it is on other inputs. Share of positions at which the network then says what
// the causal model says with the variable of the hypothesis set.
static double Agreement(CompiledProgram network, string variable, string hypothesis, Value[][] bases, Value[][] sources)
{
    string hook = network.Truth[variable].Hook;
    using Run source = network.Model.Run(network.Batch(sources), new RunOptions { Capture = Capture.Of(hook) });
    using Run run = network.Model.With(network.Interchange(variable, source[hook])).Run(network.Batch(bases));
    (int right, int all) = (0, 0);
    foreach ((int pair, Value[] input) in bases.Index())
    {
        IReadOnlyList<Value> expected = Causal(network, input, (hypothesis, Causal(network, sources[pair])[hypothesis])).Output;
        foreach ((int position, Value value) in expected.Index())
        {
            Value said = network.Decode(run.Logits.Row((pair * (input.Length + 1)) + position + 1));
            right += AreSame(said, value) ? 1 : 0;
            all++;
        }
    }

    return (double)right / all;
}

// Two answers are the same when they are one value, or numbers that differ by less than a twentieth.
static bool AreSame(Value said, Value expected) => said == expected
    || (said.Kind == ValueKind.Number && expected.IsNumeric && Math.Abs(said.Number - expected.Number) < 0.05);

static double CosineOfPositionAndToken(CompiledProgram network)
{
    (IReadOnlyList<float> a, IReadOnlyList<float> b) = (network.Truth["indices"].Directions[0], network.Truth["tokens"].Directions[1]);
    return Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b));
}

static double Dot(IReadOnlyList<float> a, IReadOnlyList<float> b) => a.Zip(b, (x, y) => (double)x * y).Sum();

// Parts that bring back at least half of the answer on one pair in twenty or more.
static IEnumerable<string> Found(Dictionary<string, double[]> effects) =>
    effects.Where(part => Restored(part.Value) >= 0.05).Select(part => part.Key);

static double Restored(double[] effects) => (double)effects.Count(effect => effect > 0.5) / effects.Length;

static void Print(string network, Dictionary<string, double[]> effects)
{
    Console.WriteLine($"{network}: parts, mean effect, share of pairs on which they bring back half of the answer");
    foreach ((string part, double[] values) in effects)
    {
        Console.WriteLine($"  {part,-6}{values.Average(),7:F3}{Restored(values),7:F3}");
    }
}

static void Claim(bool holds, string claim)
{
    if (!holds)
    {
        throw new InvalidOperationException($"This tutorial claims that {claim}, and that did not hold.");
    }
}
