using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.GroundTruth.Planted;

/// <summary>
/// The weights of a network of one block, written in terms of named directions: orthonormal vectors of the residual stream, drawn by seed, so that
/// nothing lies along its axes. Words that have no direction of their own differ in what is left over. Attention heads look at words by their scores.
/// </summary>
internal sealed class NetworkDraft
{
    private const int SpareDimensions = 8;
    private const double Own = 0.5;

    private readonly string[] _words;
    private readonly string[] _names;
    private readonly double[][] _basis;
    private readonly int _heads;
    private readonly ModelParameters _arrays;

    internal NetworkDraft(string[] words, string[] directions, int heads, int neurons, long seed)
    {
        (_words, _names, _heads) = (words, directions, heads);
        int width = directions.Length + SpareDimensions;
        Config = new ModelConfig
        {
            Architecture = "planted",
            Layers = 1,
            DModel = width,
            Heads = heads,
            KeyHeads = heads,
            DHead = 1,
            DMlp = neurons,
            Vocabulary = words.Length,
            Context = 32,
            Norm = NormKind.None,
            PositionEmbedding = PositionKind.None,
            AttentionScale = 1,
            AttentionBias = true,
            GatedMlp = false,
            MlpActivation = Activation.Relu,
            MlpBias = true,
            TiedEmbedding = false,
            UnembeddingBias = true,
            BosId = 0,
        };
        using Tensor drawn = PlantedDirections.Draw(new PlantedOptions { Features = width, Width = width, Directions = DirectionLayout.Orthogonal, Seed = seed });
        _basis = [.. Enumerable.Range(0, width).Select(row => Array.ConvertAll(drawn.Row(row).ToArray(), value => (double)value))];
        _arrays = ModelParameters.Zeros(Config);
        SeededRandom random = new(seed, 1);
        for (int word = 0; word < words.Length; word++)
        {
            for (int spare = 0; spare < SpareDimensions; spare++)
            {
                AddTo(_arrays["embed.W_E"].Row(word), _basis[directions.Length + spare], Own * random.NextNormal());
            }
        }

        _arrays["blocks.0.attn.b_Q"].AsSpan().Fill(1);
    }

    internal ModelConfig Config { get; }

    /// <summary>The directions, [direction, d_model].</summary>
    internal Tensor Directions()
    {
        Tensor directions = Tensor.Zeros(new Shape(_names.Length, Config.DModel).Named("direction", "d_model"));
        for (int i = 0; i < _names.Length; i++)
        {
            AddTo(directions.Row(i), _basis[i], 1);
        }

        return directions;
    }

    /// <summary>Lets a word's embedding carry a direction.</summary>
    internal void Embed(string word, string direction, double value = 1) => AddTo(_arrays["embed.W_E"].Row(IdOf(word)), Of(direction), value);

    /// <summary>A head that looks at words by how strongly they carry directions, and writes what it finds along another.</summary>
    /// <param name="head">Which one.</param>
    /// <param name="scores">Attention score for 1 of a direction.</param>
    /// <param name="read">What it reads of the words that it looks at.</param>
    /// <param name="written">Where it writes that.</param>
    internal void Head(int head, (string Direction, double Score)[] scores, string read, string written)
    {
        foreach ((string direction, double score) in scores)
        {
            AddToColumn("blocks.0.attn.W_K", head, direction, score);
        }

        AddToColumn("blocks.0.attn.W_V", head, read, 1);
        AddTo(_arrays["blocks.0.attn.W_O"].Row(head), Of(written), 1);
    }

    /// <summary>A neuron: ReLU(Σ weights · directions + bias), written along directions.</summary>
    internal void Neuron(int neuron, (string Direction, double Weight)[] reads, double bias, params (string Direction, double Weight)[] writes)
    {
        foreach ((string direction, double weight) in reads)
        {
            AddToColumn("blocks.0.mlp.W_in", neuron, direction, weight);
        }

        _arrays["blocks.0.mlp.b_in"].AsSpan()[neuron] = (float)bias;
        foreach ((string direction, double weight) in writes)
        {
            AddTo(_arrays["blocks.0.mlp.W_out"].Row(neuron), Of(direction), weight);
        }
    }

    /// <summary>What a direction adds to the logit of a word.</summary>
    internal void Unembed(string direction, string word, double weight) => AddToColumn("unembed.W_U", IdOf(word), direction, weight);

    /// <summary>What the logit of a word begins with.</summary>
    internal void Bias(string word, double logit) => _arrays["unembed.b_U"].AsSpan()[IdOf(word)] = (float)logit;

    /// <summary>The network; the draft is of no use after it.</summary>
    internal Model Build(string name)
    {
        using ModelParameters parameters = _arrays;
        return parameters.ToModel(name, new OpenOptions { Tokenizer = WordTokenizer.Of(_words) });
    }

    private int IdOf(string word) => Array.IndexOf(_words, word);

    private double[] Of(string direction) => _basis[Array.IndexOf(_names, direction)];

    private void AddToColumn(string parameter, int column, string direction, double factor)
    {
        double[] values = Of(direction);
        for (int row = 0; row < values.Length; row++)
        {
            _arrays[parameter].Row(row)[column] += (float)(factor * values[row]);
        }
    }

    private static void AddTo(Span<float> to, double[] direction, double factor)
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] += (float)(factor * direction[i]);
        }
    }
}
