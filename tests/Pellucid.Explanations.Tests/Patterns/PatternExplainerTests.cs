using Pellucid.Activations;
using Pellucid.Models;

namespace Pellucid.Explanations.Tests;

public class PatternExplainerTests(Planted planted) : IClassFixture<Planted>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ExplainAsync_TokenAfterToken_PredictsHeldOutTextAndSaysSo()
    {
        Explanation explanation = await planted.Explainer.ExplainAsync(planted.Record(0), Stop);
        (_, TestRecords records) = planted.Test(0).Open(explanation);
        foreach (ActivationRecord record in (ActivationRecord[])[.. records.Top, .. records.Random])
        {
            float[] predicted = explanation.Predict(record.Tokens);
            for (int at = 1; at < predicted.Length; at++) // what stands before the first token is not known
            {
                Assert.Equal(record.Activations[at], predicted[at], 0.2);
            }
        }

        Tokenizer tokenizer = planted.Model.Tokenizer!;
        string first = explanation.Text.Split('\n')[0];
        Assert.StartsWith($"\"{tokenizer.TokenText(planted.B)}\" after ", first, StringComparison.Ordinal);
        Assert.Contains($"{tokenizer.TokenText(planted.A)}\" → ", first, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExplainAsync_TokenTwoBefore_FindsItThroughAWildcard()
    {
        PatternExplanation explanation = (PatternExplanation)await planted.Explainer.ExplainAsync(planted.Record(1), Stop);
        Assert.Contains(explanation.Nodes, node => node.Parent > 0 && node.Token == planted.A && explanation.Nodes[node.Parent].Token == PatternTrie.Any);
        Assert.True(planted.Test(1).Score(explanation).Score.TopAndRandom > 0.9);
    }

    [Fact]
    public async Task ExplainAsync_ContextMatters_BeatsTheTokenTable()
    {
        Explanation pattern = await planted.Explainer.ExplainAsync(planted.Record(0), Stop), table = await planted.Table.ExplainAsync(planted.Record(0), Stop);
        Assert.True(planted.Test(0).Score(pattern).Score.TopAndRandom > planted.Test(0).Score(table).Score.TopAndRandom + 0.1);
    }

    [Fact]
    public async Task ExplainAsync_SameSeed_IsTheSame() => Assert.Equal(
        (await planted.Explainer.ExplainAsync(planted.Record(0), Stop)).Hash, (await planted.Explainer.ExplainAsync(planted.Record(0), Stop)).Hash);

    [Fact]
    public async Task ExplainAsync_OtherBatches_IsTheSame()
    {
        PatternExplainer small = new(planted.Model, planted.Units, planted.Tokens, new PatternOptions { Batch = 7 });
        Assert.Equal((await planted.Explainer.ExplainAsync(planted.Record(0), Stop)).Hash, (await small.ExplainAsync(planted.Record(0), Stop)).Hash);
    }

    [Fact]
    public async Task ExplainAsync_SilentUnit_PredictsNothing()
    {
        Explanation explanation = await planted.Explainer.ExplainAsync(planted.Record(2), Stop);
        Assert.Equal([0, 0], explanation.Predict([planted.A, planted.B]));
        Assert.Contains("never active", explanation.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExplainAsync_Cancelled_Stops()
    {
        using CancellationTokenSource source = new();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => planted.Explainer.ExplainAsync(planted.Record(0), source.Token));
    }

    [Fact]
    public async Task ExplainAsync_FewNodesAllowed_KeepsToThem()
    {
        PatternExplainer small = new(planted.Model, planted.Units, planted.Tokens, new PatternOptions { Nodes = 3 });
        PatternExplanation explanation = (PatternExplanation)await small.ExplainAsync(planted.Record(0), Stop);
        Assert.InRange(explanation.Nodes.Count, 2, 4);
    }
}
