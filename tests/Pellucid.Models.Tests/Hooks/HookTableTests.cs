namespace Pellucid.Models.Tests.Hooks;

public sealed class HookTableTests
{
    [Fact]
    public void Indexer_UnknownName_NamesTheNearest()
    {
        HookNotFoundException error = Assert.Throws<HookNotFoundException>(() => Stories.Model260K.Hooks["blocks.7.hook_resid_post"]);
        Assert.StartsWith("Hook 'blocks.7.hook_resid_post' is not in this model (5 blocks). Nearest: blocks.", error.Message, StringComparison.Ordinal);
        Assert.All(error.Nearest, name => Assert.EndsWith("hook_resid_post", name, StringComparison.Ordinal));
        Close.IsOneLine(error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hook_resid_post")]
    [InlineData("blocks.0.hook_resid_POST")]
    [InlineData("blocks.00.hook_resid_post")]
    [InlineData("blocks.-1.hook_resid_post")]
    [InlineData("blocks.5.hook_resid_pre")]
    [InlineData("logits")]
    public void Run_CaptureOfUnknownHook_IsRefused(string name) => Assert.Throws<HookNotFoundException>(
        () => Stories.Model260K.Run(TokenBatch.Of([1, 2]), new RunOptions { Capture = Capture.Of(name) }));

    [Fact]
    public void With_InterventionAtHookOfAnotherModel_IsRefused()
    {
        using Model small = new TinyCheckpoint(layers: 1).Open();
        Assert.Throws<HookNotFoundException>(() => small.With(Intervention.Zero(Hook.MlpPost(1))));
    }

    [Fact]
    public void Points_OfRun_HaveTheDeclaredShapes()
    {
        using Run run = Stories.Model260K.Run(TokenBatch.From([[1, 5, 9], [1, 4]]), new RunOptions { Capture = Capture.All(Stories.Model260K) });
        Assert.Equal(Stories.Model260K.Hooks.Points.Count, run.Activations.Count);
        foreach (HookPoint point in Stories.Model260K.Hooks.Points)
        {
            int[] expected = [.. point.Axes.Zip(point.Sizes, (axis, size) => axis == "batch" ? 2 : size == 0 ? 3 : size)];
            Assert.Equal(expected, run[point.Name].Shape.Sizes.ToArray());
        }
    }

    [Fact]
    public void Hook_EveryMethodAndConstant_NamesAHookOfSomeTable()
    {
        ModelConfig one = Stories.Model260K.Config;
        ModelConfig sandwich = one with { NormPlacement = NormPlacement.BeforeAndAfter, QueryKeyNorm = true };
        ModelConfig bert = one with
        {
            PositionEmbedding = PositionKind.Learned,
            NormPlacement = NormPlacement.After,
            EmbeddingNorm = true,
            TokenTypes = 2,
            LogitTransform = true,
            Pooler = true,
            NextSentenceHead = true,
        };
        HashSet<string> names = [.. ((ModelConfig[])[one, sandwich, bert]).SelectMany(config => new HookTable(config).Points).Select(point => point.Name)];
        Assert.All(
            typeof(Hook).GetMethods().Where(method => method.IsStatic), method => Assert.Contains((string)method.Invoke(null, [3])!, names));
        Assert.All(typeof(Hook).GetFields(), field => Assert.Contains((string)field.GetValue(null)!, names));
        Assert.False(Stories.Model260K.Hooks.Contains(Hook.PosEmbed));
    }

    [Fact]
    public void Table_ParallelBlocks_HaveNoHookThatIsNotThere()
    {
        ModelConfig parallel = Stories.Model260K.Config with { Block = BlockKind.Parallel }, shared = parallel with { Block = BlockKind.ParallelSharedNorm };
        Assert.False(new HookTable(parallel).Contains(Hook.ResidMid(0)));
        Assert.True(new HookTable(parallel).Contains(Hook.Ln2Scale(0)));
        Assert.False(new HookTable(shared).Contains(Hook.Ln2Scale(0)));
        Assert.False(new ParameterTable(shared).Contains("blocks.0.ln2.w"));
    }
}
