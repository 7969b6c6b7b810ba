using Pellucid.Activations.Tests.Support;
using Pellucid.Tensors;

namespace Pellucid.Activations.Tests.Corpora;

public sealed class TokenSequencesTests
{
    private static readonly Corpus Texts = Corpus.Of("texts", [string.Join(' ', Enumerable.Repeat("word", 100)), "", "short"]);

    [Fact]
    public void Of_LongDocument_SplitsWithBosInEachAndLosesNothing()
    {
        List<TokenSequence> sequences = [.. TokenSequences.Of(SmallStores.Model, Texts, 16)];
        IReadOnlyList<int> ids = SmallStores.Model.Tokenizer!.Encode(Texts.Read().First().Text);
        Assert.All(sequences, sequence => Assert.Equal(SmallStores.Model.Config.BosId, sequence.Ids[0]));
        Assert.All(sequences, sequence => Assert.InRange(sequence.Ids.Count, 2, 16));
        Assert.Equal(ids, sequences.Where(sequence => sequence.Document == 0).SelectMany(sequence => sequence.Ids.Skip(1)));
        Assert.Equal(Enumerable.Range(0, sequences.Count), sequences.Select(sequence => sequence.Index));
        Assert.Equal([0, 2], sequences.Select(sequence => sequence.Document).Distinct());
    }

    [Fact]
    public void Of_LongDocumentCut_KeepsItsFirstSequence()
    {
        List<TokenSequence> cut = [.. TokenSequences.Of(SmallStores.Model, Texts, 16, LongDocuments.Cut)];
        Assert.Equal([0, 2], cut.Select(sequence => sequence.Document));
        Assert.Equal(16, cut[0].Ids.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(100_000)]
    public void Of_LengthThatDoesNotFit_IsRefusedAtOnce(int length) =>
        Assert.Throws<PellucidException>(() => TokenSequences.Of(SmallStores.Model, Texts, length));
}
