using Pellucid.Tensors;

namespace Pellucid.Models.Tests.HuggingFace;

/// <summary>Every number of a forward pass that the library's files have, for every architecture.</summary>
public sealed class HuggingFaceForwardTests
{
    public static TheoryData<string> Names => [.. HuggingFaceFixture.All];

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_NothingCaptured_LogitsEqualTheLibrary(string name)
    {
        HuggingFaceFixture fixture = HuggingFaceFixture.Of(name);
        using Run run = fixture.Model.Run(fixture.Tokens);
        Close.Equal(fixture.Arrays["logits"], run.Logits, fixture.Tolerance, "logits");
        if (fixture.Config.IsCausal)
        {
            Assert.Equal(fixture.Loss, run.Loss(), 1e-4);
            float[] losses = [.. run.TokenLosses().SelectMany(row => row)];
            Close.Equal([.. fixture.Arrays["token_logprobs"].ToArray().Select(value => -value)], losses, 2e-4, "losses");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_EverythingCaptured_ActivationsEqualTheLibrary(string name)
    {
        HuggingFaceFixture fixture = HuggingFaceFixture.Of(name);
        using Run run = fixture.Model.Run(fixture.Tokens, new RunOptions { Capture = Capture.All(fixture.Model) });
        Close.Equal(fixture.Arrays["logits"], run.Logits, fixture.Tolerance, "logits");
        (string Array, string Hook, string? Norm)[] all = [.. GoldenActivations.Of(fixture)];
        Assert.True(all.Length >= 2 * fixture.Config.Layers);
        foreach ((string array, string hook, string? norm) in all)
        {
            Near(fixture, array, hook, norm, run[hook]);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_OneHookCaptured_EqualsTheLibrary(string name)
    {
        HuggingFaceFixture fixture = HuggingFaceFixture.Of(name);
        foreach ((string array, string hook, string? norm) in GoldenActivations.Of(fixture))
        {
            using Run run = fixture.Model.Run(fixture.Tokens, new RunOptions { Capture = Capture.Of(hook), Logits = LogitsWanted.Last });
            Near(fixture, array, hook, norm, run[hook]);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_OneToken_LogitsEqualTheLibrary(string name)
    {
        HuggingFaceFixture fixture = HuggingFaceFixture.Of(name);
        if (fixture.HasCase("one"))
        {
            using Run run = fixture.Model.Run(TokenBatch.From(fixture.Ids("one")));
            Close.Equal(fixture.Arrays["one.logits"], run.Logits, fixture.Tolerance, "logits");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_SequencesOfDifferentLengths_LogitsEqualTheLibraryWherePaddingIsNot(string name)
    {
        HuggingFaceFixture fixture = HuggingFaceFixture.Of(name);
        foreach (string padded in (string[])["rpad", "lpad_pos", "lpad"])
        {
            if (!fixture.HasCase(padded))
            {
                continue;
            }

            // Told of padding but of no positions, the library counts columns; OPT makes positions of the mask.
            BatchOptions options = new()
            {
                Padding = padded == "rpad" ? PaddingSide.Right : PaddingSide.Left,
                PositionsCountPadding = padded == "lpad" && fixture.Config.Architecture != "opt",
            };
            TokenBatch tokens = TokenBatch.From(Sequences(fixture, padded), options);
            foreach (Capture capture in (Capture[])[Capture.None, Capture.All(fixture.Model)])
            {
                using Run run = fixture.Model.Run(tokens, new RunOptions { Capture = capture });
                Same(fixture, padded, run.Logits);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Generate_Greedy_TokensAreTheLibrarys(string name)
    {
        HuggingFaceFixture fixture = HuggingFaceFixture.Of(name);
        IReadOnlyList<int>[] prompts = [.. fixture.Tokens.Ids.Chunk(fixture.Tokens.Positions)];
        foreach (bool cached in fixture.Greedy.Length == 0 ? [] : (bool[])[true, false])
        {
            GenerateOptions options = new() { MaxTokens = fixture.Greedy[0].Length, UseCache = cached };
            Assert.Equal(fixture.Greedy, fixture.Model.Generate(prompts, options).Select(text => text.Ids));
            if (fixture.GreedyPadded.Length > 0 && fixture.HasCase("lpad"))
            {
                int[][] padded = Sequences(fixture, "lpad");
                Assert.Equal(fixture.GreedyPadded, fixture.Model.Generate(padded, options).Select(text => text.Ids));
                Assert.Equal(fixture.GreedyPadded, padded.Select(prompt => fixture.Model.Generate([prompt], options)[0].Ids));
            }
        }
    }

    [Fact]
    public void Hooks_OfGpt2_AreThoseOfItsFacts()
    {
        HookTable hooks = HuggingFaceFixture.Of("gpt2").Model.Hooks;
        Assert.True(hooks.Contains(Hook.PosEmbed));
        Assert.All((string[])[Hook.RotQ(0), Hook.RotK(0), Hook.MlpPreLinear(0)], name => Assert.False(hooks.Contains(name)));
    }

    [Fact]
    public void Run_Gpt2EmbeddingHooks_AreTheRowsOfTheTables()
    {
        HuggingFaceFixture fixture = HuggingFaceFixture.Of("gpt2");
        using Run run = fixture.Model.Run(fixture.Tokens, new RunOptions { Capture = Capture.Of(Hook.Embed, Hook.PosEmbed, Hook.ResidPre(0)) });
        using ModelParameters parameters = fixture.Model.CopyParameters();
        for (int row = 0; row < fixture.Tokens.Ids.Count; row++)
        {
            Assert.Equal(parameters[ParameterName.Embedding].Row(fixture.Tokens.Ids[row]), run[Hook.Embed].Row(row));
            Assert.Equal(parameters[ParameterName.Positions].Row(row % fixture.Tokens.Positions), run[Hook.PosEmbed].Row(row));
            Assert.Equal(run[Hook.Embed][row / 17, row % 17, 5] + run[Hook.PosEmbed][row / 17, row % 17, 5], run[Hook.ResidPre(0)][row / 17, row % 17, 5]);
        }
    }

    private static int[][] Sequences(HuggingFaceFixture fixture, string padded) =>
        [.. fixture.Ids(padded).Zip(fixture.Mask(padded), (ids, mask) => ids.Where((_, position) => mask[position] == 1).ToArray())];

    /// <summary>Holds logits against the real positions of a padded case.</summary>
    private static void Same(HuggingFaceFixture fixture, string padded, Tensor logits)
    {
        int[] mask = [.. fixture.Mask(padded).SelectMany(row => row)];
        Tensor expected = fixture.Arrays[padded + ".logits"];
        Assert.Equal(expected.Shape, logits.Shape);
        for (int place = 0; place < mask.Length; place++)
        {
            if (mask[place] == 1)
            {
                Close.Equal(expected.Row(place), logits.Row(place), fixture.Tolerance, $"{padded}, place {place}");
            }
        }
    }

    private static void Near(HuggingFaceFixture fixture, string array, string hook, string? norm, Tensor met)
    {
        using Ops ops = new();
        if (norm is not null)
        {
            using ModelParameters parameters = fixture.Model.CopyParameters();
            met = ops.Multiply(met, parameters[norm + ".w"]);
            met = parameters.Table.Contains(norm + ".b") ? ops.Add(met, parameters[norm + ".b"]) : met;
        }

        Tensor expected = fixture.Arrays[array];
        if (expected.Shape.Rank > 2 && expected.Shape[0] < met.Shape[0])
        {
            met = ops.Slice(met, 0, 0, expected.Shape[0]); // of most arrays the first sequence is kept
        }

        bool isPattern = array.StartsWith("attentions", StringComparison.Ordinal); // a pattern is at most 1
        Close.Equal(expected, met, isPattern ? 1e-5 : fixture.Tolerance, $"{hook} against {array}");
        if (isPattern)
        {
            Assert.All(expected.ToArray().Zip(met.ToArray()), pair => Assert.False(pair.First == 0 && pair.Second != 0)); // keys that are not seen
        }
    }
}
