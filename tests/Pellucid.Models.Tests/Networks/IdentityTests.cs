using System.Reflection;
using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Networks;

/// <summary>A model's hash tells networks apart that compute differently, and takes those for one that differ in what nothing reads.</summary>
public sealed class IdentityTests : IDisposable
{
    private static readonly ModelConfig Plain = new()
    {
        Architecture = "identity",
        Layers = 2,
        DModel = 12,
        Heads = 4,
        KeyHeads = 4,
        DHead = 6,
        DMlp = 10,
        Vocabulary = 9,
        Context = 16,
    };

    private static readonly RotaryScaling Yarn = new() { Kind = RotaryScalingKind.Yarn, Factor = 2, OriginalContext = 8 };
    private static readonly RotaryScaling Llama3 = new() { Kind = RotaryScalingKind.Llama3, Factor = 2, OriginalContext = 8 };
    private static readonly RotaryScaling Linear = new() { Kind = RotaryScalingKind.Linear, Factor = 2, OriginalContext = 8 };

    /// <summary>Names and tokens with a meaning, of which no activation is made; the longest sequence; what was done to parameters, which are hashed themselves.</summary>
    private static readonly string[] OfNoAccount =
        [nameof(ModelConfig.Architecture), nameof(ModelConfig.Context), nameof(ModelConfig.BosId), nameof(ModelConfig.StopIds), nameof(ModelConfig.Processing)];

    private static readonly Dictionary<string, (ModelConfig One, ModelConfig Other)> Changes = new()
    {
        [nameof(ModelConfig.Layers)] = (Plain, Plain with { Layers = 3 }),
        [nameof(ModelConfig.DModel)] = (Plain, Plain with { DModel = 14 }),
        [nameof(ModelConfig.Heads)] = (Plain with { KeyHeads = 2 }, Plain with { Heads = 2, KeyHeads = 2, DHead = 12, AttentionScale = 0.5f }),
        [nameof(ModelConfig.KeyHeads)] = (Plain, Plain with { KeyHeads = 2 }),
        [nameof(ModelConfig.DHead)] = (Plain, Plain with { DHead = 8 }),
        [nameof(ModelConfig.DMlp)] = (Plain, Plain with { DMlp = 11 }),
        [nameof(ModelConfig.Vocabulary)] = (Plain, Plain with { Vocabulary = 10 }),
        [nameof(ModelConfig.OutputVocabulary)] = (Plain with { TiedEmbedding = false }, Plain with { TiedEmbedding = false, OutputVocabulary = 9 }),
        [nameof(ModelConfig.Norm)] = (Plain, Plain with { Norm = NormKind.Layer }),
        [nameof(ModelConfig.NormEpsilon)] = (Plain, Plain with { NormEpsilon = 1e-6f }),
        [nameof(ModelConfig.PositionEmbedding)] = (Plain, Plain with { PositionEmbedding = PositionKind.None }),
        [nameof(ModelConfig.RotaryBase)] = (Plain, Plain with { RotaryBase = 9_999 }),
        [nameof(ModelConfig.RotaryDimensions)] = (Plain, Plain with { RotaryDimensions = 4 }),
        [nameof(ModelConfig.RotaryScaling)] = (Plain, Plain with { RotaryScaling = Linear }),
        [nameof(ModelConfig.LocalRotaryBase)] = (Plain with { Window = 3 }, Plain with { Window = 3, LocalRotaryBase = 7 }),
        [nameof(ModelConfig.Window)] = (Plain, Plain with { Window = 3 }),
        [nameof(ModelConfig.LocalLayers)] = (Plain with { Window = 3, LocalLayers = [false, true] }, Plain with { Window = 3, LocalLayers = [true, false] }),
        [nameof(ModelConfig.AttentionSoftCap)] = (Plain, Plain with { AttentionSoftCap = 5 }),
        [nameof(ModelConfig.LogitSoftCap)] = (Plain, Plain with { LogitSoftCap = 5 }),
        [nameof(ModelConfig.ScalesScoresByLayer)] = (Plain, Plain with { ScalesScoresByLayer = true }),
        [nameof(ModelConfig.QueryKeyNorm)] = (Plain, Plain with { QueryKeyNorm = true }),
        [nameof(ModelConfig.Block)] = (Plain, Plain with { Block = BlockKind.Parallel }),
        [nameof(ModelConfig.NormPlacement)] = (Plain, Plain with { NormPlacement = NormPlacement.After }),
        [nameof(ModelConfig.EmbeddingScale)] = (Plain, Plain with { EmbeddingScale = 2 }),
        [nameof(ModelConfig.EmbeddingNorm)] = (Plain, Plain with { EmbeddingNorm = true }),
        [nameof(ModelConfig.TokenTypes)] = (Plain, Plain with { TokenTypes = 1 }),
        [nameof(ModelConfig.EmbeddingWidth)] = (Plain, Plain with { EmbeddingWidth = 12 }),
        [nameof(ModelConfig.HasUnembedding)] = (Plain, Plain with { HasUnembedding = false }),
        [nameof(ModelConfig.LogitTransform)] = (Plain, Plain with { LogitTransform = true }),
        [nameof(ModelConfig.Pooler)] = (Plain, Plain with { Pooler = true }),
        [nameof(ModelConfig.NextSentenceHead)] = (Plain with { Pooler = true }, Plain with { Pooler = true, NextSentenceHead = true }),
        [nameof(ModelConfig.IsCausal)] = (Plain, Plain with { IsCausal = false }),
        [nameof(ModelConfig.AttentionScale)] = (Plain, Plain with { AttentionScale = 1 }),
        [nameof(ModelConfig.GatedMlp)] = (Plain, Plain with { GatedMlp = false }),
        [nameof(ModelConfig.MlpActivation)] = (Plain, Plain with { MlpActivation = Activation.Gelu }),
        [nameof(ModelConfig.AttentionBias)] = (Plain, Plain with { AttentionBias = true }),
        [nameof(ModelConfig.AttentionOutputBias)] = (Plain, Plain with { AttentionOutputBias = true }),
        [nameof(ModelConfig.MlpBias)] = (Plain, Plain with { MlpBias = true }),
        [nameof(ModelConfig.TiedEmbedding)] = (Plain, Plain with { TiedEmbedding = false }),
        [nameof(ModelConfig.UnembeddingBias)] = (Plain, Plain with { UnembeddingBias = true }),
    };

