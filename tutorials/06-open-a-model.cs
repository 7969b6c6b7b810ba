#:project ../src/Pellucid.Models/Pellucid.Models.csproj

// Open a model: from a checkpoint folder to hooks, batches, embeddings and a chat. Every claim below is checked as it is made; run it with
// `dotnet run -c Release tutorials/06-open-a-model.cs`. It pulls one model of 46 MB, once, and chats with another where that is there already.
using System.Globalization;
using System.Text.Json;
using Pellucid.Models;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

// 1. A checkpoint is a folder with three things: facts (config.json), arrays by name (safetensors) and a tokenizer. Opening reads the facts, looks up the
//    family that `model_type` names in a table, and takes each parameter from the array that the family's table gives. No code of the model is run.
PulledModel pulled = await ModelRegistry.PullAsync("minilm-l6-v2");
string folder = pulled.Model.Location!;
Console.WriteLine($"{folder}: {string.Join(", ", Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order())}");
using JsonDocument facts = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "config.json")));
using SafetensorsFile arrays = SafetensorsFile.Open(Path.Combine(folder, "model.safetensors"));
using Model minilm = await Model.OpenAsync("minilm-l6-v2");
ModelConfig config = minilm.Config;
Console.WriteLine($"model_type {facts.RootElement.GetProperty("model_type").GetString()}, {arrays.Entries.Count} arrays; {minilm.Parameters.Count:N0} parameters in {config.Layers} blocks of {config.DModel}");
Claim(config.DModel == facts.RootElement.GetProperty("hidden_size").GetInt32(), "the width is the one that config.json says");
Claim(config.Heads == facts.RootElement.GetProperty("num_attention_heads").GetInt32(), "and so are the heads");

//    The network of these facts is BERT's. It attends both ways, its norms stand after the sums, and here it has no unembedding: a sentence encoder.
Claim(!config.IsCausal && config.NormPlacement == NormPlacement.After && !config.HasUnembedding, "what makes it a BERT is facts");

// 2. A model has many names. Of the registry; a folder; a file; owner/name of the Hugging Face hub. Opening never asks the network: what has not been
//    pulled is refused, with the command that gets it.
using Model model = await Model.OpenAsync("stories260k");
string saved = Path.Combine(Path.GetTempPath(), $"pellucid-open-a-model-{Environment.ProcessId}");
await model.SaveAsync(saved);
using (Model byFolder = await Model.OpenAsync(saved))
using (Model byFile = await Model.OpenAsync(Path.Combine(saved, "model.safetensors")))
{
    Claim(Logits(byFolder).AsSpan().SequenceEqual(Logits(model)), "a saved model gives the same logits to the bit");
    Claim(Logits(byFile).AsSpan().SequenceEqual(Logits(model)), "by its file as by its folder");
}

Directory.Delete(saved, recursive: true);
string refusal = await RefusalAsync("nobody/no-such-model");
Console.WriteLine(refusal);
Claim(refusal.Contains("pellucid model pull nobody/no-such-model", StringComparison.Ordinal), "a model that was not pulled is refused with what to do");

// 3. There is no class for an architecture. `Config` is a record of facts, and from it follow the parameters, the hooks and the computation. So a few lines of
//    `with` make networks of Llama's, GPT-2's and BERT's form, and of those between.
ModelConfig llama = new() { Architecture = "llama", Layers = 2, DModel = 32, Heads = 4, KeyHeads = 2, DHead = 8, DMlp = 48, Vocabulary = 50, Context = 32, NormEpsilon = 1e-9f };
ModelConfig gpt2 = llama with
{
    Architecture = "gpt2", KeyHeads = 4, Norm = NormKind.Layer, PositionEmbedding = PositionKind.Learned, GatedMlp = false, MlpActivation = Activation.GeluTanh,
    AttentionBias = true, AttentionOutputBias = true, MlpBias = true,
};
ModelConfig parallel = gpt2 with { Architecture = "pythia", PositionEmbedding = PositionKind.Rotary, RotaryDimensions = 2, Block = BlockKind.Parallel };
ModelConfig bert = gpt2 with { Architecture = "bert", NormPlacement = NormPlacement.After, EmbeddingNorm = true, TokenTypes = 2, IsCausal = false };
ModelConfig sandwich = llama with { Architecture = "gemma2", NormPlacement = NormPlacement.BeforeAndAfter, Window = 2, LocalLayers = [true, false] };
TokenBatch tokens = TokenBatch.Of([7, 3, 11, 42, 5, 9]);
foreach (ModelConfig form in (ModelConfig[])[llama, gpt2, parallel, bert, sandwich])
{
    using Model network = Model.Random(form, seed: 1);
    using Run run = network.Run(tokens, new RunOptions { Capture = Capture.Of(Hook.Z(1), Hook.Pattern(1)) });
    using Run without = network.With(Intervention.Zero(Hook.Z(1)).ForHeads(2)).Run(tokens);
    using GradientRun slope = network.Gradients(tokens, Metric.LogitDifference(3, 7), new GradientOptions { At = Capture.Of(Hook.Z(1)) });
    double moved = Largest(run.Logits.ToArray(), without.Logits.ToArray());
    Console.WriteLine($"{form.Architecture,-7} {Hook.Z(1)} {run[Hook.Z(1)].Shape}; {network.Hooks.Points.Count} hooks; without head 2 logits move by up to {moved:G2}");
    Claim(run[Hook.Z(1)].Shape == new Shape(1, 6, 4, 8), "one name means the same in every architecture");
    Claim(moved > 0, "the same intervention does its work in each");
    Claim(slope[Hook.Z(1)].ToArray().Any(value => value != 0), "and so does a gradient");
    bool looksAhead = run[Hook.Pattern(1)][0, 0, 0, 5] > 0;
    Claim(looksAhead == !form.IsCausal, "only an encoder attends ahead");
}

