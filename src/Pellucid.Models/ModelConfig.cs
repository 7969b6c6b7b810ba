using System.Globalization;
using System.Text;
using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>
/// The facts of one network: its sizes, how its blocks are built, its conventions and the tokens with a meaning. The forward pass, the
/// table of hooks and the table of parameters are read off these facts, so that an architecture is a set of them and not a class.
/// Immutable. The defaults are Llama's.
/// </summary>
public sealed record ModelConfig
{
    /// <summary>Family: <c>llama</c>, <c>gpt2</c>. A name for people; nothing is computed from it.</summary>
    public required string Architecture { get; init; }

    /// <summary>Number of blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int DModel { get; init; }

    /// <summary>Query heads of a block.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads of a block; the query heads share them in equal groups.</summary>
    public required int KeyHeads { get; init; }

    /// <summary>Size of one head.</summary>
    public required int DHead { get; init; }

    /// <summary>Hidden width of an MLP.</summary>
    public required int DMlp { get; init; }

    /// <summary>Number of tokens.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>
    /// Number of outputs, where they are not the tokens; null, the default, where the logits are those of the next token. A network with outputs
    /// of its own has no loss of predicted tokens and does not generate.
    /// </summary>
    public int? OutputVocabulary { get; init; }

    /// <summary>Longest sequence, in tokens.</summary>
    public required int Context { get; init; }

    /// <summary>How the residual stream is scaled before it is read.</summary>
    public NormKind Norm { get; init; } = NormKind.Rms;

    /// <summary>Added to the mean square, or to the variance, in a norm.</summary>
    public float NormEpsilon { get; init; } = 1e-5f;

    /// <summary>How a token is told its position.</summary>
    public PositionKind PositionEmbedding { get; init; } = PositionKind.Rotary;

    /// <summary>Base of the rotary frequencies.</summary>
    public double RotaryBase { get; init; } = 10_000;

    /// <summary>How many of a head's dimensions are turned, from the first; even; all of them when null.</summary>
    public int? RotaryDimensions { get; init; }

    /// <summary>How the rotary frequencies are changed for sequences longer than those of training; as they are when null.</summary>
    public RotaryScaling? RotaryScaling { get; init; }

    /// <summary>Base of the rotary frequencies in local layers, which are never rescaled; that of all layers when null.</summary>
    public double? LocalRotaryBase { get; init; }

    /// <summary>How many keys up to its own position a query of a local layer sees at most; 0, the default, for all.</summary>
    public int Window { get; init; }

    /// <summary>Which layers are local, so that <see cref="Window"/> holds for them: one value a layer; every layer where empty, the default.</summary>
    public IReadOnlyList<bool> LocalLayers { get; init; } = [];

    /// <summary>Attention scores s become cap · tanh(s / cap); 0, the default, for no cap.</summary>
    public float AttentionSoftCap { get; init; }

    /// <summary>Logits x become cap · tanh(x / cap); 0, the default, for no cap.</summary>
    public float LogitSoftCap { get; init; }

    /// <summary>Whether layer i divides its attention scores by i + 1 as well.</summary>
    public bool ScalesScoresByLayer { get; init; }

    /// <summary>Whether each head's queries and keys are normed (root mean square, with factors [d_head]) before rotary embedding.</summary>
    public bool QueryKeyNorm { get; init; }

    /// <summary>Whether the MLP reads what attention has written, or the same residual stream as attention.</summary>
    public BlockKind Block { get; init; } = BlockKind.Serial;

    /// <summary>Where norms stand in a block.</summary>
    public NormPlacement NormPlacement { get; init; } = NormPlacement.Before;

    /// <summary>Factor on token embeddings where they enter the network, not where they are its unembedding; 1 by default.</summary>
    public float EmbeddingScale { get; init; } = 1;

    /// <summary>Whether the sum of the embeddings is normed before the first block.</summary>
    public bool EmbeddingNorm { get; init; }

    /// <summary>Number of token types (segments), each with an embedding; 0, the default, for none.</summary>
    public int TokenTypes { get; init; }

