using Pellucid.Dictionaries.Training;

namespace Pellucid.Dictionaries.Tests.Training;

public sealed class ReluStepTests
{
    private const int Width = 8;
    private const int Latents = 24;
    private const int Rows = 16;

    /// <summary>dictionary_learning raises the penalty over its first ten steps and the rate over its first two.</summary>
    private static readonly (double Penalty, double Rate)[] Steps = [(0.008, 0), (0.016, 0.001), (0.024, 0.002)];

    private static StepOptions Options => new() { K = 1, AdamEpsilon = 1e-8 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ComputeGradients_DictionaryLearningStandard_MatchesLossAndGradients(bool dense)
    {
        GoldenFile golden = new("train_dictlearn_standard_relu_l1", "tensors.safetensors");
        using TopKParameters parameters = FromDictionaryLearning(golden);
        using ReluStep step = new(parameters, Steps[0].Penalty, Options) { Dense = dense };
        StepMeasures measures = step.ComputeGradients(Batch(golden, 0));
        Assert.Equal(31.02975845336914, measures.SquaredError, 31 * 1e-5);
        Assert.Equal(31.105619430541992, measures.Loss, 31.1 * 1e-5);
        Assert.Equal(golden["latents"].Count(value => value > 0) / (double)Rows, measures.L0);
        step.WriteGradients();
        using Tensor decoder = golden.Turned("grad.decoder.weight", Latents, Width);
        Close.Assert(decoder.AsSpan(), parameters.Decoder.Gradient.AsSpan(), 1e-5, 1e-4, "W_dec");
        Close.Assert(golden["grad.encoder.weight"], parameters.Encoder.Gradient.AsSpan(), 1e-5, 1e-4, "W_enc");
        Close.Assert(golden["grad.encoder.bias"], parameters.EncoderBias.Gradient.AsSpan(), 1e-5, 1e-4, "b_enc");
        Close.Assert(golden["grad.bias"], parameters.DecoderBias.Gradient.AsSpan(), 1e-5, 1e-4, "b_dec");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Update_DictionaryLearningStandard_MatchesParametersAfterThreeSteps(bool dense)
    {
        GoldenFile golden = new("train_dictlearn_standard_relu_l1", "tensors.safetensors");
        using TopKParameters parameters = FromDictionaryLearning(golden);
        using ReluStep step = new(parameters, 0, Options) { Dense = dense };
        for (int i = 0; i < 3; i++)
        {
            step.Penalty = Steps[i].Penalty;
            step.ComputeGradients(Batch(golden, i));
            step.Update(Steps[i].Rate, i + 1);
            string after = $"after{i + 1}.";
            using Tensor decoder = golden.Turned(after + "decoder.weight", Latents, Width);
            Close.Assert(golden[after + "encoder.weight"], parameters.Encoder.Value.AsSpan(), 2e-5, name: after + "W_enc");
            Close.Assert(golden[after + "encoder.bias"], parameters.EncoderBias.Value.AsSpan(), 2e-5, name: after + "b_enc");
            Close.Assert(decoder.AsSpan(), parameters.Decoder.Value.AsSpan(), 2e-5, name: after + "W_dec");
            Close.Assert(golden[after + "bias"], parameters.DecoderBias.Value.AsSpan(), 2e-5, name: after + "b_dec");
        }
    }

    /// <summary>The two ways sum in other orders: a gradient of some hundred terms near 1 agrees to 1e-5 of the largest, and so does the loss.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(-2.5f)]
    public void ComputeGradients_DenseOrCodes_AgreeToRounding(float shift)
    {
        using TopKParameters parameters = TopKParameters.Initial(301, new float[50], 3);
        parameters.EncoderBias.Value.AsSpan().Fill(shift);
        using Tensor x = PlantedData.Normal(130, 50, 5, 1);
        using ReluStep codes = new(parameters, 0.1, Options) { Dense = false }, dense = new(parameters, 0.1, Options) { Dense = true };
        StepMeasures expected = codes.ComputeGradients(x), measures = dense.ComputeGradients(x);
        Assert.Equal(expected.Loss, measures.Loss, expected.Loss * 1e-5);
        Assert.Equal(expected.L0, measures.L0);
        codes.WriteGradients();
        float[][] wanted = [.. parameters.All.Select(array => array.Gradient.ToArray())];
        dense.WriteGradients();
        foreach ((float[] want, LearnedArray got) in wanted.Zip(parameters.All))
        {
            Close.Assert(want, got.Gradient.AsSpan(), want.Max(Math.Abs) * 1e-5, name: got.Name);
        }
    }

    /// <summary>What is chosen has the bits of the way that the share of active latents asks for, which are not those of the other.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(-2.5f, false)]
    public void ComputeGradients_ShareOfActiveLatents_ChoosesTheWay(float shift, bool dense)
    {
        using TopKParameters parameters = TopKParameters.Initial(301, new float[50], 3);
        parameters.EncoderBias.Value.AsSpan().Fill(shift);
        using Tensor x = PlantedData.Normal(130, 50, 5, 1);
        List<float[]> gradients = [];
        foreach (bool? way in (bool?[])[null, dense, !dense])
        {
            using ReluStep step = new(parameters, 0.1, Options) { Dense = way };
            step.ComputeGradients(x);
            step.WriteGradients();
            gradients.Add(parameters.Decoder.Gradient.ToArray());
        }

        Assert.Equal(gradients[1], gradients[0]);
        Assert.NotEqual(gradients[2], gradients[0]);
    }

    /// <summary>The share of active latents falls from half to few, so that both ways are gone.</summary>
    [Fact]
    public void Update_Postponed_HasTheBitsOfUpdatesOfEveryLatent()
    {
        List<float[]> values = [];
        foreach (bool postpone in (bool[])[false, true])
        {
            using TopKParameters parameters = TopKParameters.Initial(300, new float[20], 3);
            using ReluStep step = new(parameters, 0.1, Options with { PostponeUpdates = postpone });
            for (int i = 1; i <= 60; i++)
            {
                if (i % 20 == 10)
                {
                    step.Flush();
                    parameters.EncoderBias.Value.AsSpan().Fill(i % 40 == 10 ? -2.5f : 0);
                }

                using Tensor x = PlantedData.Normal(4, 20, i % 7, 1);
                step.ComputeGradients(x);
                step.Update(1e-4, i);
            }

            step.Flush();
            values.Add([.. parameters.All.SelectMany(array => (float[])[.. array.Value.AsSpan(), .. array.First.AsSpan(), .. array.Second.AsSpan()])]);
        }

        Assert.Equal(values[0], values[1]);
    }

    private static TopKParameters FromDictionaryLearning(GoldenFile golden) => new(
        golden.Tensor("init.encoder.weight", Latents, Width),
        golden.Tensor("init.encoder.bias", Latents),
        golden.Turned("init.decoder.weight", Latents, Width),
        golden.Tensor("init.bias", Width));

    private static Tensor Batch(GoldenFile golden, int index) =>
        Tensor.From(golden["x"].AsSpan(index * Rows * Width, Rows * Width), new Shape(Rows, Width));
}
