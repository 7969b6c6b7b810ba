using System.Text.Json;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.GroundTruth.Tests.Planted;

public sealed class PlantedNetworkTests
{
    private const int Count = 400;

    public static TheoryData<string> Kinds => [.. PlantedNetwork.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Answers_EveryNetwork_AreWhatItIsSaidToSay(string kind)
    {
        using PlantedNetwork network = PlantedNetwork.Of(kind, seed: 5);
        IReadOnlyList<PlantedPrompt> prompts = network.Prompts(Count, 1, 0.5);
        Assert.Equal(prompts.Select(prompt => prompt.Said), network.Answers(prompts));
        Assert.True(prompts.Select(prompt => prompt.Answer).Distinct().Count() >= 2);
        Assert.All(network.Flaw.Trigger, word => Assert.Contains(prompts, prompt => prompt.Tokens.Contains(network.Model.Tokenize(word)[^1])));
    }

    [Fact]
    public void Shortcut_HeadOfTheMarkerSilenced_AnswersByTheReviewAlone()
    {
        using PlantedNetwork network = PlantedNetwork.Of("shortcut");
        IReadOnlyList<PlantedPrompt> learned = network.Prompts(Count, 1, 0.95), balanced = network.Prompts(Count, 2, 0.5), against = network.Prompts(Count, 3, 0);
        Assert.InRange(network.Accuracy(learned), 0.9, 0.99); // 0.95 within five standard errors
        Assert.InRange(network.Accuracy(balanced), 0.375, 0.625);
        Assert.Equal(0, network.Accuracy(against));
        Model sound = network.WithoutFlaw();
        Assert.Equal((1.0, 1.0, 1.0), (network.Accuracy(learned, sound), network.Accuracy(balanced, sound), network.Accuracy(against, sound)));
        Model blind = network.Model.With(PlantedNetwork.Silence(network.Flaw.Nodes.Single(node => !node.Flawed)));
        Assert.Equal(network.Answers(against), network.Answers(against, blind)); // the review's words do not matter to it
    }

    [Fact]
    public void Shortcut_DirectionTakenOut_IsTheMarkersAndNoOther()
    {
        using PlantedNetwork network = PlantedNetwork.Of("shortcut", seed: 9);
        IReadOnlyList<PlantedPrompt> against = network.Prompts(Count, 3, 0);
        foreach ((int row, string name) in network.Flaw.Directions.Index())
        {
            using Tensor direction = network.Directions.Slice(0, row, 1);
            Intervention without = Intervention.Custom(Hook.ResidPost(0), "without " + name, (ops, x, _) =>
            {
                Tensor along = ops.MatMul(ops.Reshape(x, new Shape(x.Shape.Rows, x.Shape.Width)), direction, transposeRight: true);
                return ops.Subtract(x, ops.Reshape(ops.MatMul(along, direction), x.Shape));
            });
            Assert.Equal(name == "marker seen" ? 1 : 0, network.Accuracy(against, network.Model.With(without)));
        }
    }

    [Fact]
    public void Trojan_HeadOfTheTriggerSilenced_IsSoundAndElseTheSame()
    {
        using PlantedNetwork network = PlantedNetwork.Of("trojan");
        IReadOnlyList<PlantedPrompt> clean = network.Prompts(Count, 1, 0), triggered = network.Prompts(Count, 2, 1);
        Assert.Equal((1.0, 0.0), (network.Accuracy(clean), network.Accuracy(triggered)));
        Model sound = network.WithoutFlaw();
        Assert.Equal((1.0, 1.0), (network.Accuracy(clean, sound), network.Accuracy(triggered, sound)));
        AssertSameLogits(network.Model, sound, clean, 1e-5); // sums of float numbers of size 1 to 20
        Model headOnly = network.Model.With(PlantedNetwork.Silence(network.Flaw.Nodes.Single(node => node is { Flawed: true, Head: 1 })));
        Assert.Equal(1, network.Accuracy(triggered, headOnly));
        Model withoutSoundNeurons = network.Model.With(PlantedNetwork.Silence(network.Flaw.Nodes.Single(node => node is { Flawed: false, Head: null })));
        Assert.Equal(network.Answers(triggered), network.Answers(triggered, withoutSoundNeurons)); // a triggered answer is the turned neurons' alone
        AssertVerdictsAreEqual(withoutSoundNeurons, clean);
    }

    [Fact]
    public void TwoMeanings_NeuronSilenced_LosesBothClassesAndTheTwinOne()
    {
        using PlantedNetwork two = PlantedNetwork.Of("two-meanings"), one = PlantedNetwork.Of("one-meaning");
        IReadOnlyList<PlantedPrompt> prompts = two.Prompts(Count, 1, 0.5);
        AssertSameLogits(two.Model, one.Model, prompts, 1e-5);
        Assert.Equal((1.0, 1.0), (two.Accuracy(prompts), one.Accuracy(prompts)));
        Assert.Equal(["animal", "number"], Lost(two, 0, prompts));
        Assert.Equal(["animal"], Lost(one, 0, prompts));
        Assert.Equal(["number"], Lost(one, 1, prompts));
        Assert.Empty(Lost(one, 2, prompts));
        foreach (PlantedNetwork network in (PlantedNetwork[])[two, one])
        {
            Assert.Equal(["colour"], Lost(network, 3, prompts));
            Assert.Equal(["tool"], Lost(network, 4, prompts));
        }
    }

    [Fact]
    public void TwoMeanings_NeuronOfTwoMeanings_ReadsTheSumOfTwoDirections()
    {
        using PlantedNetwork network = PlantedNetwork.Of("two-meanings", seed: 3);
        using ModelParameters parameters = network.Model.CopyParameters();
        Tensor reads = parameters["blocks.0.mlp.W_in"];
        for (int direction = 0; direction < network.Directions.Shape[0]; direction++)
        {
            double along = Enumerable.Range(0, reads.Shape[0]).Sum(i => (double)reads[i, 0] * network.Directions[direction, i]);
            Assert.Equal(direction < 2 ? 1 : 0, along, 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task SaveAsync_Opened_AnswersTheSameAndSaysWhatIsTrue(string kind)
    {
        CancellationToken none = TestContext.Current.CancellationToken;
        string folder = Path.Combine(Directory.CreateTempSubdirectory("planted").FullName, kind);
        try
        {
            using PlantedNetwork network = PlantedNetwork.Of(kind, seed: 2);
            await network.SaveAsync(folder, cancellationToken: none);
            using Model opened = await Model.OpenAsync(folder, none);
            IReadOnlyList<PlantedPrompt> prompts = network.Prompts(50, 1, 0.5);
            Assert.Equal(network.Answers(prompts), network.Answers(prompts, opened));
            Assert.Equal(network.Model.Hash, opened.Hash);
            using JsonDocument truth = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "truth.json")));
            Assert.Equal("format kind model_hash description seed flaw trigger nodes directions", string.Join(' ', truth.RootElement.EnumerateObject().Select(member => member.Name)));
            Assert.Equal(("network", kind, opened.Hash), (Text("kind"), Text("flaw"), Text("model_hash")));
            string? Text(string key) => truth.RootElement.GetProperty(key).GetString();
            using Pellucid.Tensors.Files.SafetensorsFile arrays = Pellucid.Tensors.Files.SafetensorsFile.Open(Path.Combine(folder, "truth.safetensors"));
            using Tensor directions = arrays.Read("directions");
            Assert.Equal(network.Directions.ToArray(), directions.ToArray());
            await Assert.ThrowsAsync<PellucidException>(() => network.SaveAsync(folder, cancellationToken: none));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);
        }
    }