    /// <summary>Width of the token embeddings, where a matrix leads from it to d_model and another back; d_model when null.</summary>
    public int? EmbeddingWidth { get; init; }

    /// <summary>Whether there are logits; a sentence encoder has none.</summary>
    public bool HasUnembedding { get; init; } = true;

    /// <summary>Whether the residual stream goes through a dense layer, <see cref="MlpActivation"/> and a norm before the unembedding, as in BERT.</summary>
    public bool LogitTransform { get; init; }

    /// <summary>Whether the first position's residual stream goes through a dense layer and tanh: BERT's pooled output.</summary>
    public bool Pooler { get; init; }

    /// <summary>Whether the pooled output has two logits of its own: whether the second text follows the first.</summary>
    public bool NextSentenceHead { get; init; }

    /// <summary>
    /// Whether a token attends only to itself and to those before it. A network that attends both ways does not generate.
    /// </summary>
    public bool IsCausal { get; init; } = true;

    /// <summary>Factor on the attention scores; 1/√d_head when null.</summary>
    public float? AttentionScale { get; init; }

    /// <summary>Whether a second branch of the MLP is multiplied by the activated first one.</summary>
    public bool GatedMlp { get; init; } = true;

    /// <summary>The MLP's activation function: of the gate where there is one.</summary>
    public Activation MlpActivation { get; init; } = Activation.Silu;

    /// <summary>Whether queries, keys and values have biases.</summary>
    public bool AttentionBias { get; init; }

    /// <summary>Whether the attention's output has a bias.</summary>
    public bool AttentionOutputBias { get; init; }

    /// <summary>Whether the MLP's matrices have biases.</summary>
    public bool MlpBias { get; init; }

    /// <summary>Whether the unembedding is the embedding turned.</summary>
    public bool TiedEmbedding { get; init; } = true;

    /// <summary>Whether the unembedding has a bias.</summary>
    public bool UnembeddingBias { get; init; }

    /// <summary>The token that begins a sequence, if the model was trained with one.</summary>
    public int? BosId { get; init; }

    /// <summary>Tokens that end a generated text.</summary>
    public IReadOnlyList<int> StopIds { get; init; } = [];

    /// <summary>What was done to the parameters so that they are easier to read, without changing what they compute. For people; nothing is computed from it.</summary>
    public WeightProcessing Processing { get; init; } = WeightProcessing.None;

    /// <summary>
    /// The facts of GPT-2 small (Radford et al. 2019): 12 blocks of 768, 124 million parameters. Change the sizes by <c>with</c> for another of its family.
    /// </summary>
    public static ModelConfig Gpt2Small { get; } = new()
    {
        Architecture = "gpt2",
        Layers = 12,
        DModel = 768,
        Heads = 12,
        KeyHeads = 12,
        DHead = 64,
        DMlp = 3072,
        Vocabulary = 50_257,
        Context = 1024,
        Norm = NormKind.Layer,
        PositionEmbedding = PositionKind.Learned,
        GatedMlp = false,
        MlpActivation = Activation.GeluTanh,
        AttentionBias = true,
        AttentionOutputBias = true,
        MlpBias = true,
        BosId = 50_256,
        StopIds = [50_256],
    };

    /// <summary>Logits of a position: <see cref="OutputVocabulary"/>, or <see cref="Vocabulary"/> where that is null.</summary>
    public int Outputs => OutputVocabulary ?? Vocabulary;

    /// <summary>Whether a norm is taken of the last block's output: where norms stand before what they serve.</summary>
    internal bool HasFinalNorm => Norm != NormKind.None && NormPlacement != NormPlacement.After;

    /// <summary>Whether the unembedding is the embedding turned, where there is one.</summary>
    internal bool HasTiedUnembedding => TiedEmbedding && HasUnembedding;

    /// <summary>Whether rotary angles depend on the length of a run, so that keys cannot be kept from one run to the next.</summary>
    internal bool AnglesDependOnLength => PositionEmbedding == PositionKind.Rotary && RotaryScaling is { Kind: RotaryScalingKind.Dynamic };