    private static readonly Dictionary<string, (RotaryScaling One, RotaryScaling Other)> ScalingChanges = new()
    {
        [nameof(RotaryScaling.Kind)] = (Linear, Linear with { Kind = RotaryScalingKind.Dynamic }),
        [nameof(RotaryScaling.Factor)] = (Linear, Linear with { Factor = 3 }),
        [nameof(RotaryScaling.OriginalContext)] = (Yarn, Yarn with { OriginalContext = 9 }),
        [nameof(RotaryScaling.LowFrequencyFactor)] = (Llama3, Llama3 with { LowFrequencyFactor = 2 }),
        [nameof(RotaryScaling.HighFrequencyFactor)] = (Llama3, Llama3 with { HighFrequencyFactor = 5 }),
        [nameof(RotaryScaling.BetaFast)] = (Yarn, Yarn with { BetaFast = 30 }),
        [nameof(RotaryScaling.BetaSlow)] = (Yarn, Yarn with { BetaSlow = 2 }),
        [nameof(RotaryScaling.AttentionFactor)] = (Yarn, Yarn with { AttentionFactor = 1.5 }),
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<int> Alike => [.. Enumerable.Range(0, Same.Length)];

    private static (ModelConfig One, ModelConfig Other)[] Same =>
    [
        (Plain with { Window = 3 }, Plain with { Window = 3, LocalLayers = [true, true] }),
        (Plain, Plain with { Window = 3, LocalLayers = [false, false] }),
        (Plain with { RotaryScaling = Linear }, Plain with { RotaryScaling = Linear with { BetaFast = 30, LowFrequencyFactor = 2 } }),
        (Plain with { RotaryScaling = Yarn }, Plain with { RotaryScaling = Yarn with { AttentionFactor = (0.1 * Math.Log(2)) + 1 } }),
        (Plain with { AttentionScale = 1 / MathF.Sqrt(6) }, Plain),
    ];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Hash_EveryFactOfConfigs_TellsNetworksApart()
    {
        Assert.Equal(Settable(typeof(ModelConfig)).Except(OfNoAccount).Order(), Changes.Keys.Order());
        Assert.Equal(Settable(typeof(RotaryScaling)), ScalingChanges.Keys.Order());
        foreach ((string fact, (ModelConfig one, ModelConfig other)) in
            Changes.Concat(ScalingChanges.Select(change => KeyValuePair.Create(change.Key, (Plain with { RotaryScaling = change.Value.One }, Plain with { RotaryScaling = change.Value.Other })))))
        {
            Assert.True(HashOfZeros(one) != HashOfZeros(other), $"another {fact} has the same hash"); // of zeros, so that shapes and facts alone count
        }
    }

    [Theory]
    [MemberData(nameof(Alike))]
    public async Task Hash_OfTheSameNetworkToldInAnotherWay_IsTheSameAlsoWhenSaved(int index)
    {
        using Model one = Model.Random(Same[index].One, 3), other = Model.Random(Same[index].Other, 3);
        TokenBatch tokens = TokenBatch.From([[1, 2, 3, 4, 5, 6, 7], [3, 1]], new BatchOptions { Padding = PaddingSide.Left });
        using Run expected = one.Run(tokens), met = other.Run(tokens);
        Assert.Equal(expected.Logits.ToArray(), met.Logits.ToArray());
        Assert.Equal(one.Hash, other.Hash);
        await other.SaveAsync(_folder.File("saved"), cancellationToken: TestContext.Current.CancellationToken);
        using Model again = await Model.OpenAsync(_folder.File("saved"), TestContext.Current.CancellationToken);
        Assert.Equal(one.Hash, again.Hash);
    }

    [Fact]
    public void Hash_OfTheSameValuesHeldAsQ8_IsAnother()
    {
        using ModelParameters parameters = ModelParameters.Random(Plain, 3);
        using Model rounded = parameters.ToModel("rounded", new OpenOptions { WeightStorage = DType.Q8 });
        using ModelParameters values = rounded.CopyParameters();
        using Model whole = values.ToModel();
        TokenBatch tokens = TokenBatch.Of([1, 2, 3]);
        using Run one = rounded.Run(tokens), other = whole.Run(tokens);
        Assert.True(Close.Differs(one.Logits, other.Logits), "what enters the products is rounded");
        Assert.NotEqual(whole.Hash, rounded.Hash);
    }

    private static string HashOfZeros(ModelConfig config)
    {
        using ModelParameters parameters = ModelParameters.Zeros(config);
        using Model model = parameters.ToModel();
        return model.Hash;
    }

    private static IEnumerable<string> Settable(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).Select(property => property.Name).Order();
}
