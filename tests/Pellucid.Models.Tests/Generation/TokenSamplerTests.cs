using Pellucid.Models.Generation;

namespace Pellucid.Models.Tests.Generation;

/// <summary>What can be drawn, and how often, against the definitions written out plainly in the order of Hugging Face's transformers.</summary>
public sealed class TokenSamplerTests
{
    [Theory]
    [InlineData(1.0, 3, 1.0, 0.0)]
    [InlineData(0.7, 4, 0.8, 0.0)]
    [InlineData(1.3, 0, 0.9, 0.2)]
    [InlineData(1.0, 0, 1.0, 0.3)]
    [InlineData(1.0, 5, 0.95, 0.25)]
    [InlineData(2.0, 1, 1.0, 0.0)]
    [InlineData(1.0, 100, 1.0, 0.0)]
    public void Choose_ManyDraws_FollowTheWarpedDistribution(double temperature, int topK, double topP, double minP)
    {
        float[] logits = [0.1f, 2f, -1f, 1.2f, 0.7f, 1.2f, -4f, float.NegativeInfinity];
        double[] expected = Warped(logits, temperature, topK, topP, minP);
        TokenSampler sampler = new(new GenerateOptions { Temperature = temperature, TopK = topK, TopP = topP, MinP = minP, Seed = 5 }, 0);
        int[] counts = new int[logits.Length];
        const int Draws = 20_000;
        for (int i = 0; i < Draws; i++)
        {
            counts[sampler.Choose(logits)]++;
        }

        for (int id = 0; id < logits.Length; id++)
        {
            // Five standard deviations of a share of 20,000 draws are 0.018 at most.
            Assert.Equal(expected[id], counts[id] / (double)Draws, 0.018);
            Assert.True(expected[id] > 0 || counts[id] == 0, $"token {id} cannot be drawn");
        }
    }

    [Fact]
    public void Choose_LargeVocabulary_KeepsTheSameTokensAsThePlainDefinition()
    {
        Random random = new(3);
        float[] logits = [.. Enumerable.Range(0, 3000).Select(_ => (float)((random.NextDouble() * 12) - 6))];
        foreach ((int topK, double topP, double minP) in ((int, double, double)[])[(40, 1, 0), (0, 0.5, 0), (0, 0.99, 0), (50, 0.9, 0.1), (0, 0.9999, 0.001)])
        {
            double[] expected = Warped(logits, 0.8, topK, topP, minP);
            TokenSampler sampler = new(new GenerateOptions { Temperature = 0.8, TopK = topK, TopP = topP, MinP = minP, Seed = 1 }, 0);
            for (int i = 0; i < 3000; i++)
            {
                int chosen = sampler.Choose(logits);
                Assert.True(expected[chosen] > 0, $"token {chosen} is outside with top-k {topK}, top-p {topP}, min-p {minP}");
            }
        }
    }

    [Fact]
    public void Choose_RepetitionPenalty_DividesPositiveAndMultipliesNegativeLogits()
    {
        List<int> before = [1];
        TokenSampler sampler = new(new GenerateOptions { RepetitionPenalty = 2 }, 0);
        Assert.Equal(0, sampler.Choose([1.5f, 2.9f, 1.4f], before)); // 2.9 / 2 < 1.5
        Assert.Equal(1, sampler.Choose([1.5f, 3.1f, 1.4f], before));
        before.Add(0);
        Assert.Equal(2, sampler.Choose([-1f, -1.1f, -1.9f], before)); // -2 and -2.2
        Assert.Equal(1, new TokenSampler(new GenerateOptions(), 0).Choose([1.5f, 2.9f, 1.4f], before));
    }

    [Fact]
    public void Generate_RepetitionPenalty_CountsThePrompt()
    {
        Model model = Stories.Model260K;
        IReadOnlyList<int> plain = model.Generate("Lily likes Lily", new GenerateOptions { MaxTokens = 30 }).Ids;
        IReadOnlyList<int> penalized = model.Generate("Lily likes Lily", new GenerateOptions { MaxTokens = 30, RepetitionPenalty = 1e6 }).Ids;
        Assert.NotEqual(plain, penalized);
        Assert.Equal(penalized.Count, penalized.Distinct().Count()); // nothing comes twice
        Assert.Empty(penalized.Intersect(model.Tokenize("Lily likes Lily")));
    }

    private static double[] Warped(float[] logits, double temperature, int topK, double topP, double minP)
    {
        double[] scores = [.. logits.Select(value => value / temperature)];
        if (topK > 0)
        {
            double last = scores.OrderDescending().ElementAt(Math.Min(topK, scores.Length) - 1);
            scores = [.. scores.Select(score => score < last ? double.NegativeInfinity : score)];
        }

        if (topP < 1)
        {
            double[] shares = Softmax(scores);
            int[] order = [.. Enumerable.Range(0, scores.Length).OrderByDescending(id => shares[id])];
            double sum = 0;
            foreach (int id in order)
            {
                scores[id] = sum >= topP ? double.NegativeInfinity : scores[id];
                sum += shares[id];
            }
        }

        double[] left = Softmax(scores);
        return Softmax([.. scores.Select((score, id) => left[id] < minP * left.Max() ? double.NegativeInfinity : score)]);
    }

    private static double[] Softmax(double[] scores)
    {
        double[] powers = [.. scores.Select(score => Math.Exp(score - scores.Max()))];
        return [.. powers.Select(power => power / powers.Sum())];
    }
}
