using Pellucid.Activations;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.Explanations.Tests;

public sealed class CausalScorerTests : IClassFixture<Planted>, IDisposable
{
    private readonly Planted _planted;
    private readonly Model _model = Model.OpenAsync("stories260k").GetAwaiter().GetResult();
    private readonly string _hook;
    private readonly CausalScorer _scorer;

    public CausalScorerTests(Planted planted)
    {
        _planted = planted;
        _hook = Hook.ResidPost(_model.Config.Layers - 1);
        int[][] contexts = [.. Enumerable.Range(0, 4).Select(sequence => planted.HeldOut.Tokens(sequence)[..12])];
        _scorer = new CausalScorer(_model, _hook, contexts, planted.Tokens);
    }

    public void Dispose()
    {
        _scorer.Dispose();
        _model.Dispose();
    }

    [Fact]
    public void Score_WritesTheFollowingTokensEmbedding_IsAboveTheControls()
    {
        CausalScore score = Score(Writing(_planted.B, 1), Followed(_planted.B));
        Assert.True(score.Effect > 0.1, $"{score.Effect}");
        Assert.True(score.Percentile >= 0.98, $"{score.Percentile}");
        Assert.Equal([(_planted.B, 1.0)], score.Following);
        Assert.Equal(50, score.Controls);
    }

    [Fact]
    public void Score_WritesAgainstTheFollowingToken_IsBelowTheControls()
    {
        CausalScore score = Score(Writing(_planted.B, -1), Followed(_planted.B));
        Assert.True(score.Effect < 0);
        Assert.True(score.Percentile <= 0.02, $"{score.Percentile}");
    }

    [Fact]
    public void Score_ChangesNothing_IsInTheMiddle()
    {
        CausalScore score = Score(Writing(_planted.B, 0), Followed(_planted.B));
        Assert.Equal((0.0, 0.5, 0.0), (score.Effect, score.Percentile, score.WriteNorm));
    }

    [Fact]
    public void Score_Effect_IsTheDifferenceOfLogProbabilities()
    {
        int[] context = [_model.Config.BosId!.Value, .. _planted.HeldOut.Tokens(0)[..12]];
        using CausalScorer one = new(_model, _hook, [context[1..]], _planted.Tokens, new CausalOptions { Controls = 0 });
        CausalScore score = one.Score(Writing(_planted.B, 1), Followed(_planted.B), TestContext.Current.CancellationToken);
        using Run clean = _model.Run(TokenBatch.Of(context)), driven = _model.With(Writing(_planted.B, 1)).Run(TokenBatch.Of(context));
        using Ops ops = new();
        Tensor before = ops.LogSoftmax(clean.Logits), after = ops.LogSoftmax(driven.Logits);
        double expected = Enumerable.Range(1, 12).Average(at =>
            after[0, at, _planted.B] - before[0, at, _planted.B] - (after[0, at, score.Matched[0]] - before[0, at, score.Matched[0]]));
        Assert.Equal(expected, score.Effect!.Value, 1e-4); // logits of order 10 in single precision, averaged
    }

    [Fact]
    public void Score_NothingFollows_IsUndefined()
    {
        CausalScore score = Score(Writing(_planted.B, 1), Record([_planted.A, _planted.B], [0, 1]));
        Assert.Null(score.Effect);
        Assert.Null(score.Percentile);
    }

    [Fact]
    public void Score_Matched_IsAsFrequentAndNotAmongThoseThatFollow()
    {
        CausalScore score = Score(Writing(_planted.B, 1), Record([_planted.A, _planted.B, _planted.A, _planted.C], [1, 0, 1, 0]));
        Assert.Equal(2, score.Matched.Count);
        Assert.Empty(score.Matched.Intersect(score.Following.Select(pair => pair.Token)));
    }

    [Fact]
    public void Score_AnotherHook_Refuses() => Assert.Throws<PellucidException>(() => Score(Intervention.Zero(Hook.Embed), Followed(_planted.B)));

    private CausalScore Score(Intervention driven, UnitRecord record) => _scorer.Score(driven, record, TestContext.Current.CancellationToken);

    private Intervention Writing(int token, float factor)
    {
        using Run run = _model.Run(TokenBatch.Of([token]), new RunOptions { Capture = Capture.Of(Hook.Embed), Logits = LogitsWanted.None });
        return Intervention.Add(_hook, Tensor.From(run[Hook.Embed].Row(0), new Shape(_model.Config.DModel)), 4 * factor).At(Positions.ExceptBos);
    }

    private UnitRecord Followed(int token) => Record([_planted.A, token], [1, 0]);

    private UnitRecord Record(int[] tokens, float[] values) => new()
    {
        Unit = 0,
        Kind = "planted",
        Hook = _hook,
        Density = 0.1,
        Train = [new ActivationRecord(0, 1, tokens, values)],
    };
}
