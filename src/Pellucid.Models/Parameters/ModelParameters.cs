using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Pellucid.Models.Networks;
using Pellucid.Models.Processing;
using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>
/// The parameters of a model as plain arrays by name, to be made, read and changed: what a training step works on. A <see cref="Model"/> is
/// immutable and has its matrices packed for products; <see cref="ToModel"/> makes one of what the arrays hold at that moment.
/// </summary>
/// <remarks>Owns the arrays until disposed. Reading is safe from many threads, changing is not.</remarks>
/// <example>
/// <code>
/// using ModelParameters parameters = ModelParameters.Random(config, seed: 7);
/// using Model model = parameters.ToModel();
/// using Adam adam = new(parameters.ToLearn(), new AdamOptions { LearningRate = 1e-3f });
/// GradientOptions options = new() { Parameters = ParameterSet.All };
/// GradientRun? run = null;
/// foreach (TokenBatch batch in batches)
/// {
///     run = model.Gradients(batch, Metric.Loss, options, run);   // in place of the run before: allocates nothing
///     adam.Step(run.For(adam.Parameters));
///     parameters.Refill(model);
/// }
///
/// run?.Dispose();
/// </code>
/// </example>
public sealed class ModelParameters : IDisposable
{
    private readonly NetworkPlan _plan;
    private readonly Dictionary<string, Tensor> _arrays = new(StringComparer.Ordinal);

    private ModelParameters(NetworkPlan plan) => _plan = plan;

    /// <summary>What the network is.</summary>
    public ModelConfig Config => _plan.Config;

    /// <summary>Names and shapes.</summary>
    public ParameterTable Table => _plan.Parameters;

    /// <summary>The array of a name, in the layout of <see cref="ParameterTable"/>; its values may be changed in place.</summary>
    /// <exception cref="PellucidException">There is no parameter of that name.</exception>
    public Tensor this[string name] => _arrays.TryGetValue(name, out Tensor? array) ? array : throw NotThere(name);

    /// <summary>Parameters that are all 0, the factors of norms too: what a network is written into by hand.</summary>
    /// <param name="config">What the network is.</param>
    /// <exception cref="PellucidException">No network can be built of these facts.</exception>
    public static ModelParameters Zeros(ModelConfig config)
    {
        config.Check();
        ModelParameters parameters = new(new NetworkPlan(config));
        foreach (ParameterPoint point in parameters.Table.Points)
        {
            parameters._arrays.Add(point.Name, Tensor.Zeros(point.Shape));
        }

        return parameters;
    }

    /// <summary>
    /// Random parameters: matrices and embeddings uniform with a standard deviation of 0.02, those that write to the residual stream of
    /// 0.02/√(2·layers) as in GPT-2 (Radford et al. 2019), the factors of norms 1, biases 0.
    /// </summary>
    /// <param name="config">What the network is.</param>
    /// <param name="seed">The same config and seed give the same parameters.</param>
    /// <exception cref="PellucidException">No network can be built of these facts.</exception>
    public static ModelParameters Random(ModelConfig config, long seed)
    {
        ModelParameters parameters = Zeros(config);
        foreach ((int index, ParameterPoint point) in parameters.Table.Points.Index())
        {
            Tensor array = parameters[point.Name];
            if (point.Shape.Rank == 2)
            {
                bool writes = point.Name.EndsWith("W_O", StringComparison.Ordinal) || point.Name.EndsWith("W_out", StringComparison.Ordinal);
                RandomParameters.Fill(array, writes ? 0.02 / Math.Sqrt(2.0 * config.Layers) : 0.02, seed, index + 1);
            }
            else if (point.Name.EndsWith(".w", StringComparison.Ordinal))
            {
                array.AsSpan().Fill(1);
            }
        }

        return parameters;
    }

    /// <summary>Parameters from arrays by name, which are copied.</summary>
    /// <param name="config">What the network is.</param>
    /// <param name="arrays">An array for each name of the model's <see cref="ParameterTable"/>, of the shape declared there.</param>
    /// <exception cref="PellucidException">No network can be built of these facts, or a name is missing or unknown.</exception>
    /// <exception cref="ShapeException">An array has another shape than declared.</exception>
    public static ModelParameters From(ModelConfig config, IReadOnlyDictionary<string, Tensor> arrays)
    {
        config.Check();
        ModelParameters parameters = new(new NetworkPlan(config));
        try
        {
            foreach (string name in arrays.Keys)
            {
                _ = parameters.Table[name];
            }

            foreach (ParameterPoint point in parameters.Table.Points)
            {
                Tensor given = arrays.TryGetValue(point.Name, out Tensor? array)
                    ? array
                    : throw new PellucidException($"Parameter {point} is missing among the {arrays.Count} arrays that were given.");
                if (given.Shape != point.Shape)
                {
                    throw new ShapeException($"Parameter {point} was given as {given.Shape}.");
                }

                parameters._arrays.Add(point.Name, given.To(DType.F32));
            }

            return parameters;
        }
        catch
        {
            parameters.Dispose();
            throw;
        }
    }