//    What a fact changes shows in its hooks. Where attention and MLP read the same stream there is nothing between them.
using (Model network = Model.Random(parallel, seed: 1))
{
    Claim(!network.Hooks.Contains(Hook.ResidMid(0)) && network.Hooks.Contains(Hook.ResidPost(0)), "a parallel block has no residual stream between attention and MLP");
}

//    Norms before and after (Gemma 2) divide what attention writes before it is added. The window of 2 holds in the first layer, which is local.
using (Model network = Model.Random(sandwich, seed: 1))
using (Run run = network.Run(tokens, new RunOptions { Capture = Capture.All(network) }))
{
    float[] written = run[Hook.AttnWritten(0)].ToArray(), scale = run[Hook.Ln1PostScale(0)].ToArray(), added = run[Hook.AttnOut(0)].ToArray();
    Claim(added.Index().All(value => Near(value.Item, written[value.Index] / scale[value.Index / 32], 1e-5)), "the second norm divides what attention writes by its scale");
    Claim(run[Hook.Pattern(0)][0, 0, 5, 3] == 0 && run[Hook.Pattern(1)][0, 0, 5, 3] > 0, "a local layer sees two tokens, the other all");
}

//    A soft cap c turns logits x into c · tanh(x / c), and nothing else.
using (Model plain = Model.Random(llama, seed: 1))
using (Model capped = Model.Random(llama with { LogitSoftCap = 0.1f }, seed: 1))
using (Run run = plain.Run(tokens))
using (Run bounded = capped.Run(tokens))
{
    Claim(bounded.Logits.ToArray().Zip(run.Logits.ToArray()).All(pair => Near(pair.First, 0.1 * Math.Tanh(pair.Second / 0.1), 1e-6)), "a soft cap is c · tanh(x / c)");
}

// 4. Tokens and their places. MiniLM's tokenizer lowers case and takes accents off, and still each token has its place in the text as it was. What a normalizer
//    has changed does not come back; a tokenizer that falls back to bytes returns every text.
const string cafe = "Émile's naïve café";
TokenizedText pieces = minilm.Tokenizer!.Tokenize(cafe);
Console.WriteLine(string.Join(", ", pieces.Tokens.Zip(pieces.Offsets, (token, place) => $"{token} = '{cafe[place.Start..place.End]}'")));
Claim(pieces.Tokens[^1] == "cafe" && cafe[pieces.Offsets[^1].Start..pieces.Offsets[^1].End] == "café", "a token's place is in the text that was given");
Claim(minilm.Tokenizer.Decode(pieces.Ids) != cafe, "a tokenizer that normalizes loses what it normalizes");
const string odd = "Tim said: \"naïve 🙂 日本\"\n";
Claim(model.Tokenizer!.Decode(model.Tokenizer.Encode(odd)) == odd, "one with a token for each byte loses nothing");

// 5. Sentence embeddings: the mean of the last vectors of a text's tokens, of length 1, so that a product of two is their cosine.
string[] sentences = ["A cat sleeps on the sofa.", "The stock market fell today.", "He plays the piano every evening.", "Water boils at a hundred degrees."];
string[] questions = ["Shares lost value.", "A kitten naps.", "Musicians practise at night.", "How hot is steam?"];
int[] expected = [1, 0, 2, 3];
float[][] there = minilm.Embed(sentences), asked = minilm.Embed(questions);
for (int i = 0; i < questions.Length; i++)
{
    int nearest = Enumerable.Range(0, sentences.Length).MaxBy(other => Dot(asked[i], there[other]));
    Console.WriteLine($"{questions[i],-30} {Dot(asked[i], there[nearest]):F3} {sentences[nearest]}");
    Claim(nearest == expected[i], $"'{sentences[expected[i]]}' is nearest to '{questions[i]}'");
}

