using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Processing;

/// <summary>
/// Each step on networks of many families, in double: what is left of a difference is the rounding of the new parameters to single precision, 6e-8 of
/// each, which comes to less than 1e-5 of logits of size 1 to 10. A step that is wrong moves them by 0.1 and more.
/// </summary>
public sealed class WeightProcessingTests
{
    private const double Tolerance = 2e-5;

    private static readonly int[] Ids = [3, 1, 4, 1, 5, 9, 2];

    private static readonly ModelConfig Llama = SmallNetworks.Llama with { DModel = 12, DHead = 4, DMlp = 10, Vocabulary = 11, Context = 8, TiedEmbedding = false };

    private static readonly ModelConfig Gpt2 = SmallNetworks.Gpt2 with { DModel = 12, Heads = 3, KeyHeads = 3, DHead = 4, DMlp = 10, Vocabulary = 11, Context = 8 };

    private static readonly Dictionary<string, ModelConfig> Configs = new()
    {
        ["llama"] = Llama,
        ["llama tied"] = Llama with { TiedEmbedding = true },
        ["qwen2"] = Llama with { AttentionBias = true, TiedEmbedding = true },
        ["gemma2"] = Llama with
        {
            NormPlacement = NormPlacement.BeforeAndAfter,
            AttentionSoftCap = 5,
            LogitSoftCap = 8,
            EmbeddingScale = 3.5f,
            TiedEmbedding = true,
            MlpActivation = Activation.GeluTanh,
        },
        ["gpt2"] = Gpt2,
        ["gpt_neo"] = Gpt2 with { AttentionBias = false, AttentionScale = 1 },
        ["gpt2 without biases"] = Gpt2 with { AttentionBias = false, AttentionOutputBias = false, MlpBias = false },
        ["gpt_neox"] = Gpt2 with { Block = BlockKind.Parallel, PositionEmbedding = PositionKind.Rotary, TiedEmbedding = false },
        ["phi"] = Gpt2 with { Block = BlockKind.ParallelSharedNorm, PositionEmbedding = PositionKind.Rotary, TiedEmbedding = false, UnembeddingBias = true },
        ["opt post-norm"] = Gpt2 with { NormPlacement = NormPlacement.After, MlpActivation = Activation.Relu },
        ["no norms"] = Gpt2 with { Norm = NormKind.None },
    };

