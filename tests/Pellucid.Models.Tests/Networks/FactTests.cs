using Pellucid.Models.Networks;
using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Networks;

/// <summary>Facts that not every network has: what they refuse, how a model is known by them, and what a network without logits can do.</summary>
public sealed class FactTests
{
    private static readonly ModelConfig Plain = new()
    {
        Architecture = "facts",
        Layers = 2,
        DModel = 12,
        Heads = 2,
        KeyHeads = 2,
        DHead = 6,
        DMlp = 10,
        Vocabulary = 9,
        Context = 16,
    };

    private static readonly ModelConfig Encoder = Plain with
    {
        Norm = NormKind.Layer,
        PositionEmbedding = PositionKind.Learned,
        NormPlacement = NormPlacement.After,
        IsCausal = false,
        GatedMlp = false,
        EmbeddingNorm = true,
        TokenTypes = 2,
        Pooler = true,
        NextSentenceHead = true,
        HasUnembedding = false,
        AttentionBias = true,
        AttentionOutputBias = true,
        MlpBias = true,
    };

    private static readonly ModelConfig[] Changed =
    [
        Plain with { RotaryDimensions = 4 }, Plain with { RotaryScaling = new() { Kind = RotaryScalingKind.Linear, Factor = 2, OriginalContext = 8 } },
        Plain with { RotaryScaling = new() { Kind = RotaryScalingKind.Linear, Factor = 3, OriginalContext = 8 } }, Plain with { LocalRotaryBase = 7 },
        Plain with { Window = 3 }, Plain with { Window = 3, LocalLayers = [true, false] }, Plain with { AttentionSoftCap = 2 }, Plain with { LogitSoftCap = 2 },
        Plain with { ScalesScoresByLayer = true }, Plain with { QueryKeyNorm = true }, Plain with { Block = BlockKind.Parallel },
        Plain with { Block = BlockKind.ParallelSharedNorm }, Plain with { NormPlacement = NormPlacement.BeforeAndAfter }, Plain with { NormPlacement = NormPlacement.After },
        Plain with { EmbeddingScale = 2 }, Plain with { EmbeddingNorm = true }, Plain with { TokenTypes = 2 }, Plain with { EmbeddingWidth = 5 },
        Plain with { EmbeddingWidth = 5, TiedEmbedding = false }, Plain with { HasUnembedding = false }, Plain with { LogitTransform = true }, Plain with { Pooler = true },
        Plain with { Pooler = true, NextSentenceHead = true }, Encoder,
    ];

    public static TheoryData<int> Refused => [.. Enumerable.Range(0, Impossible.Length)];

    public static TheoryData<int> All => [.. Enumerable.Range(0, Changed.Length)];

    private static ModelConfig[] Impossible =>
    [
        Plain with { RotaryDimensions = 5 }, Plain with { RotaryDimensions = 8 }, Plain with { RotaryDimensions = 0 },
        Scaled(RotaryScalingKind.Linear, 0), Scaled(RotaryScalingKind.Linear, double.NaN), Scaled(RotaryScalingKind.Dynamic, 2) with { RotaryDimensions = 2 },
        Plain with { RotaryScaling = new() { Kind = RotaryScalingKind.Llama3, Factor = 2, OriginalContext = 8, LowFrequencyFactor = 4, HighFrequencyFactor = 4 } },
        Plain with { RotaryScaling = new() { Kind = RotaryScalingKind.Yarn, Factor = 2, OriginalContext = 8, BetaFast = 1, BetaSlow = 2 } },
        Plain with { RotaryScaling = new() { Kind = RotaryScalingKind.Yarn, Factor = 2, OriginalContext = 8, AttentionFactor = 0 } },
        Plain with { RotaryScaling = new() { Kind = RotaryScalingKind.Linear, Factor = 2, OriginalContext = 0 } },
        Plain with { LocalRotaryBase = 0 }, Plain with { Window = -1 }, Plain with { Window = 3, IsCausal = false }, Plain with { LocalLayers = [true] },
        Plain with { AttentionSoftCap = -1 }, Plain with { LogitSoftCap = float.PositiveInfinity }, Plain with { EmbeddingScale = 0 },
        Plain with { Norm = NormKind.None, NormPlacement = NormPlacement.After }, Plain with { Norm = NormKind.None, EmbeddingNorm = true },
        Plain with { Norm = NormKind.None, LogitTransform = true }, Plain with { Block = BlockKind.Parallel, NormPlacement = NormPlacement.BeforeAndAfter },
        Plain with { TokenTypes = -1 }, Plain with { EmbeddingWidth = 0 }, Plain with { HasUnembedding = false, LogitTransform = true }, Plain with { NextSentenceHead = true },
    ];

