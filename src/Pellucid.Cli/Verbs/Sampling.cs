using System.CommandLine;
using Pellucid.Cli.Frame;
using Pellucid.Models;

namespace Pellucid.Cli.Verbs;

/// <summary>The options that say how a text goes on, for every verb that generates.</summary>
/// <param name="maxTokens">Most tokens where the option is not given.</param>
internal sealed class Sampling(int maxTokens)
{
    private readonly Option<int> _maxTokens = Values.Integer("--max-tokens", "Most tokens to add.", maxTokens);
    private readonly Option<double> _temperature = Values.Number("--temperature", "0 takes the likeliest token, more samples more freely.", 0, 0);
    private readonly Option<int> _topK = Values.Integer("--top-k", "Sample from so many likeliest tokens; 0 for all.", 0);
    private readonly Option<double> _topP = Values.Number("--top-p", "Sample from the smallest set of tokens with this share of the probability.", 1, 0, 1);
    private readonly Option<double> _minP = Values.Number("--min-p", "Sample from tokens at least this share as likely as the likeliest.", 0, 0, 1);
    private readonly Option<double> _penalty = Values.Number("--repetition-penalty", "Divide the logits of tokens that came before; 1 leaves them.", 1, 0);
    private readonly Option<string[]> _stops = new("--stop") { HelpName = "TEXT", Description = "End the text where this comes up; may be given again." };
    private readonly Option<long> _seed = Values.Seed();

    internal void AddTo(Command verb)
    {
        foreach (Option option in (Option[])[_maxTokens, _temperature, _topK, _topP, _minP, _penalty, _stops, _seed])
        {
            verb.Options.Add(option);
        }
    }

    internal GenerateOptions Read(ParseResult parse, CancellationToken cancellationToken) => new()
    {
        MaxTokens = parse.GetValue(_maxTokens),
        Temperature = parse.GetValue(_temperature),
        TopK = parse.GetValue(_topK),
        TopP = parse.GetValue(_topP),
        MinP = parse.GetValue(_minP),
        RepetitionPenalty = parse.GetValue(_penalty),
        StopTexts = parse.GetValue(_stops) ?? [],
        Seed = parse.GetValue(_seed),
        CancellationToken = cancellationToken,
    };
}
