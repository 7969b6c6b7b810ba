using Pellucid.Activations;
using Pellucid.Explanations;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.GroundTruth.Tests.Planted;

public sealed class PlantedTextsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("planted-texts").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Activations_OfAKnownText_AreWhatTheStatementsSay()
    {
        using PlantedTexts texts = new(new PlantedTextOptions());
        string[] words = "the cat saw 4 cat near the river bank . \" a bank was not cold . \" 7 cat .".Split(' ');
        int[] tokens = [.. words.Select(word => texts.Words.Index().Single(other => other.Item == word).Index)];
        using Tensor activations = texts.Activations(tokens);
        string[] fired =
        [
            .. texts.Meanings.Index().Select(meaning => $"{meaning.Item.Name}: {string.Join(' ', Enumerable.Range(0, tokens.Length).Where(at => activations[at, meaning.Index] == 1))}"),
        ];
        Assert.Equal(
            ["animal: 1 4 19", "cat: 1 4 19", "even-number: 3", "river-bank: 8", "after-not: 15", "second-time: 4 6 12 16 17", "in-quotes: 11 12 13 14 15 16", "every-fifth: 4 9 14 19"],
            fired.SkipLast(1));
        Assert.All(activations.ToArray(), value => Assert.True(value is 0 or 1));
    }

    [Fact]
    public void Sequences_OfOneSeed_AreTheSameHoweverManyAreAskedFor()
    {
        using PlantedTexts few = new(new PlantedTextOptions { Sequences = 5, Seed = 3 }), many = new(new PlantedTextOptions { Sequences = 50, Seed = 3 });
        using PlantedTexts other = new(new PlantedTextOptions { Sequences = 5, Seed = 4 });
        Assert.Equal(few.Sequences, many.Sequences.Take(5));
        Assert.NotEqual(few.Sequences, other.Sequences);
        Assert.Equal(40, few.Text(0).Split(' ').Length);
        Assert.Throws<PellucidException>(() => new PlantedTexts(new PlantedTextOptions { Length = 0 }));
    }

    [Fact]
    public void Density_OfEachUnit_IsWhatTheTextsHold()
    {
        using PlantedTexts texts = new(new PlantedTextOptions());
        for (int unit = 0; unit < texts.Meanings.Count; unit++)
        {
            Assert.InRange(texts.Density(unit), 0.005, 0.35);
        }

        Assert.Equal(0.2, texts.Density(Unit(texts, "every-fifth")), 1e-12);
        Assert.Equal(0.1, texts.Density(Unit(texts, "nothing")), 5 * Math.Sqrt(0.09 / 16_000)); // five standard errors
        using PlantedTexts plain = new(new PlantedTextOptions { Distractors = 1 });
        Assert.Equal(0, plain.Density(Unit(plain, "river-bank")));
        Assert.Equal(0, plain.Density(Unit(plain, "after-not")));
    }

    [Fact]
    public void Subject_AnyTokens_HasTheTrueActivations()
    {
        using PlantedTexts texts = new(new PlantedTextOptions { Sequences = 3 });
        using Run run = texts.Subject.Run(TokenBatch.From([.. texts.Sequences]), new RunOptions { Capture = Capture.Of(Hook.Embed), Logits = LogitsWanted.None });
        float[] expected = [.. Enumerable.Range(0, 3).SelectMany(sequence =>
        {
            using Tensor activations = texts.Activations(sequence);
            return activations.ToArray();
        })];
        Assert.Equal(expected, run[Hook.Embed].ToArray());
    }

    [Fact]
    public async Task PatternExplainer_OnPlantedUnits_FindsWhatItsLanguageExpressesAndNothingElse()
    {
        CancellationToken none = TestContext.Current.CancellationToken;
        using PlantedTexts training = new(new PlantedTextOptions { Sequences = 600, Seed = 1 }), heldOut = new(new PlantedTextOptions { Sequences = 300, Seed = 2 });
        using ActivationStore trainingStore = await StoreAsync(training, "training"), heldOutStore = await StoreAsync(heldOut, "held-out");
        Population units = Population.Gather("planted", trainingStore.Neurons, trainingStore, heldOutStore, cancellationToken: none);
        PatternExplainer explainer = new(training.Subject, trainingStore.Neurons, CorpusTokens.Of(trainingStore));
        Dictionary<string, double> scores = [];
        foreach ((int unit, PlantedMeaning meaning) in training.Meanings.Index())
        {
            UnitRecord record = UnitRecord.Read(trainingStore, trainingStore.Neurons, units.TrainingSummary, unit, cancellationToken: none);
            Evidence evidence = SealedTest.Of(heldOutStore, heldOutStore.Neurons, units.HeldOutSummary, [unit], cancellationToken: none)[0].Score(await explainer.ExplainAsync(record, none));
            scores[meaning.Name] = evidence.Score.TopAndRandom ?? 0;
        }

        string found = string.Join(", ", scores.Select(score => $"{score.Key} {score.Value:0.000}"));
        Assert.All((string[])["animal", "cat", "river-bank", "after-not"], name => Assert.True(scores[name] > 0.95, found));
        Assert.True(scores["even-number"] > 0.85, found); // a list of the numbers that it met
        Assert.All((string[])["second-time", "in-quotes", "every-fifth", "nothing"], name => Assert.True(scores[name] < 0.5, found));
    }

    private static int Unit(PlantedTexts texts, string name) => texts.Meanings.Index().Single(meaning => meaning.Item.Name == name).Index;

    private Task<ActivationStore> StoreAsync(PlantedTexts texts, string name) => StoreWriter.WriteAsync(
        new GivenRows
        {
            Name = "planted texts",
            Hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{texts.Options}"))),
            Hook = Hook.Embed,
            Width = texts.Meanings.Count,
            Vocabulary = texts.Words.Count,
            Tokens = (long)texts.Options.Sequences * texts.Options.Length,
            SequenceLength = texts.Options.Length,
            ShardSequences = 100,
        },
        (start, activations, tokens) =>
        {
            for (int row = 0; row < tokens.Length; row += texts.Options.Length)
            {
                int sequence = (int)((start + row) / texts.Options.Length);
                texts.Sequences[sequence].ToArray().CopyTo(tokens[row..]);
                using Tensor values = texts.Activations(sequence);
                values.AsSpan().CopyTo(activations.AsSpan()[(row * texts.Meanings.Count)..]);
            }
        },
        Path.Combine(_folder, name), cancellationToken: TestContext.Current.CancellationToken);
}