    /// <summary>Whether <see cref="Window"/> holds for any layer.</summary>
    private bool HasLocalLayers => LocalLayers.Count == 0 || LocalLayers.Contains(true);

    /// <summary>Whether a layer sees no more than <see cref="Window"/> keys.</summary>
    internal bool IsLocal(int layer) => Window > 0 && (LocalLayers.Count == 0 || LocalLayers[layer]);

    /// <summary>
    /// What a computation depends on beside the parameters: a line of what every network has, and one for each fact that differs from its default, so
    /// that a fact that comes to be known later leaves the text of all others as it was.
    /// </summary>
    internal string Facts
    {
        get
        {
            StringBuilder facts = new();
            facts.Append(
                CultureInfo.InvariantCulture,
                $"heads {Heads} {KeyHeads} {DHead}, causal {IsCausal}, scale {ScoreScale:R}, {Norm} {NormEpsilon:R}, {PositionEmbedding} {RotaryBase:R}, gated {GatedMlp} {MlpActivation}, tied {TiedEmbedding}, own outputs {OutputVocabulary is not null}\n");
            Add("rotary dimensions", RotaryDimensions);
            Add("rotary scaling", RotaryScaling?.Facts);
            Add("local rotary base", LocalRotaryBase);
            Add("window", Window > 0 && HasLocalLayers ? Window : null);
            Add("local layers", Window > 0 && HasLocalLayers && LocalLayers.Contains(false) ? string.Join(' ', LocalLayers.Select(local => local ? 1 : 0)) : null);
            Add("attention cap", AttentionSoftCap > 0 ? AttentionSoftCap : null);
            Add("logit cap", LogitSoftCap > 0 ? LogitSoftCap : null);
            Add("scores by layer", ScalesScoresByLayer ? true : null);
            Add("query and key norm", QueryKeyNorm ? true : null);
            Add("block", Block != BlockKind.Serial ? Block : null);
            Add("norms", NormPlacement != NormPlacement.Before ? NormPlacement : null);
            Add("embedding scale", EmbeddingScale != 1 ? EmbeddingScale : null);
            Add("embedding norm", EmbeddingNorm ? true : null);
            Add("token types", TokenTypes > 0 ? TokenTypes : null);
            Add("embedding width", EmbeddingWidth);
            Add("unembedding", HasUnembedding ? null : false);
            Add("logit transform", LogitTransform ? true : null);
            Add("pooler", Pooler ? true : null);
            Add("next sentence", NextSentenceHead ? true : null);
            return facts.ToString();

            void Add(string name, object? value)
            {
                if (value is not null)
                {
                    facts.Append(CultureInfo.InvariantCulture, $"{name} {value}\n");
                }
            }
        }
    }

    internal float ScoreScale => AttentionScale ?? (1 / MathF.Sqrt(DHead));

    /// <summary>Refuses to read logits where there are none.</summary>
    /// <param name="asked">What was asked for: begins the message.</param>
    /// <exception cref="PellucidException">The network has no unembedding.</exception>
    internal void RequireLogits(string asked)
    {
        if (!HasUnembedding)
        {
            throw new PellucidException($"{asked} needs logits; this network has no unembedding, as an encoder of sentences. Read its activations.");
        }
    }

    /// <summary>Refuses to read the logits as predictions of the next token where they are not.</summary>
    /// <param name="asked">What was asked for: begins the message.</param>
    /// <exception cref="PellucidException">There are no logits, or the outputs are not the tokens.</exception>
    internal void RequirePredictions(string asked)
    {
        RequireLogits(asked);
        if (OutputVocabulary is { } outputs)
        {
            throw new PellucidException(
                $"{asked} needs a network that predicts the next token; the {outputs} outputs of this one are not its {Vocabulary} tokens. Read its logits, or use a metric of them.");
        }
    }

