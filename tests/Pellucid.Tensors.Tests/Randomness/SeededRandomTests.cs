namespace Pellucid.Tensors.Tests.Randomness;

public sealed class SeededRandomTests
{
    // Known answers of philox4x32-10 from the Random123 distribution (Salmon et al. 2011).
    [Theory]
    [InlineData(0UL, 0UL, 0UL, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x85a308d3_243f6a88UL, 0x03707344_13198a2eUL, 0x299f31d0_a4093822UL, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Philox_KnownAnswers_AreGiven(ulong counter, ulong stream, ulong key, uint a, uint b, uint c, uint d)
    {
        uint[] block = new uint[4];
        SeededRandom.Philox(counter, stream, key, block);
        Assert.Equal([a, b, c, d], block);
        Assert.Equal(((ulong)a << 32) | b, SeededRandom.Hash(counter, stream, key));
    }

    [Fact]
    public void NextWord_SeedZero_StartsWithTheFirstBlock()
    {
        SeededRandom random = new(0);
        Assert.Equal([0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u], Enumerable.Range(0, 4).Select(_ => random.NextWord()));
    }

    [Fact]
    public void Position_SetToAnyPlace_GoesOnFromThere()
    {
        SeededRandom whole = new(3, 4);
        uint[] words = [.. Enumerable.Range(0, 40).Select(_ => whole.NextWord())];
        Assert.Equal(40, whole.Position);
        for (int place = 0; place < 40; place++)
        {
            SeededRandom random = new(3, 4) { Position = place };
            Assert.Equal(place, random.Position);
            Assert.Equal(words[place], random.NextWord());
            Assert.Equal(place + 1, random.Position);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => new SeededRandom(3) { Position = -1 });
    }

    [Fact]
    public void NextWord_OtherSeedOrStream_IsAnotherSequence()
    {
        (long, long)[] keys = [(1, 0), (2, 0), (1, 1), (-1, 0), (1L << 40, 0), (1, 1L << 40)];
        Assert.Equal(6, keys.Select(key => new SeededRandom(key.Item1, key.Item2).NextWord()).Distinct().Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(100)]
    public void NextInt_AnyLimit_IsUniform(int limit)
    {
        SeededRandom random = new(5);
        int[] counts = new int[limit];
        for (int i = 0; i < 20_000; i++)
        {
            counts[random.NextInt(limit)]++;
        }

        double expected = 20_000.0 / limit, square = counts.Sum(count => (count - expected) * (count - expected) / expected);
        Assert.InRange(square, limit == 1 ? 0 : 1e-6, limit + (5 * Math.Sqrt(2 * limit))); // chi-square: mean limit − 1, five deviations above
    }

    [Fact]
    public void NextInt_HugeLimit_ReachesBothHalves()
    {
        SeededRandom random = new(6);
        int[] drawn = [.. Enumerable.Range(0, 1000).Select(_ => random.NextInt(int.MaxValue))];
        Assert.InRange(drawn.Average(value => (double)value) / int.MaxValue, 0.45, 0.55);
        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextInt(0));
    }

    [Fact]
    public void NextDoubleAndNormal_ManyDraws_HaveTheirMoments()
    {
        SeededRandom random = new(7);
        double[] uniform = [.. Enumerable.Range(0, 50_000).Select(_ => random.NextDouble())];
        double[] normal = [.. Enumerable.Range(0, 50_000).Select(_ => random.NextNormal())];
        Assert.All(uniform, value => Assert.InRange(value, 0, 1 - (1.0 / (1L << 53))));
        Assert.Equal(0.5, uniform.Average(), 5 * Math.Sqrt(1.0 / 12 / 50_000)); // five standard errors each
        Assert.Equal(0, normal.Average(), 5 / Math.Sqrt(50_000));
        Assert.Equal(1, normal.Average(x => x * x), 5 * Math.Sqrt(2.0 / 50_000));
        Assert.Equal(3, normal.Average(x => x * x * x * x), 5 * Math.Sqrt(96.0 / 50_000));
    }

    [Fact]
    public void Shuffle_ThreeItems_GivesEveryOrderAlike()
    {
        SeededRandom random = new(8);
        Dictionary<string, int> orders = [];
        for (int i = 0; i < 12_000; i++)
        {
            char[] items = ['a', 'b', 'c'];
            random.Shuffle<char>(items);
            string order = new(items);
            orders[order] = orders.GetValueOrDefault(order) + 1;
        }

        Assert.Equal(6, orders.Count);
        Assert.All(orders.Values, count => Assert.InRange(count, 1800, 2200)); // five deviations of 41 either side of 2000
    }

    [Fact]
    public void Sample_PartOrMoreThanAll_HasEachAtMostOnce()
    {
        SeededRandom random = new(9);
        Assert.Equal(10, random.Sample(100, 10).Distinct().Count(i => i is >= 0 and < 100));
        Assert.Equal(Enumerable.Range(0, 5), random.Sample(5, 50).Order());
        Assert.Empty(random.Sample(5, 0));
    }
}