// 6. Texts of different lengths in one batch. Shorter ones are padded in front, no token sees padding, and positions count from each text's own beginning: so
//    each goes on as it would alone.
string[] prompts = ["Once upon a time", "Lily", "One day, a big dog saw a little bird in the tall tree and"];
GenerateOptions thirty = new() { MaxTokens = 30 };
IReadOnlyList<Generated> together = model.Generate([.. prompts.Select(model.Tokenize)], thirty);
for (int i = 0; i < prompts.Length; i++)
{
    Claim(together[i].Text == model.Generate(prompts[i], thirty).Text, "a text in a padded batch is the text alone");
}

Console.WriteLine($"together as alone: {prompts[1]}{together[1].Text}");
Claim(minilm.Embed([.. sentences, "Yes."])[4].Zip(minilm.Embed(["Yes."])[0]).All(pair => Near(pair.First, pair.Second, 1e-6)), "and so is an embedding");

// 7. Long inputs. What a run holds is known before it begins, and what is kept at some positions alone holds no more than that.
int[] story = [.. model.Tokenize(model.Generate("", new GenerateOptions { MaxTokens = 400, StopIds = [] }).Text).Take(400)];
TokenBatch page = TokenBatch.Of(story);
RunOptions whole = new() { Capture = Capture.All(model), Logits = LogitsWanted.Last };
RunOptions last = whole with { Capture = Capture.All(model).At(^1) };
(long all, long some) = (model.PeakBytes(page, whole), model.PeakBytes(page, last));
long measured = ComputeMemory.Measure(() => model.Run(page, whole).Dispose());
Console.WriteLine($"{model.Hooks.Points.Count} hooks of {story.Length} tokens: {all / 1e6:F1} MB, met {measured / 1e6:F1} MB; at the last token alone {some / 1e6:F1} MB");
Claim(measured <= all && measured > 0.9 * all, "a run's peak is what PeakBytes said");
Claim(some < 0.5 * all, "positions that are not kept are not held");
using (Run full = model.Run(page, whole))
using (Run end = model.Run(page, last))
{
    Claim(full[Hook.ResidPost(4)].Row(story.Length - 1).ToArray().Zip(end[Hook.ResidPost(4)].Row(0).ToArray()).All(pair => Near(pair.First, pair.Second, 1e-5)), "what is kept is the same");
}

// 8. Weight processing makes parameters easier to read and leaves what they compute. Folded norms have factors of 1: what a head reads stands in its matrices.
using (Model folded = await Model.OpenAsync("stories260k", new OpenOptions { Processing = new() { FoldNorms = true } }))
using (ModelParameters before = model.CopyParameters())
using (ModelParameters after = folded.CopyParameters())
{
    double moved = Largest(Logits(model), Logits(folded));
    Console.WriteLine($"folded norms: the first factor was {before["blocks.0.ln1.w"][0]:F3} and is {after["blocks.0.ln1.w"][0]:F3}; logits move by up to {moved:G2}");
    Claim(after["blocks.0.ln1.w"].ToArray().All(value => value == 1) && before["blocks.0.ln1.w"].ToArray().Any(value => value != 1), "the factors went into the matrices");
    Claim(moved < 1e-4, "and the logits stay, but for rounding");
}

// 9. Storage. Matrices may be held as bfloat16 (8 bits of precision) or as signed bytes with a scale for each 32 inputs. Less memory, and numbers that move.
float[] exact = Logits(model), vector = there[0];
Dictionary<DType, long> bytes = [];
foreach (DType storage in (DType[])[DType.F32, DType.BF16, DType.Q8])
{
    OpenOptions held = new() { WeightStorage = storage };
    using Model rounded = await Model.OpenAsync("stories260k", held), encoder = await Model.OpenAsync("minilm-l6-v2", held);
    double moved = Largest(exact, Logits(rounded)), cosine = Dot(vector, encoder.Embed([sentences[0]])[0]);
    bytes[storage] = encoder.ParameterBytes;
    Console.WriteLine($"{storage,-4} MiniLM in {encoder.ParameterBytes / 1e6,5:F1} MB, cosine to F32 {cosine:F6}; logits of stories260k (up to {exact.Max(Math.Abs):F0}) move by up to {moved:F3}");
    Claim(storage == DType.F32 ? moved == 0 : moved is > 0 and < 0.5, "rounded weights move the logits a little");
    Claim(cosine > 0.999, "and the direction of an embedding hardly");
}

