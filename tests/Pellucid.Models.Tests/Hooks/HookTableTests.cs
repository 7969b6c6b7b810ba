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
    public void Hook_EveryMethod_NamesAHookOfTheTable()
    {
        foreach (System.Reflection.MethodInfo method in typeof(Hook).GetMethods().Where(method => method.IsStatic))
        {
            Assert.True(Stories.Model260K.Hooks.Contains((string)method.Invoke(null, [3])!), method.Name);
        }

        Assert.False(Stories.Model260K.Hooks.Contains(Hook.PosEmbed));
        string[] constants = [Hook.Embed, Hook.FinalScale, Hook.FinalNormalized];
        Assert.All(constants, name => Assert.True(Stories.Model260K.Hooks.Contains(name)));
    }
}
