using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Interventions;

public sealed class CompositionTests
{
    private static readonly string Where = Hook.ResidMid(1);

    [Fact]
    public void With_Twice_AppliesInTheOrderGiven()
    {
        using Tensor vector = Numbers.Random(new Shape(16), 9);
        Model addThenDouble = Numbers.Model.With(Intervention.Add(Where, vector)).With(Intervention.Scale(Where, 2));
        Model doubleThenAdd = Numbers.Model.With(Intervention.Scale(Where, 2)).With(Intervention.Add(Where, vector));
        using Run first = addThenDouble.Run(Numbers.Tokens, Numbers.KeepAll);
        using Run second = doubleThenAdd.Run(Numbers.Tokens, Numbers.KeepAll);
        Close.Equal(Numbers.Changed(Where, (index, x) => (x + vector[index[^1]]) * 2), first[Where].ToArray(), 1e-5, "add, scale");
        Close.Equal(Numbers.Changed(Where, (index, x) => (x * 2) + vector[index[^1]]), second[Where].ToArray(), 1e-5, "scale, add");
        using Run together = Numbers.Model.With(Intervention.Add(Where, vector), Intervention.Scale(Where, 2)).Run(Numbers.Tokens);
        Close.Equal(first.Logits, together.Logits, 1e-5, "one With of two");
    }

    [Fact]
    public void With_Interventions_LeavesTheModelAsItWas()
    {
        Model changed = Numbers.Model.With(Intervention.Zero(Where));
        using Run after = Numbers.Model.Run(Numbers.Tokens, Numbers.KeepAll);
        Assert.Empty(Numbers.Model.Interventions);
        Assert.Single(changed.Interventions);
        Close.Equal(Numbers.Undisturbed.Logits, after.Logits, 0, "logits");
        changed.Dispose(); // it borrows the parameters
        using Run still = Numbers.Model.Run(Numbers.Tokens);
    }

    [Fact]
    public async Task Run_DifferentExperimentsAtOnce_GiveWhatTheyGiveAlone()
    {
        using Tensor vector = Numbers.Random(new Shape(64), 2);
        Model[] models =
        [
            Stories.Model260K,
            Stories.Model260K.With(Intervention.Add(Hook.ResidPost(1), vector, 3)),
            Stories.Model260K.With(Intervention.Zero(Hook.Pattern(2)).ForHeads(1)),
        ];
        TokenBatch tokens = TokenBatch.From([[1, 50, 60, 70, 80], [1, 90, 100]]);
        float[][] alone = [.. models.Select(Logits)];
        float[][][] together = await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(
            () => Enumerable.Range(0, 6).Select(round => Logits(models[(thread + round) % models.Length])).ToArray(),
            TestContext.Current.CancellationToken)));
        for (int thread = 0; thread < together.Length; thread++)
        {
            for (int round = 0; round < together[thread].Length; round++)
            {
                Close.Equal(alone[(thread + round) % models.Length], together[thread][round], 0, $"thread {thread}, round {round}");
            }
        }

        float[] Logits(Model model)
        {
            using Run run = model.Run(tokens);
            return run.Logits.ToArray();
        }
    }

    [Fact]
    public void With_ValueThatDoesNotFit_IsRefusedBeforeAnyWork()
    {
        using Tensor vector = Tensor.Zeros(new Shape(15));
        Refused(() => Numbers.Model.With(Intervention.Add(Where, vector)), "15", "d_model 16");
        Refused(() => Numbers.Model.With(Intervention.Custom(Where, "own", (_, x, _) => x, width: 15)), "own", "15", "d_model 16");
        Numbers.Model.With(Intervention.Custom(Where, "own", (_, x, _) => x, width: 16)).Dispose();
        Refused(() => Numbers.Model.With(Intervention.Mean(Hook.Z(0), vector)), "15", "d_head 4");
        Refused(() => Numbers.Model.With(Intervention.Replace(Where, vector)), "15", "d_model 16");
        Refused(() => Numbers.Model.With(Intervention.Zero(Where).ForUnits(16)), "16");
        Refused(() => Numbers.Model.With(Intervention.Zero(Where).ForUnits(-1)), "-1");
        Refused(() => Numbers.Model.With(Intervention.Zero(Hook.V(0)).ForHeads(2)), "2", "kv_head 2");
        Refused(() => Numbers.Model.With(Intervention.Zero(Where).ForHeads(0)), "0");
    }

    [Fact]
    public void Run_ReplacementOfAnotherLength_IsRefused()
    {
        using Tensor value = Tensor.Zeros(new Shape(2, 5, 16));
        Refused(() => Numbers.Model.With(Intervention.Replace(Where, value)).Run(Numbers.Tokens), "5", "6");
    }

    [Fact]
    public void Run_CustomThatChangesTheShape_IsRefused() => Refused(
        () => Numbers.Model.With(Intervention.Custom(Where, "cut", (ops, x, _) => ops.Own(x.Slice(1, 0, 2)))).Run(Numbers.Tokens), "cut", Where);

    private static void Refused(Action action, params string[] parts)
    {
        ShapeException error = Assert.Throws<ShapeException>(action);
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Close.IsOneLine(error);
    }
}
