using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Hooks;

public sealed class CapturePositionTests
{
    private static readonly ModelConfig Small = ModelConfig.Gpt2Small with { Layers = 3, DModel = 48, Heads = 3, DHead = 16, KeyHeads = 3, DMlp = 96, Vocabulary = 100, Context = 64 };

    [Fact]
    public void Run_EveryHookAtPositions_KeepsTheRowsOfTheWholeActivation()
    {
        foreach (ModelConfig config in (ModelConfig[])[Small, Stories.Model260K.Config])
        {
            using Model model = Model.Random(config with { Context = 64 }, 2);
            TokenBatch tokens = Tokens(2, 9, model.Config.Vocabulary);
            using Run whole = model.Run(tokens, new RunOptions { Capture = Capture.All(model) });
            (Capture Some, int[] Places)[] cases =
            [
                (Capture.All(model).At(^1), [8]), (Capture.All(model).At(0, 5, ^2, 5), [0, 5, 7, 5]), (Capture.All(model).At(2..5), [2, 3, 4]), (Capture.All(model).At(^3..), [6, 7, 8]), (Capture.All(model).At(..), [0, 1, 2, 3, 4, 5, 6, 7, 8]),
            ];
            foreach ((Capture some, int[] places) in cases)
            {
                using Run part = model.Run(tokens, new RunOptions { Capture = some });
                Assert.Equal(whole.Activations.Keys.Order(), part.Activations.Keys.Order());
                AreNear(whole.Logits.ToArray(), part.Logits.ToArray());
                foreach (HookPoint point in model.Hooks.Points)
                {
                    Tensor kept = part[point.Name];
                    Assert.Equal(places.Length, kept.Shape[point.PositionAxis]);
                    Assert.Equal(point.Axes, kept.Shape.Axes.ToArray());
                    AreNear(Rows(whole[point.Name], point, places), kept.ToArray());
                }
            }
        }
    }

    [Fact]
    public void Run_SequencesOfDifferentLength_LastIsEachOnesOwn()
    {
        using Model model = Model.Random(Small, 2);
        int[][] sequences = [[1, 2, 3, 4, 5], [6, 7], [8, 9, 10]];
        using Run together = model.Run(TokenBatch.From(sequences), new RunOptions { Capture = Capture.Of(Hook.ResidPost(2)).At(^1) });
        using Run padded = model.Run(TokenBatch.From(sequences, new BatchOptions { Padding = PaddingSide.Left }), new RunOptions { Capture = Capture.Of(Hook.ResidPost(2)).At(^1) });
        for (int row = 0; row < sequences.Length; row++)
        {
            using Run alone = model.Run(TokenBatch.Of(sequences[row]), new RunOptions { Capture = Capture.Of(Hook.ResidPost(2)).At(^1) });

            // Other shapes of the products are summed in another order: 1e-5 is some hundred times less than the values, and more than rounding gives.
            foreach (Run batch in (Run[])[together, padded])
            {
                Assert.Equal(alone[Hook.ResidPost(2)].ToArray(), batch[Hook.ResidPost(2)].ToArray()[(row * 48)..((row + 1) * 48)], (a, b) => Math.Abs(a - b) < 1e-5);
            }
        }
    }

    [Fact]
    public void Gradients_CaptureAtPositions_KeepsThoseRows()
    {
        using Model model = Model.Random(Small, 2);
        TokenBatch tokens = Tokens(2, 6, 100);
        GradientOptions options = new() { At = Capture.Of(Hook.ResidPost(1)), Capture = Capture.Of(Hook.ResidPost(1), Hook.Pattern(0)) };
        using GradientRun whole = model.Gradients(tokens, Metric.Loss, options), part = model.Gradients(tokens, Metric.Loss, options with { Capture = options.Capture.At(1, 4) });
        Assert.Equal(Rows(whole.Activation(Hook.ResidPost(1)), model.Hooks[Hook.ResidPost(1)], [1, 4]), part.Activation(Hook.ResidPost(1)).ToArray());
        Assert.Equal(Rows(whole.Activation(Hook.Pattern(0)), model.Hooks[Hook.Pattern(0)], [1, 4]), part.Activation(Hook.Pattern(0)).ToArray());
        Assert.Equal(whole[Hook.ResidPost(1)].ToArray(), part[Hook.ResidPost(1)].ToArray());
        Close.IsOneLine(Assert.Throws<PellucidException>(() => model.Gradients(tokens, Metric.Loss, options with { At = options.At.At(^1) })));
    }