Claim(bytes[DType.BF16] < 0.55 * bytes[DType.F32] && bytes[DType.Q8] < 0.35 * bytes[DType.F32], "they take half of the memory and about a quarter");

// 10. A gradient at a hook says what a small push there does. Held against the push itself, along the gradient at the last token.
TokenBatch once = TokenBatch.Of(model.Tokenize("Once upon a time, there was a little"));
using Run predicted = model.Run(once);
int[] likely = [.. predicted.Logits.Row(once.Positions - 1).ToArray().Index().OrderByDescending(logit => logit.Item).Take(2).Select(logit => logit.Index)];
Metric metric = Metric.LogitDifference(likely[0], likely[1]);
using (GradientRun slope = model.Gradients(once, metric, new GradientOptions { At = Capture.Of(Hook.ResidPost(2)) }))
{
    float[] gradient = slope[Hook.ResidPost(2)].Row(once.Positions - 1).ToArray();
    using Tensor direction = Tensor.From(gradient, new Shape(gradient.Length));
    double squared = Dot(gradient, gradient);
    double met = (Pushed(0.01f) - Pushed(-0.01f)) / 0.02;
    Console.WriteLine($"'{model.Tokenizer.TokenText(likely[0])}' is {slope.Value:F3} ahead of '{model.Tokenizer.TokenText(likely[1])}'; pushed along its gradient at {Hook.ResidPost(2)} it grows by {met:F3} a unit, the gradient's square {squared:F3}");
    Claim(Math.Abs(met - squared) < 0.01 * squared, "the slope is the gradient's");

    double Pushed(float factor)
    {
        using GradientRun run = model.With(Intervention.Add(Hook.ResidPost(2), direction, factor).At(Positions.At(once.Positions - 1))).Gradients(once, metric, new GradientOptions());
        return run.Value;
    }
}

// 11. Chat. A template, in the part of Jinja that such templates use, writes messages as the text that a model was trained on.
ChatTemplate template = ChatTemplate.Parse("{% for message in messages %}<{{ message.role }}>{{ message.content | trim }}</{{ message.role }}>{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}");
Claim(template.Render([new("system", "Be short."), new("user", " Hello. ")]) == "<system>Be short.</system><user>Hello.</user><assistant>", "a template writes a chat as text");

const string chatty = "tinyllama-1.1b-chat";
const long needed = 3L << 30;
if (!ModelRegistry.List().Single(entry => entry.Id == chatty).IsPresent)
{
    Console.WriteLine($"No chat: {chatty} (322 MB) is not on this machine. Get it: pellucid model pull {chatty}");
}
else if (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes < needed)
{
    Console.WriteLine($"No chat: {chatty} needs 3 GB of memory.");
}
else
{
    // The file has two to four bits a weight; held as bytes, those blocks that have one scale for 32 weights keep their values.
    using Model talker = await Model.OpenAsync(chatty, new OpenOptions { WeightStorage = DType.Q8 });
    ChatSession chat = new(talker);
    string answer = chat.Send("What is the capital of France?", new GenerateOptions { MaxTokens = 24 });
    Console.WriteLine($"{talker.Parameters.Count / 1e9:F1} billion parameters in {talker.ParameterBytes / 1e9:F2} GB; what the template wrote:");
    Console.WriteLine($"{chat.Render().ReplaceLineEndings("⏎")}");
    Claim(answer.Contains("Paris", StringComparison.Ordinal), "it knows the capital of France");
}

Console.WriteLine("Every claim held.");

static float[] Logits(Model of)
{
    using Run run = of.Run("Once upon a time, there was a little girl named Lily.");
    return run.Logits.ToArray();
}

static async Task<string> RefusalAsync(string name)
{
    try
    {
        using Model opened = await Model.OpenAsync(name);
        return "";
    }
    catch (PellucidException error)
    {
        return error.Message;
    }
}

static bool Near(double value, double expected, double tolerance) => Math.Abs(value - expected) <= tolerance * (1 + Math.Abs(expected));

static double Largest(float[] values, float[] others) => values.Zip(others, (x, y) => Math.Abs((double)x - y)).Max();

static double Dot(float[] x, float[] y) => x.Zip(y, (a, b) => (double)a * b).Sum();

static void Claim(bool holds, string claim)
{
    if (!holds)
    {
        throw new InvalidOperationException($"This tutorial claims that {claim}, and that did not hold.");
    }
}
