using Pellucid.Activations.Tests.Support;
using Pellucid.Tensors;

namespace Pellucid.Activations.Tests.Stores;

public sealed class StoreWriterTests : IDisposable
{
    private static readonly GivenRows Rows = new()
    {
        Name = "counted",
        Hash = new string('a', 64),
        Hook = "given",
        Width = 3,
        Tokens = 50,
        Vocabulary = 7,
        SequenceLength = 4,
        ShardSequences = 3,
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<GivenRows, string> Impossible => new()
    {
        { Rows with { Tokens = 0 }, "0 rows" },
        { Rows with { Width = 0 }, "width of 0" },
        { Rows with { Hash = "abc" }, "no SHA-256" },
        { Rows with { Storage = DType.I32 }, "storage I32" },
        { Rows with { SequenceLength = 0 }, "sequences of 0 rows" },
        { Rows with { Vocabulary = 6 }, "token 6" },
    };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WriteAsync_Rows_AreReadBack()
    {
        using ActivationStore store = await StoreWriter.WriteAsync(Rows, Fill, _folder["store"], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((50L, 5, 13), (store.Rows, store.Shards, store.Sequences));
        Assert.Equal((StoreManifest.NoModel, "counted", "given", 3), (store.Manifest.Model, store.Manifest.Corpus, store.Manifest.Hook, store.Manifest.Width));
        using Tensor window = store.Read(new Example(7, 1, 3, 0));
        Assert.Equal([29, -29, 0.5f, 30, -30, 0.5f, 31, -31, 0.5f], window.ToArray());
        Assert.Equal([6, 0], store.Tokens(12));
        Assert.Equal((24.5, 49f, -49f), (store.Summary.Mean(0), store.Summary.Max(0), store.Summary.Min(1)));
        Assert.Equal(1.0, store.Records(store.Neurons, 2, [new Example(0, 0, 4, 0)])[0].Activations[3] * 2, 1e-7);
    }

    [Fact]
    public async Task WriteAsync_StoppedAndAskedForMore_EndsWithTheBytesOfOneGo()
    {
        CancellationToken none = TestContext.Current.CancellationToken;
        (await StoreWriter.WriteAsync(Rows, Fill, _folder["whole"], cancellationToken: none)).Dispose();
        using CancellationTokenSource stop = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => StoreWriter.WriteAsync(
            Rows,
            (start, activations, tokens) =>
            {
                Fill(start, activations, tokens);
                if (start >= 24)
                {
                    stop.Cancel();
                }
            },
            _folder["stopped"], cancellationToken: stop.Token));
        Assert.False(File.Exists(Path.Combine(_folder["stopped"], "manifest.json")));
        (await StoreWriter.WriteAsync(Rows with { Tokens = 45 }, Fill, _folder["stopped"], cancellationToken: none)).Dispose();
        long first = long.MaxValue;
        (await StoreWriter.WriteAsync(
            Rows,
            (start, activations, tokens) =>
            {
                first = Math.Min(first, start);
                Fill(start, activations, tokens);
            },
            _folder["stopped"], cancellationToken: none)).Dispose();
        Assert.Equal(36, first);
        Assert.Equal(SmallStores.Contents(_folder["whole"]), SmallStores.Contents(_folder["stopped"]));
    }

    [Fact]
    public async Task WriteAsync_OtherRows_AreRefused()
    {
        CancellationToken none = TestContext.Current.CancellationToken;
        (await StoreWriter.WriteAsync(Rows, Fill, _folder["store"], cancellationToken: none)).Dispose();
        SortedDictionary<string, string> before = SmallStores.Contents(_folder["store"]);
        await Assert.ThrowsAsync<PellucidException>(() => StoreWriter.WriteAsync(Rows with { Hash = new string('b', 64) }, Fill, _folder["store"], cancellationToken: none));
        PellucidException fewer = await Assert.ThrowsAsync<PellucidException>(() => StoreWriter.WriteAsync(Rows with { Tokens = 40 }, Fill, _folder["store"], cancellationToken: none));
        Assert.Contains("already holds 50 tokens; 40 were asked for", fewer.Message, StringComparison.Ordinal);
        Assert.Equal(before, SmallStores.Contents(_folder["store"]));
    }

    [Theory]
    [MemberData(nameof(Impossible))]
    public async Task WriteAsync_ImpossibleRows_SayWhat(GivenRows rows, string expected)
    {
        PellucidException error = await Assert.ThrowsAsync<PellucidException>(
            () => StoreWriter.WriteAsync(rows, Fill, _folder["store"], cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteAsync_ValueThatIsNotFinite_IsRefused() => await Assert.ThrowsAsync<PellucidException>(() => StoreWriter.WriteAsync(
        Rows, (_, activations, _) => activations.Row(0)[0] = float.NaN, _folder["store"], cancellationToken: TestContext.Current.CancellationToken));

    [Fact]
    public async Task RequireModel_StoreOfNoModel_SaysSo()
    {
        using ActivationStore store = await StoreWriter.WriteAsync(Rows, Fill, _folder["store"], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains("came from no model (counted)", Assert.Throws<PellucidException>(() => store.RequireModel(SmallStores.Model)).Message, StringComparison.Ordinal);
    }

    private static void Fill(long start, Tensor activations, Span<int> tokens)
    {
        for (int row = 0; row < tokens.Length; row++)
        {
            (activations.Row(row)[0], activations.Row(row)[1], activations.Row(row)[2]) = (start + row, -(start + row), 0.5f);
            tokens[row] = (int)((start + row) % 7);
        }
    }
}
