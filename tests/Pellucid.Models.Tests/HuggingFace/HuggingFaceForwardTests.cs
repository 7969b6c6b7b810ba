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
            using Run run = fixture.Model.Run(TokenBatch.From(fixture.Sequences("one")));
            Close.Equal(fixture.Arrays["one.logits"], run.Logits, fixture.Tolerance, "logits");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_SequencesOfDifferentLengths_LogitsEqualTheLibraryWherePaddingIsNot(string name)
    {
        HuggingFaceFixture fixture = HuggingFaceFixture.Of(name);
        (string Case, BatchOptions Options)[] padded =
        [
            ("rpad", new BatchOptions()),
            ("lpad_pos", new BatchOptions { Padding = PaddingSide.Left }),
            ("lpad", new BatchOptions { Padding = PaddingSide.Left, PositionsCountPadding = fixture.Config.Architecture != "opt" }), // which counts by the mask
        ];
        foreach ((string @case, BatchOptions options) in padded.Where(each => fixture.HasCase(each.Case)))
        {
            int[][] mask = fixture.Mask(@case);
            using Run run = fixture.Model.Run(TokenBatch.From(fixture.Sequences(@case), options));
            for (int row = 0; row < mask.Length; row++)
            {
                for (int position = 0; position < mask[row].Length; position++)
                {
                    if (mask[row][position] == 1)
                    {
                        int at = (row * mask[row].Length) + position;
                        Close.Equal(fixture.Arrays[@case + ".logits"].Row(at), run.Logits.Row(at), fixture.Tolerance, $"{@case}, sequence {row}, position {position}");
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Generate_Greedy_TokensAreTheLibrarys(string name)
    {
        HuggingFaceFixture fixture = HuggingFaceFixture.Of(name);
        foreach (bool cached in fixture.Greedy.Length == 0 ? [] : (bool[])[true, false])
        {
            GenerateOptions options = new() { MaxTokens = fixture.Greedy[0].Length, UseCache = cached };
            Assert.Equal(fixture.Greedy, fixture.Model.Generate(fixture.Sequences("main"), options).Select(text => text.Ids));
            if (fixture.GreedyPadded.Length > 0 && fixture.HasCase("lpad"))
            {
                int[][] prompts = fixture.Sequences("lpad");
                Assert.Equal(fixture.GreedyPadded, fixture.Model.Generate(prompts, options).Select(text => text.Ids));
                Assert.Equal(fixture.GreedyPadded, prompts.Select(prompt => fixture.Model.Generate([prompt], options)[0].Ids));
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