    /// <summary>Refuses facts of which no network can be built.</summary>
    /// <exception cref="PellucidException">A size is not positive, or sizes do not fit one another.</exception>
    internal void Check()
    {
        (string Name, int Size)[] sizes =
        [
            ("layers", Layers), ("d_model", DModel), ("heads", Heads), ("key heads", KeyHeads), ("d_head", DHead), ("d_mlp", DMlp),
            ("vocabulary", Vocabulary), ("context", Context),
            ("outputs", Outputs),
        ];
        foreach ((string name, int size) in sizes)
        {
            if (size < 1)
            {
                throw new PellucidException($"A network with {name} {size} cannot be built; at least 1 is needed.");
            }
        }

        if (HasTiedUnembedding && Outputs != Vocabulary)
        {
            throw new PellucidException(
                $"A network of {Vocabulary} tokens and {Outputs} outputs cannot have the embedding, turned, as its unembedding. Set TiedEmbedding to false.");
        }

        if (!(ScoreScale > 0 && float.IsFinite(ScoreScale)) || !(NormEpsilon >= 0 && float.IsFinite(NormEpsilon)) || !(RotaryBase > 0 && double.IsFinite(RotaryBase)))
        {
            throw new PellucidException(
                $"A network with score scale {ScoreScale}, norm epsilon {NormEpsilon} and rotary base {RotaryBase} cannot be built: all must be finite, the scale and the base positive.");
        }

        if (Heads % KeyHeads != 0 || (PositionEmbedding == PositionKind.Rotary && RotaryDimensions is null && DHead % 2 != 0))
        {
            throw new PellucidException(
                $"{Heads} heads of {DHead} cannot share {KeyHeads} key heads: the heads must be a multiple of the key heads, and a rotary head's size even.");
        }

        if (Problem() is { } problem)
        {
            throw new PellucidException($"A network cannot be built like this: {problem}.");
        }
    }

    /// <summary>What is wrong with facts that not every network has, or null.</summary>
    private string? Problem() =>
        RotaryDimensions is { } turned && (turned < 2 || turned > DHead || turned % 2 != 0)
            ? $"{turned} of a head's {DHead} dimensions cannot be turned; an even number from 2 to {DHead} can"
        : PositionEmbedding == PositionKind.Rotary && RotaryScaling?.Problem(RotaryDimensions ?? DHead) is { } scaling ? scaling
        : LocalRotaryBase is { } local && !(local > 0 && double.IsFinite(local)) ? $"the rotary base of local layers is {local}; it must be finite and positive"
        : Window < 0 ? $"the window is {Window}; it must be 0, for none, or positive"
        : Window > 0 && !IsCausal ? $"a window of {Window} keys up to a query's own is for causal attention, and this attends both ways"
        : LocalLayers.Count != 0 && LocalLayers.Count != Layers ? $"{LocalLayers.Count} layers are said to be local or not, and there are {Layers}"
        : !(AttentionSoftCap >= 0 && float.IsFinite(AttentionSoftCap)) || !(LogitSoftCap >= 0 && float.IsFinite(LogitSoftCap))
            ? $"the soft caps are {AttentionSoftCap} and {LogitSoftCap}; they must be 0, for none, or positive"
        : !(EmbeddingScale > 0 && float.IsFinite(EmbeddingScale)) ? $"the factor on embeddings is {EmbeddingScale}; it must be finite and positive"
        : Norm == NormKind.None && (NormPlacement != NormPlacement.Before || EmbeddingNorm || LogitTransform)
            ? "it has no norms, so they cannot stand after attention and MLP, nor behind the embeddings or before the unembedding"
        : Block != BlockKind.Serial && NormPlacement != NormPlacement.Before ? "in parallel blocks norms stand before attention and MLP alone"
        : TokenTypes < 0 ? $"it has {TokenTypes} token types; 0, for none, or more can be"
        : EmbeddingWidth is < 1 ? $"its embeddings are {EmbeddingWidth} wide; at least 1 is needed"
        : LogitTransform && !HasUnembedding ? "a transform before the unembedding needs one"
        : NextSentenceHead && !Pooler ? "logits of the next sentence are made of a pooled output, and there is none"
        : null;
}
