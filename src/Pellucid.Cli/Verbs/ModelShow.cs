using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Pellucid.Cli.Frame;
using Pellucid.Models;

namespace Pellucid.Cli.Verbs;

/// <summary>What <c>model show --json</c> prints.</summary>
internal sealed record ModelShowResult(
    string Architecture,
    long Parameters,
    long Bytes,
    int DModel,
    int NLayers,
    int NHeads,
    int NKvHeads,
    int Vocabulary,
    int Context,
    string Name,
    string Hash,
    string Weights,
    int RunTokens,
    long RunBytes,
    bool HasTokenizer,
    ModelShowConfig Config,
    IReadOnlyList<ModelShowHook> Hooks);

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

/// <summary>One activation; where the run decides a size, the shape has the axis's name and the sizes have null.</summary>
internal sealed record ModelShowHook(string Name, JsonArray Shape, IReadOnlyList<string> Axes, IReadOnlyList<int?> Sizes, int Layer, string Description);

/// <summary><c>pellucid model show</c>: sizes, hash and hooks.</summary>
internal sealed class ModelShow : Verb
{
    /// <summary>Tokens of the run whose memory is told; fewer where the context is shorter.</summary>
    private const int RunTokens = 512;

    private readonly Argument<string> _model = Values.Model();
    private readonly Option<OpenOptions?> _weights = Values.Weights();
    private readonly Option<WeightProcessing?> _process = Values.Processing();

    internal ModelShow()
        : base("show", "Describes a model: its architecture, parameters, memory and hash, and every activation that it names.")
    {
        Arguments.Add(_model);
        Options.Add(_weights);
        Options.Add(_process);
    }

    internal override IReadOnlyList<string> Examples { get; } = ["pellucid model show stories260k", "pellucid model show stories260k --json"];

    internal override string Json =>
        """
        {"architecture","parameters","bytes","d_model","n_layers","n_heads","n_kv_heads","vocabulary","context",
         "name","hash","weights","run_tokens","run_bytes","has_tokenizer",
         "config":{"architecture","n_layers","d_model","n_heads","n_key_value_heads","d_head","d_mlp","d_vocab","n_ctx","bos_id","stop_ids",
         "d_vocab_out","attention_dir","normalization_type","positional_embedding_type"},
         "hooks":[{"name","shape","axes","sizes","layer","description"}]}: parameters are counted, bytes is the memory that they hold,
        run_bytes what a run of run_tokens tokens holds beside them; hash is the SHA-256 of the checkpoint, of a model folder that of
        its facts and parameters; where the run decides a size, shape has the axis's name (["batch","pos",64]) and sizes have null;
        layer is -1 before the first block and n_layers after the last.
        """;

    internal override async Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        OpenOptions options = (parse.GetValue(_weights) ?? new OpenOptions()) with { Processing = parse.GetValue(_process) };
        using Model model = await Model.OpenAsync(parse.GetRequiredValue(_model), options, cancellationToken);
        ModelShowResult result = Describe(model);
        terminal.Table(["", ""], Facts(result, model.Tokenizer));
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
        int tokens = Math.Min(RunTokens, config.Context);
        return new ModelShowResult(
            config.Architecture,
            model.Parameters.Count,
            model.ParameterBytes,
            config.DModel,
            config.Layers,
            config.Heads,
            config.KeyHeads,
            config.Vocabulary,
            config.Context,
            model.Name,
            model.Hash,
            model.WeightStorage.ToString().ToLowerInvariant(),
            tokens,
            model.PeakBytes(TokenBatch.Of(new int[tokens])),
            model.Tokenizer is not null,
            shown,
            [.. model.Hooks.Points.Select(point => new ModelShowHook(point.Name, Shape(point), point.Axes, [.. point.Sizes.Select(size => size == 0 ? (int?)null : size)], point.Layer, point.Description))]);
    }

    private static JsonArray Shape(HookPoint point) =>
        [.. point.Sizes.Zip(point.Axes, (size, axis) => (JsonNode)(size == 0 ? JsonValue.Create(axis) : JsonValue.Create(size)))];

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("N1", CultureInfo.InvariantCulture) + " MB";

    private static IEnumerable<string[]> Facts(ModelShowResult result, Tokenizer? tokenizer)
    {
        ModelShowConfig config = result.Config;
        yield return ["model", result.Name];
        yield return ["sha-256", result.Hash];
        yield return ["architecture", config.Architecture];
        yield return ["parameters", result.Parameters.ToString("N0", CultureInfo.InvariantCulture)];
        yield return ["memory", $"{Megabytes(result.Bytes)}, matrices held as {result.Weights}; a run of {result.RunTokens} tokens takes {Megabytes(result.RunBytes)} beside them"];
        yield return ["blocks", $"{config.NLayers}"];
        yield return ["d_model", $"{config.DModel}"];
        yield return ["heads", $"{config.NHeads} of {config.DHead}, {config.NKeyValueHeads} for keys and values"];
        yield return ["d_mlp", $"{config.DMlp}"];
        yield return ["attention", config.AttentionDir];
        yield return ["norms", config.NormalizationType ?? "none"];
        yield return ["positions", config.PositionalEmbeddingType is "standard" ? "learned" : config.PositionalEmbeddingType ?? "none"];
        yield return ["vocabulary", config.DVocabOut == config.DVocab ? $"{config.DVocab}" : $"{config.DVocab}, and {config.DVocabOut} outputs"];
        yield return ["context", $"{config.NCtx}"];
        yield return ["BOS", config.BosId is { } bos ? $"{bos}" : "none"];
        yield return ["tokenizer", tokenizer is null ? "none: run it from --ids" : $"{tokenizer.Vocabulary} tokens"];
    }
}
