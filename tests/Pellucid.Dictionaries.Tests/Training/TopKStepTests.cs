using Pellucid.Dictionaries.Training;

namespace Pellucid.Dictionaries.Tests.Training;

public sealed class TopKStepTests
{
    private const int Width = 8;
    private const int Latents = 24;
    private const int Rows = 16;

    [Fact]
    public void ComputeGradients_DictionaryLearningTopK_MatchesLossAndGradients()
    {
        GoldenFile golden = new("train_dictlearn_topk_auxk", "tensors.safetensors");
        using TopKParameters parameters = FromDictionaryLearning(golden);
        using TopKStep step = new(parameters, DictionaryLearning);
        StepMeasures measures = step.ComputeGradients(Batch(golden, 0));
        Assert.Equal(17.311847686767578, measures.SquaredError, 17.3 * 1e-5);
        Assert.Equal(1.5568969249725342, measures.AuxLoss, 1.56 * 1e-5);
        Assert.Equal(17.36050033569336, measures.Loss, 17.4 * 1e-5);
        step.WriteGradients();
        AssertGradients(golden, "grad.", parameters, ("decoder.weight", true));
    }

    [Fact]
    public void Update_DictionaryLearningTopK_MatchesParametersAfterThreeSteps() =>
        AssertThreeUpdates("train_dictlearn_topk_auxk", DictionaryLearning);

    [Fact]
    public void ComputeGradients_DictionaryLearningBatchTopK_MatchesLossAndGradients()
    {
        GoldenFile golden = new("train_dictlearn_batchtopk_auxk", "tensors.safetensors");
        using TopKParameters parameters = FromDictionaryLearning(golden);
        using TopKStep step = new(parameters, DictionaryLearning with { OfWholeBatch = true });
        StepMeasures measures = step.ComputeGradients(Batch(golden, 0));
        Assert.Equal(34.528255462646484, measures.SquaredError, 34.5 * 1e-5);
        Assert.Equal(1.9638433456420898, measures.AuxLoss, 1.96 * 1e-5);
        Assert.Equal(34.58962631225586, measures.Loss, 34.6 * 1e-5);
        step.WriteGradients();
        AssertGradients(golden, "grad.", parameters, ("decoder.weight", true));
    }

    [Fact]
    public void Update_DictionaryLearningBatchTopK_MatchesParametersAfterThreeSteps() =>
        AssertThreeUpdates("train_dictlearn_batchtopk_auxk", DictionaryLearning with { OfWholeBatch = true });

    [Fact]
    public void ComputeGradients_SparsifyVarianceUnexplained_MatchesLossAndGradients()
    {
        GoldenFile golden = new("train_sparsify_topk_auxk", "tensors.safetensors");
        using Tensor x = Batch(golden, 0);
        using TopKParameters parameters = new(
            golden.Tensor("init.encoder.weight", Latents, Width),
            golden.Tensor("init.encoder.bias", Latents),
            golden.Tensor("init.W_dec", Latents, Width),
            golden.Tensor("init.b_dec", Width));
        using TopKStep step = new(parameters, new StepOptions { K = 4, LossScale = 1 / VarianceOf(x) });
        StepMeasures measures = step.ComputeGradients(x);
        Assert.Equal(golden["fvu_only.loss"][0], measures.Loss, 3.9 * 1e-5);
        step.WriteGradients();
        AssertGradients(golden, "fvu_only.grad.", parameters, ("W_dec", false));
    }

    /// <summary>
    /// Central differences of the loss in double, step 1e-6, against the float gradients: the differences are right to 1e-8 or so, the
    /// gradients to float rounding of sums of some hundred terms, hence 1e-5 absolute and 2e-4 relative.
    /// </summary>
    [Fact]
    public void ComputeGradients_WithDeadLatents_EqualFiniteDifferencesInDouble()
    {
        using TopKParameters parameters = new(
            PlantedData.Normal(20, 5, 1, 0.6f), Row(20, 2, 0.2f), PlantedData.Normal(20, 5, 3, 0.6f), Row(5, 4, 0.3f));
        for (int latent = 0; latent < 20; latent += 2)
        {
            parameters.SinceFired[latent] = 1_000_000; // some of them fire in this batch and so are not dead
        }

        using Tensor x = PlantedData.Normal(4, 5, 5, 1);
        StepOptions options = new() { K = 2, AuxK = 3, AuxCoefficient = 0.5, LossScale = 0.7, DeadAfterTokens = 1000 };
        using TopKStep step = new(parameters, options);
        StepMeasures measures = step.ComputeGradients(x);
        bool[] dead = [.. parameters.SinceFired.Select(since => since >= 1000)];
        Assert.InRange(measures.Dead, 4, 9);
        Assert.True(measures.AuxLoss > 0);
        TopKReference reference = new(parameters, x, dead, options);
        Assert.Equal(reference.Loss(), measures.Loss, 1e-5);
        step.WriteGradients();
        foreach (LearnedArray array in parameters.All)
        {
            float[] differences = reference.Differences(array.Name);
            Close.Assert(differences, array.Gradient.AsSpan(), 1e-5, 2e-4, array.Name);
        }
    }

