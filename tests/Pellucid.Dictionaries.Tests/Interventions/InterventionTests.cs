namespace Pellucid.Dictionaries.Tests.Interventions;

public sealed class InterventionTests
{
    private const string Hook = "blocks.2.mlp.hook_post";
    private const int Width = 172;
    private const string Text = "Once upon a time, there was a little girl named Lily.";

    [Theory]
    [InlineData(5f)]
    [InlineData(-3f)]
    [InlineData(0f)]
    public async Task Clamp_AnyValue_MovesAlongTheDirectionAndKeepsTheError(float value)
    {
        using Model model = await Model.OpenAsync("stories260k", TestContext.Current.CancellationToken);
        using Dictionary dictionary = PlantedData.Random(Width, 256, 16, Hook);
        TokenBatch tokens = TokenBatch.Of(model.Tokenize(Text));
        RunOptions options = new() { Capture = Capture.Of(Hook) };
        using Run plain = model.Run(tokens, options), clamped = model.With(dictionary.Clamp(7, value)).Run(tokens, options);
        using Ops ops = new();
        Tensor latents = dictionary.Encode(ops, plain[Hook]);
        Assert.Equal(plain[Hook].Row(0).ToArray(), clamped[Hook].Row(0).ToArray()); // BOS is left as it was
        for (int row = 1; row < tokens.Positions; row++)
        {
            float step = value - latents[row, 7];
            float[] expected = [.. plain[Hook].Row(row).ToArray().Zip(dictionary.WDec.Row(7).ToArray(), (x, d) => MathF.FusedMultiplyAdd(step, d, x))];
            Assert.Equal(expected, clamped[Hook].Row(row).ToArray());
        }
    }

    [Fact]
    public async Task Splice_OfARun_PutsReconstructionsEverywhereButAtBos()
    {
        using Model model = await Model.OpenAsync("stories260k", TestContext.Current.CancellationToken);
        using Dictionary dictionary = PlantedData.Random(Width, 256, 16, Hook);
        TokenBatch tokens = TokenBatch.Of(model.Tokenize(Text));
        RunOptions options = new() { Capture = Capture.Of(Hook) };
        using Run plain = model.Run(tokens, options), spliced = model.With(dictionary.Splice()).Run(tokens, options);
        using Ops ops = new();
        Tensor expected = dictionary.Reconstruct(ops, plain[Hook]);
        Assert.Equal(plain[Hook].Row(0).ToArray(), spliced[Hook].Row(0).ToArray());
        Assert.Equal(expected.ToArray()[Width..], spliced[Hook].ToArray()[Width..]);
    }

    /// <summary>1e-4: the house's tolerance for generation with interventions, in logits of order ten.</summary>
    [Theory]
    [InlineData("clamp")]
    [InlineData("splice")]
    public async Task Generate_WithCache_EqualsFullRecomputation(string kind)
    {
        using Model model = await Model.OpenAsync("stories260k", TestContext.Current.CancellationToken);
        using Dictionary dictionary = PlantedData.Random(Width, 256, 16, Hook);
        Model changed = model.With(kind == "clamp" ? dictionary.Clamp(7, 2) : dictionary.Splice());
        GenerateOptions cached = new() { MaxTokens = 24 };
        IReadOnlyList<int> prompt = model.Tokenize("Once upon a time");
        Generated fast = changed.Generate([prompt], cached)[0], slow = changed.Generate([prompt], cached with { UseCache = false })[0];
        Assert.True(fast.UsedCache);
        Assert.Equal(slow.Ids, fast.Ids);
        using Run whole = changed.Run(TokenBatch.Of([.. prompt, .. fast.Ids]));
        int position = prompt.Count - 1;
        foreach (GenerationStep step in changed.GenerateSteps([prompt], cached))
        {
            ReadOnlySpan<float> expected = whole.Logits.Row(position++);
            Close.Assert(expected, step.Logits.Row(0), 1e-4, name: $"logits of {kind} at {position}");
        }
    }

    [Fact]
    public async Task ClampToMultipleOfMax_WithStatistics_ClampsToThatMultiple()
    {
        using Model model = await Model.OpenAsync("stories260k", TestContext.Current.CancellationToken);
        using Dictionary plain = PlantedData.Random(Width, 256, 16, Hook);
        UnitSummary statistics = new(256, new SummaryOptions());
        using Tensor seen = Tensor.Zeros(new Shape(2, 256));
        seen.Row(1)[7] = 3;
        statistics.Observe(0, 1, seen);
        using Dictionary dictionary = new(plain.Config, plain.WEnc.Share(), plain.BEnc.Share(), plain.WDec.Share(), plain.BDec.Share()) { Statistics = statistics };
        using Run expected = model.With(plain.Clamp(7, -6)).Run(Text), actual = model.With(dictionary.ClampToMultipleOfMax(7, -2)).Run(Text);
        Assert.Equal(expected.Logits.ToArray(), actual.Logits.ToArray());
        Assert.Contains("never active", Assert.Throws<PellucidException>(() => dictionary.ClampToMultipleOfMax(8, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ClampToMultipleOfMax_WithoutStatistics_IsRefused()
    {
        using Dictionary dictionary = PlantedData.Random(8, 20, 4);
        string message = Assert.Throws<PellucidException>(() => dictionary.ClampToMultipleOfMax(3, 2)).Message;
        Assert.Contains("statistics.safetensors", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(20)]
    public void Clamp_LatentOutOfRange_IsRefused(int latent)
    {
        using Dictionary dictionary = PlantedData.Random(8, 20, 4);
        Assert.Contains("0 to 19", Assert.Throws<PellucidException>(() => dictionary.Clamp(latent, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RequireFits_AnotherModel_IsRefused()
    {
        using Model model = await Model.OpenAsync("stories260k", TestContext.Current.CancellationToken);
        using Dictionary unknown = PlantedData.Random(Width, 20, 4, "blocks.9.mlp.hook_post"), narrow = PlantedData.Random(8, 20, 4, Hook);
        using Dictionary nameless = PlantedData.Random(Width, 20, 4, null);
        Assert.Throws<HookNotFoundException>(() => unknown.RequireFits(model));
        Assert.Contains("172", Assert.Throws<ShapeException>(() => narrow.RequireFits(model)).Message, StringComparison.Ordinal);
        Assert.Throws<HookNotFoundException>(() => model.With(unknown.Splice()));
        Assert.Throws<ShapeException>(() => model.With(narrow.Splice()).Run(Text).Dispose());
        Assert.Contains("hook_name", Assert.Throws<PellucidException>(nameless.Splice).Message, StringComparison.Ordinal);
    }
}