    [Theory]
    [InlineData(9)]
    [InlineData(-10)]
    public void Run_PositionThatIsNotThere_IsRefusedBeforeItBegins(int position)
    {
        using Model model = Model.Random(Small, 2);
        Capture capture = Capture.Of(Hook.ResidPost(0)).At(position < 0 ? new Index(-position, fromEnd: true) : position);
        PellucidException error = Assert.Throws<PellucidException>(() => model.Run(Tokens(1, 9, 100), new RunOptions { Capture = capture }));
        Assert.Contains("9 tokens, 0 to 8", error.Message, StringComparison.Ordinal);
        Assert.Throws<PellucidException>(() => model.Run(Tokens(1, 9, 100), new RunOptions { Capture = Capture.Of(Hook.ResidPost(0)).At(5..12) }));
        Assert.Throws<PellucidException>(() => model.Run(Tokens(1, 9, 100), new RunOptions { Capture = Capture.Of(Hook.ResidPost(0)).At(5..5) }));
        Assert.Throws<PellucidException>(() => Capture.Of(Hook.ResidPost(0)).At());
        Assert.Contains("sequence 1", Assert.Throws<PellucidException>(() => model.Run(TokenBatch.From([[1, 2, 3], [1, 2]]), new RunOptions { Capture = Capture.Of(Hook.ResidPost(0)).At(..^1) })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PeakBytes_LastPositionOfEveryLayer_IsASmallMultipleOfOneLayer()
    {
        const int Layers = 24, Positions = 512;
        using Model model = Model.Random(Small with { Layers = Layers, Context = Positions, DModel = 64, Heads = 4, KeyHeads = 4, DMlp = 128 }, 1);
        TokenBatch tokens = Tokens(1, Positions, 100);
        string[] hooks = [.. Enumerable.Range(0, Layers).Select(Hook.ResidPost)];
        RunOptions last = new() { Logits = LogitsWanted.None, Capture = Capture.Of(hooks).At(^1) }, all = last with { Capture = Capture.Of(hooks) };
        model.Run(tokens, last).Dispose(); // what a thread keeps for its kernels is there now
        long measured = ComputeMemory.Measure(() => model.Run(tokens, last).Dispose()), layer = sizeof(float) * Positions * 64;
        Assert.Equal(measured, model.PeakBytes(tokens, last));

        // Within a block: residual, normed residual, queries, keys, values, mixed values or the MLP's neurons of twice the width.
        Assert.InRange(measured, layer, 9 * layer);
        Assert.InRange(model.PeakBytes(tokens, all), (Layers - 1) * layer, (Layers + 9) * layer);
        using (Run run = model.Run(tokens, last))
        {
            long kept = run.Activations.Values.Sum(tensor => tensor.Shape.Count * sizeof(float));
            Assert.Equal(Layers * 64 * sizeof(float), kept);
        }

        // A run that fits only because of the positions is run; without them it is refused, with the number.
        using IDisposable limit = ComputeMemory.LimitTo(ComputeMemory.Live + (12 * layer));
        model.Run(tokens, last).Dispose();
        Assert.Contains("GB at its peak", Assert.Throws<PellucidException>(() => model.Run(tokens, all)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PeakBytes_LastRowOfEveryPattern_NeedsNoSquareOfScores()
    {
        const int Positions = 512, Heads = 4;
        using Model model = Model.Random(Small with { Layers = 4, Context = Positions, DModel = 64, Heads = Heads, KeyHeads = Heads, DMlp = 128 }, 1);
        TokenBatch tokens = Tokens(1, Positions, 100);
        RunOptions options = new() { Logits = LogitsWanted.Last, Capture = Capture.Of([.. Enumerable.Range(0, 4).Select(Hook.Pattern)]).At(^1) };
        const long Square = sizeof(float) * Positions * Positions * Heads;
        Assert.InRange(model.PeakBytes(tokens, options), 1, Square / 2);
        using Model deep = Model.Random(model.Config with { Layers = 16 }, 1);
        Capture rows = Capture.Of([.. Enumerable.Range(0, 16).Select(Hook.Pattern)]).At(^1);
        Assert.InRange(deep.PeakBytes(tokens, options with { Capture = rows }) - model.PeakBytes(tokens, options), 0, 12 * 3 * sizeof(float) * Positions * Heads); // nothing of a layer but its rows
        model.Run(tokens, options).Dispose();
        Assert.Equal(ComputeMemory.Measure(() => model.Run(tokens, options).Dispose()), model.PeakBytes(tokens, options));
    }

    [Fact]
    public void Run_PatternsOfSequencesOfDifferentLength_AreThoseOfEachAlone()
    {
        using Model model = Model.Random(Small with { Window = 3, LocalLayers = [true, false, true] }, 2);
        int[][] sequences = [[1, 2, 3, 4, 5, 6], [6, 7, 9], [8, 9, 10, 3]];
        Capture capture = Capture.Of(Hook.Pattern(0), Hook.Pattern(1), Hook.AttnScores(1)).At(^1, 1);
        foreach (PaddingSide side in (PaddingSide[])[PaddingSide.Left, PaddingSide.Right])
        {
            TokenBatch batch = TokenBatch.From(sequences, new BatchOptions { Padding = side });
            using Run together = model.Run(batch, new RunOptions { Capture = capture });
            for (int row = 0; row < sequences.Length; row++)
            {
                using Run alone = model.Run(TokenBatch.Of(sequences[row]), new RunOptions { Capture = Capture.Of(capture.Hooks) });
                foreach (string hook in capture.Hooks)
                {
                    int length = sequences[row].Length;
                    float[] own = Rows(alone[hook], model.Hooks[hook], [length - 1, 1]);
                    using Tensor kept = together[hook].Slice(0, row, 1), seen = kept.Slice(3, batch.FirstColumns[row], length);
                    AreNear(own, seen.ToArray());
                }
            }
        }
    }

    /// <summary>Rounding in another order, where attention is fused: 2e-5 is some hundred times less than the values, and more than rounding gives.</summary>
    private static void AreNear(float[] expected, float[] actual) => Assert.Equal(expected, actual, (a, b) => a == b || Math.Abs(a - b) < 2e-5f * Math.Max(1, Math.Abs(a)));

    private static float[] Rows(Tensor whole, HookPoint point, int[] places)
    {
        int axis = point.PositionAxis, columns = whole.Shape[axis];
        int outer = 1;
        for (int i = 0; i < axis; i++)
        {
            outer *= whole.Shape[i];
        }

        float[] values = whole.ToArray();
        int width = values.Length / (outer * columns);
        return [.. Enumerable.Range(0, outer).SelectMany(row => places.SelectMany(place => values.AsSpan(((row * columns) + place) * width, width).ToArray()))];
    }

    private static TokenBatch Tokens(int count, int positions, int vocabulary) =>
        TokenBatch.From([.. Enumerable.Range(0, count).Select(row => (int[])[.. Enumerable.Range(0, positions).Select(position => ((row * 31) + (position * 7)) % vocabulary)])]);
}