    /// <summary>With dead latents, which the auxiliary loss reads and moves too.</summary>
    [Fact]
    public void Update_Postponed_HasTheBitsOfUpdatesOfEveryLatent()
    {
        List<float[]> values = [];
        foreach (bool postpone in (bool[])[false, true])
        {
            using TopKParameters parameters = TopKParameters.Initial(300, new float[20], 3);
            using TopKStep step = new(parameters, new StepOptions { K = 3, AuxK = 2, DeadAfterTokens = 100, ClipNorm = 1, PostponeUpdates = postpone });
            int dead = 0;
            for (int i = 1; i <= 100; i++)
            {
                using Tensor x = PlantedData.Normal(4, 20, i % 7, 1);
                dead = Math.Max(dead, step.ComputeGradients(x).Dead);
                step.Update(1e-4, i);
            }

            Assert.InRange(dead, 100, 299);
            step.Flush();
            values.Add([.. parameters.All.SelectMany(array => (float[])[.. array.Value.AsSpan(), .. array.First.AsSpan(), .. array.Second.AsSpan()])]);
        }

        Assert.Equal(values[0], values[1]);
    }

    [Fact]
    public void Update_AnyGradient_KeepsDecoderRowsOfUnitNorm()
    {
        using TopKParameters parameters = TopKParameters.Initial(30, [0.1f, 0.2f, 0.3f, 0.4f, 0.5f], 3);
        using Tensor x = PlantedData.Normal(40, 5, 5, 1);
        using TopKStep step = new(parameters, new StepOptions { K = 3, ClipNorm = 1 });
        for (int i = 1; i <= 5; i++)
        {
            step.ComputeGradients(x);
            step.Update(0.01, i);
        }

        for (int latent = 0; latent < 30; latent++)
        {
            Assert.Equal(1, parameters.Decoder.Value.Row(latent).ToArray().Sum(value => value * value), 1e-5f);
        }
    }

    private static StepOptions DictionaryLearning => new() { K = 4, AuxK = Width / 2, AdamEpsilon = 1e-8, ClipNorm = 1 };

    private static TopKParameters FromDictionaryLearning(GoldenFile golden)
    {
        TopKParameters parameters = new(
            golden.Tensor("init.encoder.weight", Latents, Width),
            golden.Tensor("init.encoder.bias", Latents),
            golden.Turned("init.decoder.weight", Latents, Width),
            golden.Tensor("init.b_dec", Width));
        float[] since = golden["init.num_tokens_since_fired"];
        for (int latent = 0; latent < Latents; latent++)
        {
            parameters.SinceFired[latent] = (long)since[latent];
        }

        return parameters;
    }

    private static void AssertThreeUpdates(string name, StepOptions options)
    {
        GoldenFile golden = new(name, "tensors.safetensors");
        using TopKParameters parameters = FromDictionaryLearning(golden);
        using TopKStep step = new(parameters, options);
        for (int i = 0; i < 3; i++)
        {
            step.ComputeGradients(Batch(golden, i));
            step.Update(rate: 0.002, i + 1);
            string after = $"after{i + 1}.";
            using Tensor decoder = golden.Turned(after + "decoder.weight", Latents, Width);
            Close.Assert(golden[after + "encoder.weight"], parameters.Encoder.Value.AsSpan(), 2e-5, name: after + "W_enc");
            Close.Assert(golden[after + "encoder.bias"], parameters.EncoderBias.Value.AsSpan(), 2e-5, name: after + "b_enc");
            Close.Assert(decoder.AsSpan(), parameters.Decoder.Value.AsSpan(), 2e-5, name: after + "W_dec");
            Close.Assert(golden[after + "b_dec"], parameters.DecoderBias.Value.AsSpan(), 2e-5, name: after + "b_dec");
        }
    }

    private static void AssertGradients(GoldenFile golden, string prefix, TopKParameters parameters, (string Name, bool Turned) decoder)
    {
        using Tensor expected = decoder.Turned ? golden.Turned(prefix + decoder.Name, Latents, Width) : golden.Tensor(prefix + decoder.Name, Latents, Width);
        Close.Assert(expected.AsSpan(), parameters.Decoder.Gradient.AsSpan(), 1e-5, 1e-4, "W_dec");
        Close.Assert(golden[prefix + "encoder.weight"], parameters.Encoder.Gradient.AsSpan(), 1e-5, 1e-4, "W_enc");
        Close.Assert(golden[prefix + "encoder.bias"], parameters.EncoderBias.Gradient.AsSpan(), 1e-5, 1e-4, "b_enc");
        Close.Assert(golden[prefix + "b_dec"], parameters.DecoderBias.Gradient.AsSpan(), 1e-5, 1e-4, "b_dec");
    }

    private static Tensor Batch(GoldenFile golden, int index) =>
        Tensor.From(golden["x"].AsSpan(index * Rows * Width, Rows * Width), new Shape(Rows, Width));

    private static Tensor Row(int width, long seed, float scale)
    {
        using Tensor row = PlantedData.Normal(1, width, seed, scale);
        return row.Reshape(new Shape(width));
    }

    private static double VarianceOf(Tensor x)
    {
        double sum = 0;
        for (int i = 0; i < Width; i++)
        {
            double[] column = [.. Enumerable.Range(0, Rows).Select(row => (double)x[row, i])];
            double mean = column.Average();
            sum += column.Average(value => (value - mean) * (value - mean));
        }

        return sum;
    }
}