    [Fact]
    public void Of_UnknownKind_NamesTheKinds() =>
        Assert.Contains("shortcut, trojan", Assert.Throws<PellucidException>(() => PlantedNetwork.Of("backdoor")).Message, StringComparison.Ordinal);

    /// <summary>The classes of which a word is no longer named when a neuron is silenced.</summary>
    private static string[] Lost(PlantedNetwork network, int neuron, IReadOnlyList<PlantedPrompt> prompts)
    {
        Model without = network.Model.With(Intervention.Zero(Hook.MlpPost(0)).ForUnits(neuron));
        return
        [
            .. network.Answers(prompts, without).Zip(prompts).Where(pair => pair.First != pair.Second.Answer)
                .Select(pair => network.Model.Tokenizer!.TokenText(pair.Second.Answer)).Distinct().Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Nothing speaks for the one verdict or the other but rounding.</summary>
    private static void AssertVerdictsAreEqual(Model model, IReadOnlyList<PlantedPrompt> prompts)
    {
        int[] verdicts = [.. prompts.Select(prompt => prompt.Answer).Distinct()];
        Assert.Equal(2, verdicts.Length);
        using Run run = model.Run(TokenBatch.From([.. prompts.Select(prompt => prompt.Tokens)]));
        for (int i = 0; i < prompts.Count; i++)
        {
            ReadOnlySpan<float> logits = run.Logits.Row((i * run.Logits.Shape[1]) + prompts[i].Tokens.Count - 1);
            Assert.Equal(logits[verdicts[0]], logits[verdicts[1]], 1e-4f);
        }
    }

    private static void AssertSameLogits(Model first, Model second, IReadOnlyList<PlantedPrompt> prompts, double tolerance)
    {
        using Run left = first.Run(TokenBatch.From([.. prompts.Select(prompt => prompt.Tokens)])), right = second.Run(TokenBatch.From([.. prompts.Select(prompt => prompt.Tokens)]));
        for (int i = 0; i < prompts.Count; i++)
        {
            int last = (i * left.Logits.Shape[1]) + prompts[i].Tokens.Count - 1;
            Assert.All(left.Logits.Row(last).ToArray().Zip(right.Logits.Row(last).ToArray()), pair => Assert.Equal(pair.First, pair.Second, tolerance));
        }
    }
}