    /// <summary>A model of what the arrays hold now. It has its own copy of them, and needs disposal of its own.</summary>
    /// <param name="name">How it calls itself.</param>
    /// <param name="options">Its tokenizer, and how its matrices are held; none, and as single-precision numbers, by default.</param>
    /// <exception cref="PellucidException">Matrices are not held in that type, or the tokenizer has more tokens than the network.</exception>
    public Model ToModel(string name = "parameters", OpenOptions? options = null) => ToModelWith(name, options ?? new OpenOptions(), SentenceOptions.Default);

    /// <summary>The same, of a model whose files say how texts become vectors.</summary>
    internal Model ToModelWith(string name, OpenOptions options, SentenceOptions sentences)
    {
        options.Check(Config);
        if (options.Processing is { IsNone: false } processing)
        {
            using ModelParameters processed = Processed(processing);
            return processed.ToModelWith(name, options with { Processing = null }, sentences);
        }

        return Made(name, _plan, WeightNames.Pack(_plan, parameter => this[parameter], options.WeightStorage), options.Tokenizer, sentences);
    }

    /// <summary>
    /// Parameters, and facts, of a network that computes the same and is easier to read; these stay as they are. Where a step makes a bias or an unembedding of
    /// its own out of nothing, the new config has it.
    /// </summary>
    /// <param name="processing">The steps.</param>
    /// <exception cref="PellucidException">A step would change what this network computes; the message says why.</exception>
    public ModelParameters Processed(WeightProcessing processing) => WeightProcessor.Apply(this, processing.For(Config));

    /// <summary>The arrays as an optimizer takes them: it changes them in place. Weight decay is for matrices and embeddings, not for norms and biases.</summary>
    public IReadOnlyList<Parameter> ToLearn() =>
        [.. Table.Points.Select(point => new Parameter(point.Name, this[point.Name]) { Decays = point.Shape.Rank > 1 })];

    /// <summary>
    /// Packs what the arrays hold now into the memory of a model that <see cref="ToModel"/> made of them, as after a training step. No other thread
    /// may use the model, or one composed of it, meanwhile; its hash is from now on that of the new values.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <exception cref="PellucidException">The model was not made of these parameters.</exception>
    public void Refill(Model model)
    {
        if (model.Plan != _plan)
        {
            throw new PellucidException($"Model '{model.Name}' was not made of these parameters. Refill what their ToModel returned.");
        }

        foreach ((string name, Tensor? array, PackedMatrix? matrix) in model.Weights.Named(_plan))
        {
            ReadOnlySpan<float> values = this[name].AsSpan();
            if (array is not null)
            {
                values.CopyTo(array.AsSpan());
            }

            matrix?.Refill(values, outputsByInputs: name == ParameterName.Embedding);
        }

        model.Identity.Forget();
    }

    /// <summary>Frees the arrays.</summary>
    public void Dispose()
    {
        foreach (Tensor array in _arrays.Values)
        {
            array.Dispose();
        }
    }

    /// <summary>A model that is known by its facts and parameters, for want of a checkpoint.</summary>
    internal static Model Made(string name, NetworkPlan plan, NetworkWeights weights, Tokenizer? tokenizer, SentenceOptions sentences) =>
        new(name, plan, weights, tokenizer, new ModelHash(() => HashOf(plan, weights))) { Sentences = sentences };

    internal static ModelParameters Of(NetworkPlan plan, NetworkWeights weights)
    {
        ModelParameters parameters = new(plan);
        foreach ((string name, Tensor? array, PackedMatrix? matrix) in WeightNames.Of(plan, weights))
        {
            Tensor copy = Tensor.Empty(plan.Parameters[name].Shape);
            if (array is not null)
            {
                array.AsSpan().CopyTo(copy.AsSpan());
            }
            else
            {
                matrix!.Unpack(copy.AsSpan(), outputsByInputs: name == ParameterName.Embedding);
            }

            parameters._arrays.Add(name, copy);
        }

        return parameters;
    }

    /// <summary>SHA-256 over the facts of which a computation is made, then names, shapes and values in the order of the table.</summary>
    private static string HashOf(NetworkPlan plan, NetworkWeights weights)
    {
        using ModelParameters parameters = Of(plan, weights);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(plan.Config.Facts));
        if (weights.Storage == DType.Q8)
        {
            hash.AppendData("weights=q8\n"u8); // products round what enters them, so that the same values in another storage compute something else
        }

        foreach (ParameterPoint point in plan.Parameters.Points)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(point.ToString()));
            hash.AppendData(MemoryMarshal.AsBytes(parameters[point.Name].AsSpan()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private PellucidException NotThere(string name)
    {
        _ = Table[name];
        return new PellucidException($"Parameter '{name}' is not held here."); // cannot be met: every array of the table is
    }
}
