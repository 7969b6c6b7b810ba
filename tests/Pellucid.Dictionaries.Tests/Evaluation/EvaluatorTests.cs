namespace Pellucid.Dictionaries.Tests.Evaluation;

public sealed class EvaluatorTests
{
    private const string Hook = "blocks.2.mlp.hook_post";
    private const int Width = 172;

    /// <summary>Loss recovered to 1e-4: the reconstruction is exact but for rounding.</summary>
    [Fact]
    public async Task Evaluate_DictionaryThatLosesNothing_RecoversEverything()
    {
        using Model model = await Model.OpenAsync("stories260k", Token);
        using Dictionary dictionary = BothSigns(1);
        DictionaryEvaluation result = DictionaryEvaluator.Evaluate(dictionary, model, Text, cancellationToken: Token);
        Assert.Equal(1, result.VarianceExplained, 1e-6);
        Assert.Equal(1, result.Cosine, 1e-5);
        Assert.Equal(1, result.LossRecovered, 1e-4);
        Assert.Equal(1, result.LossRecoveredMean, 1e-4);
        Assert.Equal(result.Ce, result.CeSpliced, 1e-5);
        Assert.InRange(result.L0, Width - 1, Width);
        Assert.Equal(1, result.DenseFraction, 0.2);
        Assert.Equal((4, (double?)null, false), (result.Documents, result.DeadFraction, result.MeanFromTraining));
    }

    [Fact]
    public async Task Evaluate_DictionaryThatGivesZero_RecoversNothing()
    {
        using Model model = await Model.OpenAsync("stories260k", Token);
        using Dictionary dictionary = BothSigns(0);
        DictionaryEvaluation result = DictionaryEvaluator.Evaluate(dictionary, model, Text, cancellationToken: Token);
        Assert.Equal(result.CeZero, result.CeSpliced, 1e-6);
        Assert.Equal(0, result.LossRecovered, 1e-5);
        Assert.Equal(0, result.Cosine);
        Assert.True(result.CeZero > result.Ce);
        Assert.True(result.VarianceExplained <= 0);
    }

    [Fact]
    public async Task Evaluate_AnyDictionary_LeavesTheModelsOwnLossAsItIs()
    {
        using Model model = await Model.OpenAsync("stories260k", Token);
        using Dictionary dictionary = PlantedData.Random(Width, 256, 16, Hook);
        DictionaryEvaluation result = DictionaryEvaluator.Evaluate(dictionary, model, Text, cancellationToken: Token);
        TokenSequence[] sequences = [.. TokenSequences.Of(model, Text, 0, LongDocuments.Cut)];
        using Run run = model.Run(TokenBatch.From([.. sequences.Select(sequence => sequence.Ids)]));
        Assert.Equal(run.Loss(), result.Ce, 1e-6);
        Assert.Equal(sequences.Sum(sequence => sequence.Ids.Count - 1), result.Tokens);
        Assert.Equal(256, result.Density.Silent + result.Density.Counts.Sum());
        Assert.InRange(result.LossRecovered, result.LossRecoveredInterval!.Value.Low, result.LossRecoveredInterval.Value.High);
    }

    [Fact]
    public async Task Evaluate_MaxTokens_StopsAfterTheSequenceThatReachesIt()
    {
        using Model model = await Model.OpenAsync("stories260k", Token);
        using Dictionary dictionary = PlantedData.Random(Width, 256, 16, Hook);
        DictionaryEvaluation result = DictionaryEvaluator.Evaluate(
            dictionary, model, Text, new EvaluateOptions { MaxTokens = 1, BootstrapSamples = 0 }, cancellationToken: Token);
        Assert.Equal(1, result.Documents);
        Assert.Null(result.LossRecoveredInterval);
    }

    [Fact]
    public async Task Evaluate_NoText_IsRefused()
    {
        using Model model = await Model.OpenAsync("stories260k", Token);
        using Dictionary dictionary = PlantedData.Random(Width, 256, 16, Hook);
        Assert.Throws<PellucidException>(() => DictionaryEvaluator.Evaluate(dictionary, model, Corpus.Of("empty", []), cancellationToken: Token));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Corpus Text => Corpus.BuiltIn.Range(900, 4);

    /// <summary>A latent for each dimension and sign: x = ReLU(x) − ReLU(−x); times a factor.</summary>
    private static Dictionary BothSigns(float factor)
    {
        Tensor encoder = Tensor.Zeros(new Shape(Width, 2 * Width)), decoder = Tensor.Zeros(new Shape(2 * Width, Width));
        for (int i = 0; i < Width; i++)
        {
            encoder.Row(i)[2 * i] = 1;
            encoder.Row(i)[(2 * i) + 1] = -1;
            decoder.Row(2 * i)[i] = factor;
            decoder.Row((2 * i) + 1)[i] = -factor;
        }

        DictionaryConfig config = new() { Architecture = "topk", DIn = Width, DSae = 2 * Width, K = Width, Metadata = new() { HookName = Hook } };
        return new Dictionary(config, encoder, Tensor.Zeros(new Shape(2 * Width)), decoder, Tensor.Zeros(new Shape(Width)));
    }
}
