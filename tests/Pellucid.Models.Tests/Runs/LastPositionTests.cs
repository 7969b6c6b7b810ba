using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Runs;

/// <summary>Where the last position alone is read, the last block computes nothing else of itself; what is read is what it would be.</summary>
public sealed class LastPositionTests
{
    /// <summary>Logits are about 1; one row goes through another loop of the products than many do, which adds up in another order.</summary>
    private const double Rounding = 2e-6;

    private static readonly ModelConfig Llama = new()
    {
        Architecture = "last",
        Layers = 3,
        DModel = 20,
        Heads = 4,
        KeyHeads = 2,
        DHead = 6,
        DMlp = 31,
        Vocabulary = 13,
        Context = 80,
    };

    private static readonly Dictionary<string, ModelConfig> Networks = new()
    {
        ["llama"] = Llama,
        ["window"] = Llama with { Window = 3, LocalLayers = [true, false, true], LocalRotaryBase = 500, AttentionSoftCap = 2, QueryKeyNorm = true, RotaryDimensions = 4 },
        ["learned"] = Llama with { PositionEmbedding = PositionKind.Learned, Norm = NormKind.Layer, GatedMlp = false, MlpBias = true, AttentionBias = true, AttentionOutputBias = true },
        ["parallel"] = Llama with { Norm = NormKind.Layer, Block = BlockKind.ParallelSharedNorm, GatedMlp = false, ScalesScoresByLayer = true },
        ["parallel with two norms"] = Llama with { Norm = NormKind.Layer, Block = BlockKind.Parallel, GatedMlp = false },
        ["sandwich"] = Llama with { NormPlacement = NormPlacement.BeforeAndAfter, EmbeddingScale = 3, LogitSoftCap = 1, EmbeddingWidth = 7 },
        ["after"] = Llama with { Norm = NormKind.Layer, PositionEmbedding = PositionKind.Learned, NormPlacement = NormPlacement.After, GatedMlp = false, IsCausal = false },
    };

    public static TheoryData<string, int, PaddingSide> Cases => new(
        [.. Networks.Keys.SelectMany(name => new[] { 1, 7, 70 }.SelectMany(most => Enum.GetValues<PaddingSide>().Select(side => (name, most, side))))]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_LastLogits_AreThoseOfAllPositions(string name, int most, PaddingSide side)
    {
        using Model model = Model.Random(Networks[name], 3);
        foreach (int count in (int[])[1, 3])
        {
            TokenBatch tokens = TokenBatch.From([.. Enumerable.Range(0, count).Select(row => Sequence(row, Math.Max(1, most - (2 * row))))], new BatchOptions { Padding = side });
            using Run all = model.Run(tokens), last = model.Run(tokens, new RunOptions { Logits = LogitsWanted.Last });
            Assert.Equal(new Shape(count, 1, Llama.Vocabulary), new Shape(last.Logits.Shape.Sizes));
            using Tensor expected = all.Logits.Slice(1, tokens.Positions - 1, 1);
            Close.Equal(expected.ToArray(), last.Logits.ToArray(), Rounding, name);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_LastLogitsAndAllActivationsOfABlock_GivesThemWhole(int layer)
    {
        using Model model = Model.Random(Llama, 3);
        TokenBatch tokens = TokenBatch.Of(Sequence(0, 11));
        foreach (string hook in (string[])[Hook.ResidPre(layer), Hook.Q(layer), Hook.Z(layer), Hook.MlpPost(layer), Hook.ResidPost(layer), Hook.FinalScale])
        {
            using Run all = model.Run(tokens, new RunOptions { Capture = Capture.Of(hook) });
            using Run last = model.Run(tokens, new RunOptions { Capture = Capture.Of(hook), Logits = LogitsWanted.Last });
            Assert.Equal(all[hook].ToArray(), last[hook].ToArray());
            using Tensor expected = all.Logits.Slice(1, tokens.Positions - 1, 1);
            Close.Equal(expected.ToArray(), last.Logits.ToArray(), Rounding, hook);
        }
    }

    [Fact]
    public void Run_LastLogitsOfAChangedBlock_AreThoseOfAllPositions()
    {
        using Model model = Model.Random(Llama, 3);
        using Model changed = model.With(Intervention.Zero(Hook.MlpPost(2)));
        TokenBatch tokens = TokenBatch.Of(Sequence(0, 11));
        using Run all = changed.Run(tokens), last = changed.Run(tokens, new RunOptions { Logits = LogitsWanted.Last }), plain = model.Run(tokens);
        using Tensor expected = all.Logits.Slice(1, tokens.Positions - 1, 1);
        Close.Equal(expected.ToArray(), last.Logits.ToArray(), Rounding, "changed");
        Assert.True(Close.Differs(plain.Logits, all.Logits));
    }

    private static int[] Sequence(int row, int length) => [.. Enumerable.Range(0, length).Select(i => ((row * 5) + (i * 7) + (i * i)) % Llama.Vocabulary)];
}
