using Pellucid.GroundTruth.Planted;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.GroundTruth;

/// <summary>
/// Texts, and units of which the meaning is known: in words, as a predicate, and as the activation at every token (1 where it fires, else 0). What
/// explains units and what scores explanations can be tried on them. Sequence i depends on the seed and i alone. Immutable; safe for any
/// number of threads. Owns the subject until disposed.
/// </summary>
public sealed class PlantedTexts : IDisposable
{
    private const ulong Purpose = 0x7E47;

    private readonly int[][] _sequences;
    private readonly Lazy<Model> _network;

    /// <summary>Writes the texts.</summary>
    /// <param name="options">What is planted.</param>
    /// <exception cref="PellucidException">The options ask for the impossible.</exception>
    public PlantedTexts(PlantedTextOptions options)
    {
        if (options is not { Sequences: >= 1, Length: >= 1, Numbers: >= 1, Distractors: >= 0 and <= 1 })
        {
            throw new PellucidException(
                $"Planted texts of {options.Sequences} sequences of {options.Length} tokens, {options.Numbers} numbers and distractors in {options.Distractors} of their places are impossible. At least 1 of each is needed, and a share from 0 to 1.");
        }

        Options = options;
        PlantedGrammar grammar = new(options);
        string[] words = grammar.Words;
        Words = words;
        Meanings = PlantedMeanings.Of(words);
        Dictionary<string, int> ids = words.Index().ToDictionary(word => word.Item, word => word.Index, StringComparer.Ordinal);
        _network = new Lazy<Model>(Network);
        _sequences = new int[options.Sequences][];
        for (int i = 0; i < _sequences.Length; i++)
        {
            SeededRandom random = new(options.Seed, unchecked((long)SeededRandom.Hash(Purpose, (ulong)i)));
            _sequences[i] = [.. grammar.Draw(random, options.Length).Select(word => ids[word])];
        }
    }

    /// <summary>What is planted.</summary>
    public PlantedTextOptions Options { get; }

    /// <summary>The words; a word's token id is its index. They depend on the number of numbers alone.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>What each unit means.</summary>
    public IReadOnlyList<PlantedMeaning> Meanings { get; }

    /// <summary>Token ids of each sequence.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Sequences => _sequences;

    /// <summary>A sequence as text.</summary>
    public string Text(int sequence) => string.Join(' ', _sequences[sequence].Select(token => Words[token]));

    /// <summary>The true activations of a sequence, [pos, unit].</summary>
    public Tensor Activations(int sequence) => Activations(_sequences[sequence]);

    /// <summary>The true activations of any tokens, [pos, unit].</summary>
    public Tensor Activations(IReadOnlyList<int> tokens)
    {
        Tensor activations = Tensor.Empty(new Shape(tokens.Count, Meanings.Count).Named("pos", "unit"));
        for (int at = 0; at < tokens.Count; at++)
        {
            for (int unit = 0; unit < Meanings.Count; unit++)
            {
                activations.Row(at)[unit] = Meanings[unit].Fires(tokens, at) ? 1 : 0;
            }
        }

        return activations;
    }

    /// <summary>Base rate of a unit: the share of all tokens on which it fires.</summary>
    public double Density(int unit) => _sequences.Sum(tokens => Enumerable.Range(0, tokens.Length).Count(at => Meanings[unit].Fires(tokens, at)))
        / (double)(Options.Sequences * Options.Length);

    /// <summary>
    /// A model whose <c>hook_embed</c> is the units' activations, at whatever tokens it runs: a subject for explainers that experiment. Its parameters are
    /// zero and it predicts nothing; the activations are put there by an intervention. Lives as long as the texts.
    /// </summary>
    public Model Subject => _network.Value.With(Intervention.Custom(Hook.Embed, "planted meanings", Plant, needsWholeSequence: true, width: Meanings.Count));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_network.IsValueCreated)
        {
            _network.Value.Dispose();
        }
    }

    private Model Network()
    {
        ModelConfig config = new()
        {
            Architecture = "planted",
            Layers = 1,
            DModel = Meanings.Count,
            Heads = 1,
            KeyHeads = 1,
            DHead = 1,
            DMlp = 1,
            Vocabulary = Words.Count,
            Context = Math.Max(Options.Length, 64),
            Norm = NormKind.None,
            PositionEmbedding = PositionKind.None,
            GatedMlp = false,
            MlpActivation = Activation.Relu,
        };
        using ModelParameters parameters = ModelParameters.Zeros(config);
        return parameters.ToModel("planted texts", new OpenOptions { Tokenizer = WordTokenizer.Of(Words) });
    }

    private Tensor Plant(Ops ops, Tensor x, HookContext context)
    {
        Tensor planted = ops.Zeros(x.Shape);
        for (int item = 0; item < context.Tokens.Count; item++)
        {
            int[] tokens = [.. Enumerable.Range(0, context.Tokens.Positions).Select(position => context.Tokens[item, position])];
            using Tensor activations = Activations(tokens);
            activations.AsSpan().CopyTo(planted.AsSpan().Slice(item * (int)activations.Count, (int)activations.Count));
        }

        return planted;
    }
}
