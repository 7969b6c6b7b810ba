using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Runs;

public sealed class RunTests
{
    /// <summary>Logits and residuals reach 20; a product over a batch may sum in another order than one over a row.</summary>
    private const double Tolerance = 2e-5;

    private static readonly int[][] Sequences = [[1, 403, 407, 261, 378, 9, 77], [1, 12, 300], [5], [1, 90, 100, 110]];

    [Fact]
    public void Run_PaddedBatch_GivesWhatEachSequenceGivesAlone()
    {
        using Run batch = Stories.Model260K.Run(TokenBatch.From(Sequences), new RunOptions { Capture = Capture.Of(Hook.ResidPost(4)) });
        for (int row = 0; row < Sequences.Length; row++)
        {
            using Run alone = Stories.Model260K.Run(TokenBatch.Of(Sequences[row]), new RunOptions { Capture = Capture.Of(Hook.ResidPost(4)) });
            for (int position = 0; position < Sequences[row].Length; position++)
            {
                int at = (row * 7) + position;
                Close.Equal(alone.Logits.Row(position), batch.Logits.Row(at), Tolerance, $"logits of {row} at {position}");
                Close.Equal(alone[Hook.ResidPost(4)].Row(position), batch[Hook.ResidPost(4)].Row(at), Tolerance, $"residual of {row} at {position}");
            }
        }
    }

    [Fact]
    public void Loss_OfPaddedBatch_IsTheMeanOverPredictedTokens()
    {
        using Run run = Stories.Model260K.Run(TokenBatch.From(Sequences));
        List<double> losses = [];
        for (int row = 0; row < Sequences.Length; row++)
        {
            for (int position = 0; position + 1 < Sequences[row].Length; position++)
            {
                float[] logits = run.Logits.Row((row * 7) + position).ToArray();
                losses.Add(Math.Log(logits.Sum(value => Math.Exp(value))) - logits[Sequences[row][position + 1]]);
            }
        }

        Assert.Equal(losses.Average(), run.Loss(), 1e-5);
        Assert.Equal([6, 2, 0, 3], run.TokenLosses().Select(sequence => sequence.Length));
    }

    [Fact]
    public void Loss_OfSingleTokens_IsNotANumber()
    {
        using Run run = Stories.Model260K.Run(TokenBatch.From([[5], [6]]));
        Assert.True(double.IsNaN(run.Loss()));
    }

    [Fact]
    public void Run_LastLogitsOnly_AreTheLastOfAll()
    {
        using Run all = Stories.Model260K.Run(TokenBatch.Of(Sequences[0]));
        using Run last = Stories.Model260K.Run(TokenBatch.Of(Sequences[0]), new RunOptions { Logits = LogitsWanted.Last });
        Assert.Equal(1, last.Logits.Shape[1]);
        Close.Equal(all.Logits.Row(6), last.Logits.Row(0), Tolerance, "last logits");
        Assert.Throws<PellucidException>(() => last.Loss());
    }

    [Fact]
    public void Run_NoLogits_StopsInTheBlockOfTheLastCapture()
    {
        List<string> seen = [];
        Model watched = Stories.Model260K.With(Stories.Model260K.Hooks.Points.Select(point => Intervention.Custom(point.Name, "watch", (_, x, context) =>
        {
            seen.Add(context.Point.Name);
            return x;
        })));
        foreach (HookPoint point in Stories.Model260K.Hooks.Points)
        {
            seen.Clear();
            using Run run = watched.Run(TokenBatch.Of([1, 5]), new RunOptions { Capture = Capture.Of(point.Name), Logits = LogitsWanted.None });
            Assert.Contains(point.Name, seen);
            Assert.All(seen, name => Assert.True(Stories.Model260K.Hooks[name].Layer <= point.Layer, $"{name} was computed for {point.Name}"));
            Assert.Throws<PellucidException>(() => run.Logits);
        }
    }

    [Fact]
    public void Run_NoLogits_CapturesWhatAFullRunCaptures()
    {
        string[] hooks = [Hook.ResidPre(2), Hook.MlpPost(2), Hook.Pattern(1)];
        using Run full = Stories.Model260K.Run(TokenBatch.From(Sequences), new RunOptions { Capture = Capture.Of(hooks) });
        using Run early = Stories.Model260K.Run(TokenBatch.From(Sequences), new RunOptions { Capture = Capture.Of(hooks), Logits = LogitsWanted.None });
        Assert.All(hooks, hook => Close.Equal(full[hook], early[hook], 0, hook));
    }

    [Fact]
    public void Run_LaterBlockThatThrows_IsNotReachedWithoutLogits()
    {
        Model trapped = Stories.Model260K.With(Intervention.Custom(
            Hook.ResidPre(3), "trap", (_, _, _) => throw new InvalidOperationException("reached")));
        using Run run = trapped.Run(TokenBatch.Of([1, 5]), new RunOptions { Capture = Capture.Of(Hook.MlpPost(2)), Logits = LogitsWanted.None });
        Assert.Throws<InvalidOperationException>(() => trapped.Run(TokenBatch.Of([1, 5])));
    }

    [Fact]
    public void Indexer_HookThatWasNotCaptured_IsRefused()
    {
        using Run run = Stories.Model260K.Run("A", Capture.Of(Hook.Embed));
        PellucidException error = Assert.Throws<PellucidException>(() => run[Hook.ResidPost(0)]);
        Assert.Contains(Hook.Embed, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(512)]
    [InlineData(int.MaxValue)]
    public void Run_IdOutsideTheVocabulary_IsRefused(int id) => Assert.Contains(
        id.ToString(), Assert.Throws<PellucidException>(() => Stories.Model260K.Run(TokenBatch.Of([1, id]))).Message, StringComparison.Ordinal);

    [Fact]
    public void Run_MoreTokensThanTheContext_IsRefused() => Assert.Contains(
        "512", Assert.Throws<PellucidException>(() => Stories.Model260K.Run(TokenBatch.Of(new int[513]))).Message, StringComparison.Ordinal);

    [Fact]
    public void From_EmptySequence_IsRefused()
    {
        Assert.Throws<PellucidException>(() => TokenBatch.From([]));
        Assert.Throws<PellucidException>(() => TokenBatch.From([[1], []]));
    }

    [Fact]
    public void Run_Cancelled_Stops()
    {
        using CancellationTokenSource source = new();
        Model model = Stories.Model260K.With(Intervention.Custom(Hook.ResidPre(2), "stop", (_, x, _) =>
        {
            source.Cancel();
            return x;
        }));
        Assert.Throws<OperationCanceledException>(() => model.Run(TokenBatch.Of([1]), new RunOptions { CancellationToken = source.Token }));
    }
}
