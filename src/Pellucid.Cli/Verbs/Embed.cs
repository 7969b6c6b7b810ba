using System.CommandLine;
using Pellucid.Cli.Frame;
using Pellucid.Models;

namespace Pellucid.Cli.Verbs;

/// <summary>What <c>embed --json</c> prints.</summary>
internal sealed record EmbedResult(IReadOnlyList<IReadOnlyList<float>> Embeddings);

/// <summary><c>pellucid embed</c>: one vector of each text.</summary>
internal sealed class Embed : Verb
{
    private readonly Argument<string> _model = Values.Model();
    private readonly Option<OpenOptions?> _weights = Values.Weights();
    private readonly Argument<string[]> _texts = new("TEXT") { Description = "The texts.", Arity = ArgumentArity.OneOrMore };

    internal Embed()
        : base("embed", "Makes one vector of each text, for similarity and search.")
    {
        Arguments.Add(_model);
        Arguments.Add(_texts);
        Options.Add(_weights);
    }

    internal override IReadOnlyList<string> Examples { get; } =
    [
        "pellucid embed minilm-l6-v2 \"A cat sleeps.\" \"A dog barks.\"",
        "pellucid embed minilm-l6-v2 \"A cat sleeps.\" --json",
    ];

    internal override string Json =>
        """
        {"embeddings":[[...]]}: for each text, in their order, a vector of d_model numbers; of length 1 unless the model's files say otherwise.
        """;

    internal override async Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string[] texts = parse.GetRequiredValue(_texts);
        using Model model = await Model.OpenAsync(parse.GetRequiredValue(_model), parse.GetValue(_weights) ?? new OpenOptions(), cancellationToken);
        float[][] embeddings = model.Embed(texts, cancellationToken: cancellationToken);
        terminal.Table(
            ["text", .. Enumerable.Range(1, texts.Length).Select(number => $"{number}#")],
            texts.Select((text, row) => (string[])[$"{row + 1} {text}", .. embeddings.Select(other => Cosine(embeddings[row], other).ToString("0.000", System.Globalization.CultureInfo.InvariantCulture))]));
        terminal.Note($"{Values.Count(texts.Length, "vector")} of {embeddings[0].Length}{(terminal.Json ? "" : "; the table has their cosines, --json the vectors")}");
        terminal.Print(new EmbedResult(embeddings), CliJson.Documents.EmbedResult);
    }

    private static double Cosine(float[] left, float[] right)
    {
        double product = 0, first = 0, second = 0;
        for (int i = 0; i < left.Length; i++)
        {
            product += (double)left[i] * right[i];
            first += (double)left[i] * left[i];
            second += (double)right[i] * right[i];
        }

        return product / Math.Max(Math.Sqrt(first * second), 1e-12);
    }
}
