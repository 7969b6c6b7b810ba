using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Generation;

public sealed class GenerateTests
{
    private static readonly int[] Prompt = [1, 403, 407];

    [Theory]
    [InlineData(-0.1, 1, 10)]
    [InlineData(double.NaN, 1, 10)]
    [InlineData(double.PositiveInfinity, 1, 10)]
    [InlineData(1, 0, 10)]
    [InlineData(1, -1, 10)]
    [InlineData(1, 1.01, 10)]
    [InlineData(1, double.NaN, 10)]
    [InlineData(0, 1, -1)]
    public void Generate_OptionOutsideItsRange_IsRefused(double temperature, double topP, int maxTokens)
    {
        GenerateOptions options = new() { Temperature = temperature, TopP = topP, MaxTokens = maxTokens };
        PellucidException error = Assert.Throws<PellucidException>(() => Stories.Model260K.Generate([Prompt], options));
        Close.IsOneLine(error);
        Assert.Throws<PellucidException>(() => Stories.Model260K.GenerateSteps([Prompt], options)); // before anything is enumerated
    }

    [Fact]
    public void Generate_SameSeed_GivesTheSameText()
    {
        GenerateOptions options = new() { MaxTokens = 40, Temperature = 1, TopP = 0.95, Seed = 7 };
        string first = Stories.Model260K.Generate("Once", options).Text;
        Assert.Equal(first, Stories.Model260K.Generate("Once", options).Text);
        Assert.NotEqual(first, Stories.Model260K.Generate("Once", options with { Seed = 8 }).Text);
    }

    [Fact]
    public void Generate_SeveralSequences_DrawFromStreamsOfTheirOwn()
    {
        GenerateOptions options = new() { MaxTokens = 30, Temperature = 1, Seed = 3 };
        IReadOnlyList<Generated> three = Stories.Model260K.Generate([Prompt, Prompt, Prompt], options);
        Assert.NotEqual(three[0].Ids, three[1].Ids);
        Assert.Equal(Stories.Model260K.Generate([Prompt], options)[0].Ids, three[0].Ids);
    }

    [Fact]
    public void Generate_TinyTopP_IsGreedy()
    {
        GenerateOptions greedy = new() { MaxTokens = 30 };
        Assert.Equal(
            Stories.Model260K.Generate("A", greedy).Ids, Stories.Model260K.Generate("A", greedy with { Temperature = 1, TopP = 1e-9, Seed = 4 }).Ids);
    }

    [Theory]
    [InlineData(1.0, 1.0)]
    [InlineData(0.5, 1.0)]
    [InlineData(1.0, 0.6)]
    public void Choose_ManyDraws_FollowTheDistribution(double temperature, double topP)
    {
        float[] logits = [0.1f, 2f, -1f, 1.2f, 0.7f];
        double[] weights = [.. logits.Select(value => Math.Exp(value / temperature))];
        double all = weights.Sum();
        int[] order = [.. Enumerable.Range(0, 5).OrderByDescending(id => weights[id])];
        int kept = 1 + order.Select((_, count) => order.Take(count + 1).Sum(id => weights[id]) / all).TakeWhile(share => share < topP - 1e-12).Count();
        double[] expected = [.. Enumerable.Range(0, 5).Select(id => order.Take(kept).Contains(id) ? weights[id] / order.Take(kept).Sum(other => weights[other]) : 0)];
        Models.Generation.TokenSampler sampler = new(new GenerateOptions { Temperature = temperature, TopP = topP, Seed = 5 }, 0);
        int[] counts = new int[5];
        const int Draws = 20_000;
        for (int i = 0; i < Draws; i++)
        {
            counts[sampler.Choose(logits)]++;
        }

        for (int id = 0; id < 5; id++)
        {
            // Five standard deviations of a share of 20,000 draws are 0.018 at most.
            Assert.Equal(expected[id], counts[id] / (double)Draws, 0.018);
            Assert.True(expected[id] > 0 || counts[id] == 0, $"token {id} lies outside the nucleus");
        }
    }

    [Fact]
    public void Choose_Greedy_TakesTheFirstOfTheLargest()
    {
        Random random = new(3);
        Models.Generation.TokenSampler sampler = new(new GenerateOptions(), 0);
        for (int count = 1; count < 120; count++)
        {
            // Few different values, so that the largest is there more than once.
            float[] logits = [.. Enumerable.Range(0, count).Select(_ => random.Next(-40, -30) / 8f)];
            int expected = Array.IndexOf(logits, logits.Max());
            Assert.Equal(expected, sampler.Choose(logits));
        }

        Assert.Equal(1, sampler.Choose([-1, -0f, 0f, -2])); // zeros are equal whatever their signs
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Choose_LogitThatIsNotANumberAnywhere_IsRefused(float bad)
    {
        Models.Generation.TokenSampler sampler = new(new GenerateOptions(), 0);
        for (int place = 0; place < 70; place++)
        {
            float[] logits = new float[70];
            logits[place] = bad;
            Assert.Throws<PellucidException>(() => sampler.Choose(logits));
        }

        Assert.Throws<PellucidException>(() => sampler.Choose([float.NegativeInfinity, float.NegativeInfinity]));
    }

    [Fact]
    public void Choose_OfFewerOrMoreLogitsThanBefore_TakesThemAll()
    {
        Models.Generation.TokenSampler sampler = new(new GenerateOptions { Temperature = 1, TopP = 0.9 }, 0);
        foreach (int count in new[] { 5, 3, 9 })
        {
            float[] logits = new float[count];
            logits[^1] = 60; // e^60 times as likely as each of the others
            Assert.Equal(count - 1, sampler.Choose(logits));
        }
    }

    [Fact]
    public void Choose_MaskedLogits_AreNeverTaken() => Assert.Equal(
        1, new Models.Generation.TokenSampler(new GenerateOptions { Temperature = 1 }, 0).Choose([float.NegativeInfinity, -3, float.NegativeInfinity]));

    [Fact]
    public void Generate_PromptLongerThanTheContext_IsRefused()
    {
        using Model model = new TinyCheckpoint(context: 4).Open();
        Assert.Throws<PellucidException>(() => model.Generate([[1, 2, 3, 4, 5]]));
        Assert.Empty(model.Generate([[1, 2, 3, 4]])[0].Ids);
    }

    [Fact]
    public void Generate_IdOutsideTheVocabulary_IsRefusedEvenForNoTokens() => Assert.Throws<PellucidException>(
        () => Stories.Model260K.Generate([[1, 512]], new GenerateOptions { MaxTokens = 0 }));

    [Fact]
    public void Generate_Cancelled_Stops()
    {
        using CancellationTokenSource source = new();
        int steps = 0;
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (GenerationStep step in Stories.Model260K.GenerateSteps([Prompt], new GenerateOptions { MaxTokens = 100, CancellationToken = source.Token }))
            {
                if (++steps == 3)
                {
                    source.Cancel();
                }
            }
        });
        Assert.Equal(3, steps);
    }

    [Fact]
    public void Generate_ModelWithoutTokenizer_WorksFromIdsAndRefusesText()
    {
        using Model model = new TinyCheckpoint().Open();
        Assert.Equal("", model.Generate([[1, 2]], new GenerateOptions { MaxTokens = 3 })[0].Text);
        Assert.Throws<PellucidException>(() => model.Generate("a text"));
    }
}
