// Interchange intervention training: Geiger et al. 2022 (arXiv:2112.00826). Strict, with interchanges outside of the circuit that must change nothing: Gupta,
// Arcuschin, Kwa, Garriga-Alonso 2024, InterpBench (arXiv:2407.14494). A base and a source run in one batch, so that the gradient of an interchange reaches the part in both.
// Departures: no norms; the loss is the squared distance from what the compiled network puts out, so that both have the same outputs; learning rate by a cosine.
using Pellucid.GroundTruth.Circuits;
using Pellucid.GroundTruth.Variants;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.GroundTruth;

/// <summary>Trains networks that compute a program with known parts, as a trained network does: in directions and by means of its own.</summary>
public static class InterchangeTrainer
{
    /// <summary>
    /// Trains a network of as many layers as the compiled one until each part in its circuit does what the same part does there, and no other part matters. What variable
    /// a part computes is known then; in which directions is not.
    /// </summary>
    /// <param name="program">The compiled network, which stays as it is.</param>
    /// <param name="options">Sizes, and how to train.</param>
    /// <param name="progress">Told the part that is done, 0 to 1.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>A network of its own, with its truth; <see cref="InterchangeCheck"/> says how far it came.</returns>
    /// <exception cref="PellucidException">The options do not fit the network.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static CompiledProgram Train(
        CompiledProgram program, InterchangeTrainingOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new InterchangeTrainingOptions();
        options.Check(program);
        ModelConfig config = Config(program.Model.Config, options);
        using ModelParameters parameters = Begin(config, options.Seed);
        Model model = parameters.ToModel(program.Model.Name, new OpenOptions { Tokenizer = program.Model.Tokenizer });
        CompiledProgram trained = new(program.Program, program.Options, model, Truth(program.Truth));
        try
        {
            Train(trained, parameters, options, progress, cancellationToken);
            return trained;
        }
        catch
        {
            trained.Dispose();
            throw;
        }
    }

    private static void Train(
        CompiledProgram program, ModelParameters parameters, InterchangeTrainingOptions options, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        Dictionary<NetworkNode, IReadOnlyList<string>> circuit = InterchangeCheck.VariablesOf(program);
        NetworkNode[] inside = [.. circuit.Keys], outside = [.. InterchangeCheck.Outside(program, circuit)];
        SeededRandom random = new(options.Seed, stream: 0x117);
        InputBatches inputs = new(program, random);
        Schedule schedule = Schedule.Cosine(3L * options.Rounds).WithWarmup(100);
        using Adam adam = new(parameters.ToLearn(), new AdamOptions { LearningRate = options.LearningRate, ClipNorm = 1, Schedule = schedule });
        GradientOptions all = new() { Parameters = ParameterSet.All };
        GradientRun? run = null;
        try
        {
            for (int round = 0; round < options.Rounds; round++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Step(null, []);
                if (inside.Length > 0)
                {
                    NetworkNode node = random.Any(inside);
                    Step(node, circuit[node]);
                }

                if (outside.Length > 0)
                {
                    Step(random.Any(outside), []);
                }

                progress?.Report((round + 1.0) / options.Rounds);
            }
        }
        finally
        {
            run?.Dispose();
        }

        void Step(NetworkNode? node, IReadOnlyList<string> variables)
        {
            Value[][] bases = inputs.Draw(options.Batch);
            var pairs = InterchangePairs.Of(program, bases, inputs.Draw(options.Batch, bases[0].Length), variables);
            if (pairs.Places.Length == 0)
            {
                return;
            }

            Model subject = node is null ? program.Model : program.Model.With(node.TakenFromSecondHalf(2 * options.Batch));
            run = subject.Gradients(pairs.Tokens, Loss(program, pairs), all, run);
            adam.Step(run.For(adam.Parameters));
            parameters.Refill(program.Model);
        }
    }

    /// <summary>The squared distance from the outputs of the compiled network, a mean over places.</summary>
    private static Metric Loss(CompiledProgram program, InterchangePairs pairs)
    {
        int outputs = program.Model.Config.Outputs;
        Tensor wanted = Tensor.Zeros(new Shape(pairs.Places.Length, outputs));
        foreach ((int row, (int sequence, int position)) in pairs.Places.Index())
        {
            program.Encode(pairs.Outputs[sequence][position - 1], wanted.Row(row));
        }

        return Metric.OfLogits("distance", _ => pairs.Places, (ops, logits, _) => ops.Scale(ops.Sum(ops.Square(ops.Subtract(logits, ops.Own(wanted)))), 1f / pairs.Places.Length));
    }

    private static ModelConfig Config(ModelConfig compiled, InterchangeTrainingOptions options) => compiled with
    {
        Architecture = "rasp-trained",
        DModel = options.Width,
        Heads = options.Heads,
        KeyHeads = options.Heads,
        DHead = options.Width / options.Heads,
        DMlp = options.Neurons,
        MlpActivation = Activation.GeluTanh,
        AttentionScale = null,
        AttentionBias = true,
        AttentionOutputBias = true,
        MlpBias = true,
        UnembeddingBias = true,
    };

    /// <summary>Matrices with a variance of one over their inputs, and embeddings of standard deviation 1/2: without norms, nothing else sets the scale.</summary>
    private static ModelParameters Begin(ModelConfig config, long seed)
    {
        var parameters = ModelParameters.Random(config, seed);
        foreach (ParameterPoint point in parameters.Table.Points.Where(point => point.Shape.Rank == 2))
        {
            Span<float> values = parameters[point.Name].AsSpan();
            double square = 0;
            foreach (float value in values)
            {
                square += (double)value * value;
            }

            bool embeds = point.Name is "embed.W_E" or "pos_embed.W_pos";
            float factor = (float)((embeds ? 0.5 : 1 / Math.Sqrt(point.Shape[0])) / Math.Sqrt(square / values.Length));
            foreach (ref float value in values)
            {
                value *= factor;
            }
        }

        return parameters;
    }

    private static CompiledTruth Truth(CompiledTruth truth) => truth with
    {
        Variant = ProgramVariant.Trained,
        Basis = [],
        Constant = [],
        Variables = [.. truth.Variables.Select(variable => variable with { Directions = [] })],
    };
}
