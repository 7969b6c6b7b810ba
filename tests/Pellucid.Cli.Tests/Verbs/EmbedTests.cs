using System.Text.Json;
using Pellucid.Cli.Tests.Frame;

namespace Pellucid.Cli.Tests.Verbs;

public sealed class EmbedTests
{
    [Fact]
    public async Task Embed_Texts_GivesAVectorOfLengthOneForEachInTheirOrder()
    {
        JsonElement json = await Invocation.JsonOfAsync("embed", "stories260k", "Once upon a time", "a cat", "Once upon a time");
        Assert.Equal("embeddings", Invocation.Keys(json));
        double[][] vectors = [.. json.GetProperty("embeddings").EnumerateArray().Select(row => row.EnumerateArray().Select(value => value.GetDouble()).ToArray())];
        Assert.Equal([64, 64, 64], vectors.Select(vector => vector.Length));
        Assert.All(vectors, vector => Assert.Equal(1, vector.Sum(value => value * value), 1e-5)); // single precision
        Assert.Equal(1, vectors[0].Zip(vectors[2], (a, b) => a * b).Sum(), 1e-5);
        Assert.InRange(vectors[0].Zip(vectors[1], (a, b) => a * b).Sum(), -1, 0.999);
    }

    [Fact]
    public async Task Embed_ModelThatIsNotThere_Returns1() =>
        Assert.Contains("nosuchmodel", await Invocation.FailureOfAsync(1, "embed", "nosuchmodel", "x"), StringComparison.Ordinal);

    [Fact]
    public async Task Embed_NoText_Returns2() =>
        Assert.Contains("embed", await Invocation.FailureOfAsync(2, "embed", "stories260k"), StringComparison.Ordinal);
}