    [Theory]
    [MemberData(nameof(Refused))]
    public void Random_ImpossibleFacts_AreRefused(int index) => Close.IsOneLine(Assert.Throws<PellucidException>(() => Model.Random(Impossible[index], 1)));

    [Theory]
    [MemberData(nameof(All))]
    public void CopyParameters_EveryFact_HoldsWhatTheModelWasMadeOf(int index)
    {
        using ModelParameters parameters = ModelParameters.Random(Changed[index], 4);
        using Model model = parameters.ToModel();
        using ModelParameters copy = model.CopyParameters();
        Assert.All(parameters.Table.Points, point => Assert.Equal(parameters[point.Name].ToArray(), copy[point.Name].ToArray()));
        using ModelParameters others = ModelParameters.Random(Changed[index], 5);
        foreach (ParameterPoint point in others.Table.Points)
        {
            others[point.Name].AsSpan().CopyTo(parameters[point.Name].AsSpan());
        }

        string before = model.Hash;
        parameters.Refill(model);
        using Model refilled = others.ToModel();
        Assert.Equal(refilled.Hash, model.Hash);
        Assert.NotEqual(before, model.Hash);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void PeakBytes_EveryFact_IsWhatARunHolds(int index)
    {
        using Model model = Model.Random(Changed[index], 4);
        TokenBatch tokens = TokenBatch.From([[1, 2, 3, 4, 5], [3, 4]], new BatchOptions { Padding = PaddingSide.Left });
        RunOptions options = new() { Capture = Capture.Of(Hook.Pattern(1), Hook.ResidPost(0)) };
        using Run run = model.Run(tokens, options);
        Assert.InRange(model.PeakBytes(tokens, options), 1, 1 << 20);
        using Run again = model.Run(tokens, options, run);
        Assert.Equal(2, again.Activations.Count);
    }

    [Fact]
    public void Facts_OfNetworksThatHaveNoneOfThese_AreOneLineAsBefore()
    {
        Assert.Equal(
            "heads 2 2 6, causal True, scale 0.40824828, Rms 1E-05, Rotary 10000, gated True Silu, tied True, own outputs False\n", Plain.Facts);
        string[] facts = [Plain.Facts, .. Changed.Where(config => config.TiedEmbedding).Select(config => config.Facts)];
        Assert.Equal(facts.Length, facts.Distinct().Count());
    }

    [Fact]
    public void Run_WithoutUnembedding_GivesActivationsAndSaysThatThereAreNoLogits()
    {
        using Model model = Model.Random(Encoder, 3);
        TokenBatch tokens = TokenBatch.Of([1, 2, 3]);
        using Run run = model.Run(tokens, new RunOptions { Capture = Capture.Of(Hook.NormalizedResidPost(1), Hook.PoolerOut, Hook.NextSentenceOut) });
        Assert.Equal([1, 3, 12], run[Hook.NormalizedResidPost(1)].Shape.Sizes.ToArray());
        Assert.Equal([1, 12], run[Hook.PoolerOut].Shape.Sizes.ToArray());
        Assert.Equal([1, 2], run[Hook.NextSentenceOut].Shape.Sizes.ToArray());
        foreach (Action asked in (Action[])[
            () => _ = run.Logits, () => run.Loss(), () => model.Generate([[1, 2]]), () => model.Gradients(tokens, Metric.Logit(1), new GradientOptions())])
        {
            PellucidException error = Assert.Throws<PellucidException>(asked);
            Assert.Contains("no unembedding", error.Message, StringComparison.Ordinal);
            Close.IsOneLine(error);
        }
    }

    [Fact]
    public void With_InterventionAtThePooledOutput_ActsOnWhatIsMadeOfIt()
    {
        using Model model = Model.Random(Encoder, 3);
        TokenBatch tokens = TokenBatch.From([[1, 2, 3], [4, 5]]);
        using Run zero = model.With(Intervention.Zero(Hook.PoolerOut)).Run(tokens, new RunOptions { Capture = Capture.Of(Hook.PoolerOut, Hook.NextSentenceOut) });
        Assert.All(zero[Hook.PoolerOut].ToArray(), value => Assert.Equal(0, value));
        Assert.All(zero[Hook.NextSentenceOut].ToArray(), value => Assert.Equal(0, value)); // its bias is 0 too
        Assert.Throws<ShapeException>(() => model.With(Intervention.Zero(Hook.PoolerOut).At(Positions.At(0))));
        Metric metric = Metric.OfActivation("pooled", Hook.PoolerOut, (ops, x) => ops.Sum(x));
        using GradientRun run = model.Gradients(tokens, metric, new GradientOptions { At = Capture.Of(Hook.FullEmbed) });
        Assert.Contains(run[Hook.FullEmbed].ToArray(), value => value != 0);
    }

    [Fact]
    public void Frequencies_OfEachRule_AreThoseOfItsFormula()
    {
        (float[] linear, _) = RotaryFrequencies.Of(8, 100, new() { Kind = RotaryScalingKind.Linear, Factor = 4, OriginalContext = 8 }, 0);
        Close.Equal([1f / 4, 1 / (4 * MathF.Sqrt(MathF.Sqrt(100))), 1f / 40, 1 / (40 * MathF.Sqrt(MathF.Sqrt(100)))], linear, 1e-8, "linear");

        // Su's blog form: the base times (s L / L0 - (s - 1))^(d / (d - 2)); 3 at L = 2 L0 and s = 2.
        RotaryScaling dynamic = new() { Kind = RotaryScalingKind.Dynamic, Factor = 2, OriginalContext = 8 };
        (float[] longer, float factor) = RotaryFrequencies.Of(8, 100, dynamic, 16);
        Close.Equal([.. Enumerable.Range(0, 4).Select(pair => (float)Math.Pow(100 * Math.Pow(3, 8.0 / 6), -pair / 4.0))], longer, 1e-7, "dynamic");
        Assert.Equal(1, factor);
        Assert.Equal(RotaryFrequencies.Of(8, 100, null, 0).Frequencies, RotaryFrequencies.Of(8, 100, dynamic, 8).Frequencies);

        // Wavelengths below L0 / high stay, those above L0 / low are divided; the last pair here is far above.
        RotaryScaling llama = new() { Kind = RotaryScalingKind.Llama3, Factor = 8, OriginalContext = 64, LowFrequencyFactor = 1, HighFrequencyFactor = 4 };
        (float[] blended, _) = RotaryFrequencies.Of(8, 10_000, llama, 0);
        double turns = 64 * 0.1 / (2 * Math.PI), kept = (turns - 1) / 3;
        Close.Equal([1, (float)(((1 - kept) * 0.1 / 8) + (kept * 0.1)), 0.01f / 8, 0.001f / 8], blended, 1e-8, "llama3");

        RotaryScaling yarn = new() { Kind = RotaryScalingKind.Yarn, Factor = 4, OriginalContext = 64 };
        (float[] divided, float scale) = RotaryFrequencies.Of(8, 10_000, yarn, 0);
        Close.Equal([1, 0.0625f, 0.01f / 4, 0.001f / 4], divided, 1e-8, "yarn"); // the bounds are the pairs 0 and 2: 1 is halfway between 0.1 and a fourth of it
        Assert.Equal((0.1 * Math.Log(4)) + 1, scale, 1e-6);
        Assert.Equal(1, RotaryFrequencies.Of(8, 10_000, yarn with { Factor = 0.5 }, 0).Factor); // nothing becomes longer
    }

    private static ModelConfig Scaled(RotaryScalingKind kind, double factor) => Plain with { RotaryScaling = new() { Kind = kind, Factor = factor, OriginalContext = 8 } };
}