    public static TheoryData<string> Names => [.. Configs.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Processed_EachStepAndAll_LeavesLogProbabilitiesAsTheyAre(string name)
    {
        using ModelParameters parameters = Filled(Configs[name], 3);
        double[][] before = new DoubleForward(parameters).Logits(Ids);
        WeightProcessing standard = WeightProcessing.Standard.For(parameters.Config);
        WeightProcessing[] all =
        [
            new() { FoldNorms = true }, new() { CenterWriting = true }, new() { CenterUnembedding = true }, new() { FoldValueBiases = true },
            new() { FoldNorms = true, CenterWriting = true }, new() { CenterWriting = true, FoldValueBiases = true }, standard,
        ];
        foreach (WeightProcessing steps in all.Where(steps => (steps with { OnlyWherePossible = true }).For(parameters.Config) == steps))
        {
            using ModelParameters processed = parameters.Processed(steps);
            double[][] after = new DoubleForward(processed).Logits(Ids);
            for (int pos = 0; pos < Ids.Length; pos++)
            {
                double[] expected = steps.CenterUnembedding ? LogProbabilities(before[pos]) : before[pos];
                double[] met = steps.CenterUnembedding ? LogProbabilities(after[pos]) : after[pos];
                Assert.All(expected.Zip(met), pair => Assert.True(Math.Abs(pair.First - pair.Second) < Tolerance, $"{name} {steps} at {pos}: {pair.First} became {pair.Second}"));
                Assert.True(!steps.CenterUnembedding || Math.Abs(after[pos].Average()) < Tolerance, $"{name} {steps}: the mean logit is {after[pos].Average()}");
            }

            Assert.Equal(steps, processed.Config.Processing);
        }
    }

    [Theory]
    [InlineData("llama", "fold-norms,center-unembedding,fold-value-biases")]
    [InlineData("gpt2", "fold-norms,center-writing,center-unembedding,fold-value-biases")]
    [InlineData("phi", "fold-norms,center-writing,center-unembedding,fold-value-biases")]
    [InlineData("gemma2", "fold-norms,fold-value-biases")]
    [InlineData("opt post-norm", "center-unembedding,fold-value-biases")]
    [InlineData("no norms", "center-unembedding,fold-value-biases")]
    public void For_Standard_TakesWhatHolds(string name, string steps) => Assert.Equal(steps, WeightProcessing.Standard.For(Configs[name]).ToString());

    [Theory]
    [InlineData("llama", "center-writing", "mean")]
    [InlineData("gemma2", "center-writing", "mean")]
    [InlineData("gemma2", "center-unembedding", "capped")]
    [InlineData("opt post-norm", "fold-norms", "residual stream")]
    [InlineData("opt post-norm", "center-writing", "norm before it is added")]
    [InlineData("no norms", "fold-norms", "no norms")]
    [InlineData("no norms", "center-writing", "mean")]
    public void Processed_StepThatDoesNotHold_IsRefusedWithItsReason(string name, string step, string reason)
    {
        Assert.True(WeightProcessing.TryParse(step, out WeightProcessing steps));
        using ModelParameters parameters = Filled(Configs[name], 3);
        PellucidException error = Assert.Throws<PellucidException>(() => parameters.Processed(steps));
        Assert.Contains($"'{step}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Close.IsOneLine(error);
    }

    /// <summary>Steps are refused because they would change the outputs, which is seen here by doing them all the same.</summary>
    [Fact]
    public void Processed_CenterWritingOfRmsNorms_WouldChangeTheOutputs()
    {
        using ModelParameters parameters = Filled(Configs["llama"], 3);
        double before = new DoubleForward(parameters).Logits(Ids)[4][2];
        foreach (ParameterPoint point in parameters.Table.Points.Where(point => point.Name.EndsWith("W_out", StringComparison.Ordinal) || point.Name.EndsWith("W_O", StringComparison.Ordinal)))
        {
            for (int row = 0; row < point.Shape[0]; row++)
            {
                float mean = parameters[point.Name].Row(row).ToArray().Average();
                foreach (ref float value in parameters[point.Name].Row(row))
                {
                    value -= mean;
                }
            }
        }

        Assert.True(Math.Abs(before - new DoubleForward(parameters).Logits(Ids)[4][2]) > 0.01);
    }

    [Fact]
    public void Processed_Standard_LeavesNothingToFold()
    {
        using ModelParameters parameters = Filled(Gpt2, 3), processed = parameters.Processed(WeightProcessing.Standard);
        Assert.False(processed.Config.TiedEmbedding);
        foreach (ParameterPoint point in processed.Table.Points)
        {
            float[] values = processed[point.Name].ToArray();
            string kind = point.Name[(point.Name.LastIndexOf('.') + 1)..];
            switch (kind)
            {
                case "w":
                    Assert.All(values, value => Assert.Equal(1, value));
                    break;
                case "b" or "b_V":
                    Assert.All(values, value => Assert.Equal(0, value));
                    break;
                case "W_E" or "W_pos" or "W_O" or "b_O" or "W_out" or "b_out" or "W_U" or "b_U": // each row has lost its mean
                    Assert.All(values.Chunk(point.Shape.Width), row => Assert.InRange(row.Average(value => (double)value), -1e-7, 1e-7));
                    break;
            }

            if (kind is "W_Q" or "W_K" or "W_V" or "W_in" or "W_U") // so has each column that reads a norm
            {
                int width = point.Shape.Width;
                Assert.All(Enumerable.Range(0, width), column => Assert.InRange(values.Where((_, at) => at % width == column).Average(value => (double)value), -1e-7, 1e-7));
            }
        }

        Assert.Equal(WeightProcessing.None, parameters.Config.Processing);
    }

    [Fact]
    public void Processed_EveryResidualWritten_HasNoMean()
    {
        using ModelParameters parameters = Filled(Gpt2, 3), processed = parameters.Processed(new WeightProcessing { CenterWriting = true });
        Assert.True(Math.Abs(new DoubleForward(parameters).Embedded(3, 2).Average()) > 1e-2);
        Assert.InRange(new DoubleForward(processed).Embedded(3, 2).Average(), -1e-6, 1e-6);
    }

    [Fact]
    public void Processed_TiedWithFactorsOfOne_StaysTied()
    {
        using ModelParameters parameters = Filled(Configs["llama tied"], 3);
        parameters["ln_final.w"].AsSpan().Fill(1);
        using ModelParameters processed = parameters.Processed(new WeightProcessing { FoldNorms = true });
        Assert.True(processed.Config.TiedEmbedding);
        using ModelParameters apart = parameters.Processed(new WeightProcessing { FoldNorms = true, CenterUnembedding = true });
        Assert.False(apart.Config.TiedEmbedding);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("standard")]
    [InlineData("fold-norms")]
    [InlineData("fold-norms,center-writing,center-unembedding,fold-value-biases")]
    [InlineData("center-unembedding")]
    public void TryParse_ItsOwnText_GivesTheSame(string text)
    {
        Assert.True(WeightProcessing.TryParse(text, out WeightProcessing steps));
        Assert.Equal(text, steps.ToString());
        Assert.Equal(text == "none", steps.IsNone);
    }

    [Theory]
    [InlineData("")]
    [InlineData("fold")]
    [InlineData("fold-norms,")]
    [InlineData("fold-norms,standard")]
    public void TryParse_OtherText_IsNone(string text)
    {
        Assert.False(WeightProcessing.TryParse(text, out WeightProcessing steps));
        Assert.True(steps.IsNone);
    }

    /// <summary>Parameters of which none is what a step would make of it.</summary>
    internal static ModelParameters Filled(ModelConfig config, long seed)
    {
        ModelParameters parameters = ModelParameters.Zeros(config);
        SeededRandom random = new(seed);
        foreach (ParameterPoint point in parameters.Table.Points)
        {
            double center = point.Name.EndsWith(".w", StringComparison.Ordinal) ? 1 : 0.1, spread = point.Shape.Rank == 2 ? 0.4 : 0.3;
            foreach (ref float value in parameters[point.Name].AsSpan())
            {
                value = (float)(center + (spread * random.NextNormal()));
            }
        }

        return parameters;
    }

    private static double[] LogProbabilities(double[] logits)
    {
        double most = logits.Max(), sum = most + Math.Log(logits.Sum(logit => Math.Exp(logit - most)));
        return [.. logits.Select(logit => logit - sum)];
    }
}
