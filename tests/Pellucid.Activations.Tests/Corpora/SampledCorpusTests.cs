using Pellucid.Activations.Tests.Support;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.Activations.Tests.Corpora;

public sealed class SampledCorpusTests
{
    [Fact]
    public void Read_SameSeed_GivesTheSameTextsFromAnyPlace()
    {
        List<Document> all = [.. Sampled(36, 7).Read()];
        Assert.Equal(36, all.Count);
        Assert.InRange(all.Select(document => document.Text).Distinct().Count(), 30, 36);
        Assert.Equal(all.Skip(33), Sampled(36, 7).Range(33).Read());
        Assert.Equal(all.Take(3), Sampled(3, 7).Read());
        Assert.NotEqual(all.Take(3), Sampled(3, 8).Read());
    }

    [Fact]
    public void ComputeHash_OtherSeedCountOrPart_Differs()
    {
        string[] names = ["self:10", "self:10:1", "self:11"];
        List<string> hashes = [.. names.Select(name => Corpus.Open(name, SmallStores.Model).ComputeHash())];
        hashes.Add(Corpus.Open("self:10", SmallStores.Model).HeldOutPart().ComputeHash());
        Assert.Equal(4, hashes.Distinct().Count());
        Assert.Equal(hashes[0], Corpus.Open("self:10:0", SmallStores.Model).ComputeHash());
    }

    [Theory]
    [InlineData("self:")]
    [InlineData("self:0")]
    [InlineData("self:-3")]
    [InlineData("self:5:")]
    [InlineData("self:5:x")]
    [InlineData("self:5:1:2")]
    public void Open_MalformedName_IsRefused(string name) => Assert.Throws<PellucidException>(() => Corpus.Open(name, SmallStores.Model));

    [Fact]
    public void Open_CountAndSeed_AreTheName() => Assert.Equal("self:36:7", Corpus.Open("self:36:7", SmallStores.Model).Name);

    [Fact]
    public void Open_WithoutAModel_AsksForOne() =>
        Assert.Contains("model", Assert.Throws<PellucidException>(() => Corpus.Open("self:5")).Message, StringComparison.Ordinal);

    [Fact]
    public void Open_ModelWithInterventions_IsRefused()
    {
        Model steered = SmallStores.Model.With(Intervention.Zero(SmallStores.Hook));
        Assert.Throws<PellucidException>(() => Corpus.Open("self:5", steered));
    }

    private static SampledCorpus Sampled(int documents, long seed) => new(SmallStores.Model, documents, seed) { MaxTokens = 24 };
}
