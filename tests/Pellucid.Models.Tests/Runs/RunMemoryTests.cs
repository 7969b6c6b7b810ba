using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Runs;

public sealed class RunMemoryTests
{
    private static readonly ModelConfig Small = ModelConfig.Gpt2Small with { Layers = 2, DModel = 96, Heads = 4, DHead = 24, KeyHeads = 4, DMlp = 384, Vocabulary = 500, Context = 64 };

    [Fact]
    public void PeakBytes_OfARun_IsWhatTheRunHolds()
    {
        using Model model = Model.Random(Small, 1);
        TokenBatch tokens = Tokens(3, 40);
        foreach (RunOptions options in new RunOptions[]
        {
            new(),
            new() { Logits = LogitsWanted.Last, Capture = Capture.Of(Hook.ResidPost(0), Hook.Pattern(1), Hook.Result(0)) },
            new() { Logits = LogitsWanted.Last },
            new() { Logits = LogitsWanted.None, Capture = Capture.Of(Hook.MlpPost(1)) },
        })
        {
            model.Run(tokens, options).Dispose(); // what a thread keeps for its kernels is there now
            Assert.Equal(ComputeMemory.Measure(() => model.Run(tokens, options).Dispose()), model.PeakBytes(tokens, options));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PeakBytes_OfGradients_IsWhatTheRunHoldsAndLessWhereBlocksAreRecomputed(bool parameters)
    {
        using Model model = Model.Random(Small with { Layers = 6 }, 1);
        TokenBatch tokens = Tokens(3, 40);
        GradientOptions options = new() { At = Capture.Of(Hook.ResidPre(0)), Parameters = parameters ? ParameterSet.All : ParameterSet.None };
        model.Gradients(tokens, Metric.Loss, options).Dispose();
        long measured = ComputeMemory.Measure(() => model.Gradients(tokens, Metric.Loss, options).Dispose());
        Assert.Equal(measured, model.PeakBytes(tokens, Metric.Loss, options));
        Assert.InRange(model.PeakBytes(tokens, Metric.Loss, options with { Recompute = true }), 1, 0.9 * measured);
    }

    [Fact]
    public void Run_ThatCannotFit_IsRefusedWithTheFigureBeforeItBegins()
    {
        using Model model = Model.Random(Small, 1);
        TokenBatch tokens = Tokens(8, 64);
        using IDisposable limit = ComputeMemory.LimitTo(1);
        string message = Assert.Throws<PellucidException>(() => model.Run(tokens)).Message;
        Assert.StartsWith("A run of 8 sequences of 64 tokens needs 0.0", message);
        Assert.Throws<PellucidException>(() => model.Gradients(tokens, Metric.Loss, new GradientOptions { Parameters = ParameterSet.All }));
    }

    private static TokenBatch Tokens(int count, int positions) =>
        TokenBatch.From([.. Enumerable.Range(0, count).Select(row => (int[])[.. Enumerable.Range(0, positions).Select(position => ((row * 31) + (position * 7)) % Small.Vocabulary)])]);
}
