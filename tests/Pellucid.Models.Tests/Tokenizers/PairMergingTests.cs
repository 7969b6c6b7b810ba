using Pellucid.Models.Tokenizers.Subwords;
using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Tokenizers;

public sealed class PairMergingTests
{
    [Fact]
    public void MergeLong_AnySymbols_GivesWhatMergeShortGives()
    {
        for (int round = 0; round < 3000; round++)
        {
            SeededRandom random = new(1, round);
            Subword[] symbols = [.. Enumerable.Range(0, random.NextInt(40)).Select(at => new Subword(random.NextInt(5), at, at + 1))];
            Subword[] others = [.. symbols];
            Modular table = new(1 + random.NextInt(6));
            int count = PairMerging.MergeShort(symbols, table);
            Assert.Equal(symbols[..count], others[..PairMerging.MergeLong(others, table)]);
        }
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("llama512")]
    [InlineData("unigram")]
    public void Encode_HundredThousandLettersWithoutASpace_EndsSoon(string name)
    {
        // Quadratic work would take minutes; the limit leaves room for a busy machine.
        string text = string.Concat(Enumerable.Range(0, 100_000).Select(at => (char)('a' + (at * 7 % 13 * at % 26))));
        System.Diagnostics.Stopwatch watch = System.Diagnostics.Stopwatch.StartNew();
        Tokenizer tokenizer = References.Of(name);
        IReadOnlyList<int> ids = tokenizer.Encode(text);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"{watch.Elapsed.TotalSeconds:F1} s");
        Assert.Equal(name == "unigram" ? -1 : text.Length, name == "unigram" ? -1 : tokenizer.Decode(ids).Length);
    }

    /// <summary>Pairs merge by a rule that has ties, cycles and dead ends.</summary>
    private readonly struct Modular(int step) : IPairTable
    {
        public int RankOf(in Subword left, in Subword right, out int merged)
        {
            merged = (left.Id * 3) + right.Id + step;
            return (left.Id + right.Id) % 4 == 0 ? int.MaxValue : merged % 5;
        }
    }
}
