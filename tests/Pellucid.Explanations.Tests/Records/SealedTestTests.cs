using System.Collections;
using System.Reflection;
using Pellucid.Activations;

namespace Pellucid.Explanations.Tests;

public class SealedTestTests(Planted planted) : IClassFixture<Planted>
{
    [Fact]
    public void ExplainAsync_WhatItIsGiven_HasNoWayToTestRecords()
    {
        HashSet<Type> seen = [];
        foreach (ParameterInfo parameter in typeof(IExplainer).GetMethod(nameof(IExplainer.ExplainAsync))!.GetParameters())
        {
            Reach(parameter.ParameterType, seen);
        }

        Assert.Contains(typeof(ActivationRecord), seen);
        Assert.DoesNotContain(typeof(TestRecords), seen);
        Assert.DoesNotContain(typeof(SealedTest), seen);
        Assert.DoesNotContain(typeof(ActivationStore), seen);
        Assert.Empty(typeof(TestRecords).GetConstructors());
    }

    [Fact]
    public void Read_Training_HoldsNoHeldOutRecord()
    {
        HashSet<string> heldOut = [.. Held(0).Select(Content)];
        Assert.NotEmpty(heldOut);
        Assert.DoesNotContain(planted.Record(0).Train, record => heldOut.Contains(Content(record)));
    }

    [Fact]
    public async Task ExplainAsync_AfterTheTestWasOpened_IsTheSame()
    {
        Explanation before = await planted.Explainer.ExplainAsync(planted.Record(0), TestContext.Current.CancellationToken);
        _ = planted.Test(0).Score(before);
        Explanation after = await planted.Explainer.ExplainAsync(planted.Record(0), TestContext.Current.CancellationToken);
        Assert.Equal(before.Hash, after.Hash);
    }

    [Fact]
    public async Task Score_Explanation_IsBoundToItsHash()
    {
        Explanation explanation = await planted.Table.ExplainAsync(planted.Record(0), TestContext.Current.CancellationToken);
        Evidence evidence = planted.Test(0).Score(explanation);
        Assert.Equal(explanation.Hash, evidence.ExplanationHash);
        Assert.Equal((0, "token_table", planted.Units.Hook), (evidence.Unit, evidence.Explainer, evidence.Hook));
        Assert.Equal((5, 5), (evidence.Score.NTop, evidence.Score.NRandom));
    }

    [Fact]
    public async Task Score_TopAndRandom_IsTheCorrelationOverAllTokens()
    {
        Explanation explanation = await planted.Table.ExplainAsync(planted.Record(0), TestContext.Current.CancellationToken);
        (_, TestRecords records) = planted.Test(0).Open(explanation);
        ActivationRecord[] all = [.. records.Top, .. records.Random];
        float[] predicted = [.. all.SelectMany(record => explanation.Predict(record.Tokens))], actual = [.. all.SelectMany(record => record.Activations)];
        Assert.Equal(Agreement.Correlation<float>(predicted, actual), planted.Test(0).Score(explanation).Score.TopAndRandom);
    }

    [Fact]
    public void Of_RandomRecords_AreNotAmongTheTop()
    {
        (_, TestRecords records) = planted.Test(0).Open(new TokenTableExplanation { Text = "", Mean = 0, Tokens = [] });
        Assert.Empty(records.Random.Select(Place).Intersect(records.Top.Select(Place)));
        Assert.True(records.Top[0].Max >= records.Top[^1].Max);
    }

    [Fact]
    public void Read_ManyUnits_IsWhatEachAloneGives()
    {
        IReadOnlyList<UnitRecord> both = UnitRecords.Read(planted.Training, planted.Units, planted.Population.TrainingSummary, [1, 0], cancellationToken: TestContext.Current.CancellationToken);
        foreach (UnitRecord record in both)
        {
            Assert.Equal(planted.Record(record.Unit).Train.Select(Content), record.Train.Select(Content));
            IReadOnlyList<ActivationRecord> direct = planted.Training.Records(
                planted.Units, record.Unit, record.Train.Select(one => new Example(one.Sequence, one.Start, one.Tokens.Count, 0)));
            Assert.Equal(direct.Select(Content), record.Train.Select(Content));
        }
    }

    private IEnumerable<ActivationRecord> Held(int unit)
    {
        (_, TestRecords records) = planted.Test(unit).Open(new TokenTableExplanation { Text = "", Mean = 0, Tokens = [] });
        return [.. records.Top, .. records.Random];
    }

    private static void Reach(Type type, HashSet<Type> seen)
    {
        if (!seen.Add(type) || type.IsPrimitive || (type.Namespace?.StartsWith("System", StringComparison.Ordinal) == true && !typeof(IEnumerable).IsAssignableFrom(type)))
        {
            return;
        }

        foreach (Type inside in type.GetProperties().Select(property => property.PropertyType).Concat(type.GetGenericArguments()))
        {
            Reach(inside, seen);
        }
    }

    private static (int, int) Place(ActivationRecord record) => (record.Sequence, record.Start);

    private static string Content(ActivationRecord record) => string.Join(' ', record.Tokens) + '|' + string.Join(' ', record.Activations);
}
