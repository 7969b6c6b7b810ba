// The form in which a toy model is a network with named activations. Its tokens are its features: token "f3" is feature 3 at the value 1, at every
// position by itself, since attention is all zeros. x′ = ReLU(Wᵀ W x + b) is one block, whose residual stream is [hidden | output]: hook_embed is W x
// in the first m coordinates, the block's neurons are x′ (blocks.0.mlp.hook_post), which go to the other n, and from there to the logits. Computation
// in superposition, ReLU(V ReLU(W x) + b), is two, with the stream [x | hidden | output]: hook_embed is x, blocks.0.mlp.hook_post ReLU(W x), blocks.1.mlp.hook_post the output.
using Pellucid.GroundTruth.Toys;
using Pellucid.Models;
using Pellucid.Tensors;
using Pellucid.Tensors.Autoencoders;
using Pellucid.Tensors.Files;

namespace Pellucid.GroundTruth;

/// <summary>Toy models as ordinary models: run with every hook, saved as model folders with <c>truth.json</c>.</summary>
/// <example>
/// <code>
/// using Model network = ToyNetwork.ToModel(toy);
/// using Run one = network.Run("f3");                                                   // feature 3 alone, at 1
/// using Run any = network.With(ToyNetwork.Input(toy, [0, 0.5, 0, 0.2, 0])).Run("f0"); // any input: put in place of what the token embeds to
/// </code>
/// </example>
public static class ToyNetwork
{
    private const string EmbedHook = "hook_embed";
    private const int Context = 512;

    /// <summary>The network of a toy model; its logits are the output x′. The caller disposes it.</summary>
    /// <param name="model">The toy model.</param>
    /// <exception cref="PellucidException">It would need more memory than there may be.</exception>
    public static Model ToModel(ToyModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ToyTask task = model.Task;
        (int n, int m) = (task.Features, task.Hidden);
        ModelConfig config = ConfigOf(task);
        long values = ((long)config.DModel * 2 * n) + (config.Layers * ((2L * config.DModel * config.DMlp) + (4L * config.DModel)));
        ComputeMemory.Require(3 * values * sizeof(float), $"A network of {n} features", "Choose a smaller toy model.");
        using ModelParameters parameters = ModelParameters.Zeros(config);
        bool computes = task.Form == AutoencoderForm.RectifiedHidden;
        int hidden = computes ? n : 0, output = hidden + m; // where these coordinates begin
        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < m; k++)
            {
                if (computes)
                {
                    Put("blocks.0.mlp.W_in", i, k, model.Weight(k, i));
                    Put("blocks.1.mlp.W_in", hidden + k, i, model.OutWeights[(i * m) + k]);
                }
                else
                {
                    Put("embed.W_E", i, k, model.Weight(k, i));
                    Put("blocks.0.mlp.W_in", k, i, model.Weight(k, i));
                }
            }

            string last = $"blocks.{config.Layers - 1}.mlp.";
            parameters[last + "b_in"].AsSpan()[i] = model.Bias[i];
            Put(last + "W_out", i, output + i, 1);
            Put("unembed.W_U", output + i, i, 1);
            if (computes)
            {
                Put("embed.W_E", i, i, 1);
            }
        }

        for (int k = 0; k < m && computes; k++)
        {
            Put("blocks.0.mlp.W_out", k, hidden + k, 1);
        }

        return parameters.ToModel($"toy model of {n} features in {m} dimensions", new OpenOptions { Tokenizer = WordTokenizer.Of(Enumerable.Range(0, n).Select(feature => $"f{feature}")) });

        void Put(string name, int row, int column, float value)
        {
            Tensor array = parameters[name];
            array.AsSpan()[(row * array.Shape.Width) + column] = value;
        }
    }

    /// <summary>An experiment that gives the network of a toy model any input, whatever its tokens are, at every position.</summary>
    /// <param name="model">The toy model.</param>
    /// <param name="x">[feature].</param>
    /// <exception cref="ShapeException">It has another number of features.</exception>
    public static Intervention Input(ToyModel model, ReadOnlySpan<double> x)
    {
        ArgumentNullException.ThrowIfNull(model);
        ToyTask task = model.Task;
        if (x.Length != task.Features)
        {
            throw new ShapeException($"Input: [{x.Length}] does not fit a toy model of [feature {task.Features}].");
        }

        float[] embedded = new float[ConfigOf(task).DModel];
        for (int i = 0; i < x.Length; i++)
        {
            if (task.Form == AutoencoderForm.RectifiedHidden)
            {
                embedded[i] = (float)x[i];
            }

            for (int k = 0; k < task.Hidden && task.Form != AutoencoderForm.RectifiedHidden; k++)
            {
                embedded[k] += (float)(model.Weight(k, i) * x[i]);
            }
        }

        return Intervention.Mean(EmbedHook, Tensor.From(embedded, new Shape(embedded.Length)));
    }

    /// <summary>Saves the network of a toy model as a model folder, which any verb and <see cref="Model.OpenAsync(string, CancellationToken)"/> open, and <c>truth.json</c> beside it.</summary>
    /// <param name="model">The toy model.</param>
    /// <param name="folder">Where it goes; made if it is not there.</param>
    /// <param name="overwrite">Whether a model that is there is replaced.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="PellucidException">There is a model already.</exception>
    /// <exception cref="BadFileException">The folder cannot be written.</exception>
    public static async Task SaveAsync(ToyModel model, string folder, bool overwrite = false, CancellationToken cancellationToken = default)
    {
        using Model network = ToModel(model);
        await network.SaveAsync(folder, overwrite, cancellationToken).ConfigureAwait(false);
        ToyTruth.Write(folder, model, network);
    }

    /// <summary>The toy model of a folder that <see cref="SaveAsync"/> wrote, from its <c>truth.json</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="BadFileException">There is no <c>truth.json</c> of a toy model there, or it contradicts itself.</exception>
    public static ToyModel Read(string folder) => ToyTruth.Read(folder);

    private static ModelConfig ConfigOf(ToyTask task)
    {
        bool computes = task.Form == AutoencoderForm.RectifiedHidden;
        (int n, int m) = (task.Features, task.Hidden);
        return new ModelConfig
        {
            Architecture = "toy",
            Layers = computes ? 2 : 1,
            DModel = checked(m + (computes ? 2 * n : n)),
            Heads = 1,
            KeyHeads = 1,
            DHead = 1,
            DMlp = computes ? Math.Max(n, m) : n,
            Vocabulary = n,
            OutputVocabulary = n,
            Context = Context,
            Norm = NormKind.None,
            PositionEmbedding = PositionKind.None,
            GatedMlp = false,
            MlpActivation = task.Form == AutoencoderForm.Linear ? Activation.None : Activation.Relu,
            MlpBias = true,
            TiedEmbedding = false,
        };
    }
}
