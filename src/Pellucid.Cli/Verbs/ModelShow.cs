using System.CommandLine;
using Pellucid.Cli.Frame;
using Pellucid.Models;

namespace Pellucid.Cli.Verbs;

/// <summary>What <c>model show --json</c> prints.</summary>
internal sealed record ModelShowResult(string Name, string Hash, bool HasTokenizer, ModelShowConfig Config, IReadOnlyList<ModelShowHook> Hooks);

/// <summary>Sizes and conventions, under the field's names.</summary>
internal sealed record ModelShowConfig(
    string Architecture,
    int NLayers,
    int DModel,
    int NHeads,
    int NKeyValueHeads,
    int DHead,
    int DMlp,
    int DVocab,
    int NCtx,
    int? BosId,
    IReadOnlyList<int> StopIds,
    int DVocabOut,
    string AttentionDir,
    string? NormalizationType,
    string? PositionalEmbeddingType);

/// <summary>One activation; a size is null where the run decides.</summary>
internal sealed record ModelShowHook(string Name, IReadOnlyList<string> Axes, IReadOnlyList<int?> Sizes, int Layer, string Description);

/// <summary><c>pellucid model show</c>: sizes, hash and hooks.</summary>
internal sealed class ModelShow : Verb
{
    private readonly Argument<string> _model = Values.Model();
    private readonly Option<WeightProcessing?> _process = Values.Processing();

    internal ModelShow()
        : base("show", "Describes a model: its sizes, its hash and every activation that it names.")
    {
        Arguments.Add(_model);
        Options.Add(_process);
    }

    internal override IReadOnlyList<string> Examples { get; } = ["pellucid model show stories260k", "pellucid model show stories260k --json"];

    internal override string Json =>
        """
        {"name","hash","has_tokenizer",
         "config":{"architecture","n_layers","d_model","n_heads","n_key_value_heads","d_head","d_mlp","d_vocab","n_ctx","bos_id","stop_ids",
         "d_vocab_out","attention_dir","normalization_type","positional_embedding_type"},
         "hooks":[{"name","axes","sizes","layer","description"}]}: hash is the SHA-256 of the checkpoint, of a model folder that of
        its facts and parameters; a size is null where the run decides;
        layer is -1 before the first block and n_layers after the last.
        """;

    internal override async Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        using Model model = await Model.OpenAsync(parse.GetRequiredValue(_model), new OpenOptions { Processing = parse.GetValue(_process) }, cancellationToken);
        ModelShowResult result = Describe(model);
        terminal.Table(["", ""], Facts(result));
        terminal.Table(["hook", "axes", "what it holds"], model.Hooks.Points.Select(point => (string[])[point.Name, point.ToString()[(point.Name.Length + 1)..], point.Description]));
        terminal.Print(result, CliJson.Documents.ModelShowResult);
    }

    private static ModelShowResult Describe(Model model)
    {
        ModelConfig config = model.Config;
        ModelShowConfig shown = new(
            config.Architecture,
            config.Layers,
            config.DModel,
            config.Heads,
            config.KeyHeads,
            config.DHead,
            config.DMlp,
            config.Vocabulary,
            config.Context,
            config.BosId,
            config.StopIds,
            config.Outputs,
            config.IsCausal ? "causal" : "bidirectional",
            config.Norm switch { NormKind.Layer => "LN", NormKind.Rms => "RMS", _ => null },
            config.PositionEmbedding switch { PositionKind.Rotary => "rotary", PositionKind.Learned => "standard", _ => null });
        return new ModelShowResult(
            model.Name,
            model.Hash,
            model.Tokenizer is not null,
            shown,
            [.. model.Hooks.Points.Select(point => new ModelShowHook(point.Name, point.Axes, [.. point.Sizes.Select(size => size == 0 ? (int?)null : size)], point.Layer, point.Description))]);
    }

    private static IEnumerable<string[]> Facts(ModelShowResult result)
    {
        ModelShowConfig config = result.Config;
        yield return ["model", result.Name];
        yield return ["sha-256", result.Hash];
        yield return ["architecture", config.Architecture];
        yield return ["blocks", $"{config.NLayers}"];
        yield return ["d_model", $"{config.DModel}"];
        yield return ["heads", $"{config.NHeads} of {config.DHead}, {config.NKeyValueHeads} for keys and values"];
        yield return ["d_mlp", $"{config.DMlp}"];
        yield return ["attention", config.AttentionDir];
        yield return ["norms", config.NormalizationType ?? "none"];
        yield return ["positions", config.PositionalEmbeddingType ?? "none"];
        yield return ["vocabulary", config.DVocabOut == config.DVocab ? $"{config.DVocab}" : $"{config.DVocab}, and {config.DVocabOut} outputs"];
        yield return ["context", $"{config.NCtx}"];
        yield return ["BOS", config.BosId is { } bos ? $"{bos}" : "none"];
        yield return ["tokenizer", result.HasTokenizer ? "yes" : "no: run it from --ids"];
    }
}
