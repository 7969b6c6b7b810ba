using Pellucid.Bench.Contests;
using Pellucid.Bench.Processes;
using Pellucid.Models;

namespace Pellucid.Bench.Cases;

/// <summary>Greedy story of stories15m from a short prompt against llama2.c with the same checkpoint; the texts have to be the same.</summary>
internal sealed class Stories15MDecode : BenchCase
{
    private const string Prompt = "Once upon a time";
    private const int Longest = 256;

    internal override string Name => "stories15m-decode";

    internal override string Unit => "tokens/s";

    internal override bool HigherIsBetter => true;

    internal override CaseResult Measure(Action<string> log)
    {
        using Model model = Model.OpenAsync("stories15m").GetAwaiter().GetResult();
        IReadOnlyList<int> prompt = model.Tokenize(Prompt);
        string folder = ModelRegistry.List().Single(entry => entry.Id == "stories15m").Location!;
        Contender ours = new(
            "ours", "Model.GenerateSteps with its cache, float32 weights",
            () => Decoding.Play(model, prompt, Longest - prompt.Count, ids => Sum(Prompt + model.Tokenizer!.Decode(WithoutStop(model, ids), prompt[^1]))));
        return new Contest(this, ours, [Llama2CBaseline.Contender(folder, Prompt, Longest, Sum)]) { Rounds = AskedRounds ?? 11 }.Hold(log);
    }

    private static List<int> WithoutStop(Model model, List<int> ids) => [.. ids.TakeWhile(id => !model.Config.StopIds.Contains(id))];

    /// <summary>A number that two equal texts share.</summary>
    private static double Sum(string text) => text.Trim().Sum(letter => (double)letter);
}
