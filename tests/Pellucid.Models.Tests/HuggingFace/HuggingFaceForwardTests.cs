using Pellucid.Tensors;

namespace Pellucid.Models.Tests.HuggingFace;

public sealed class HuggingFaceForwardTests
{
    public static TheoryData<string> Names => [.. HuggingFaceFixture.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_NothingCaptured_LogitsEqualTheLibrary(string name)
    {
        HuggingFaceFixture fixture = HuggingFaceFixture.Of(name);
        using Run run = fixture.Model.Run(fixture.Tokens);
        Close.Equal(fixture.Arrays["logits"], run.Logits, fixture.Tolerance, "logits");
        Assert.Equal(fixture.Loss, run.Loss(), 1e-4);
        float[] losses = [.. run.TokenLosses().SelectMany(row => row)];
        Close.Equal([.. fixture.Arrays["token_logprobs"].ToArray().Select(value => -value)], losses, 2e-4, "losses");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_EverythingCaptured_ActivationsEqualTheLibrary(string name)
    {
        HuggingFaceFixture fixture = HuggingFaceFixture.Of(name);
        using Run run = fixture.Model.Run(fixture.Tokens, new RunOptions { Capture = Capture.All(fixture.Model) });
        Close.Equal(fixture.Arrays["logits"], run.Logits, fixture.Tolerance, "logits");
        foreach ((string array, string hook, string? norm) in fixture.Activations())
        {
            Near(fixture, array, hook, norm, run[hook]);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_OneHookCaptured_EqualsTheLibrary(string name)
    {
        HuggingFaceFixture fixture = HuggingFaceFixture.Of(name);
        foreach ((string array, string hook, string? norm) in fixture.Activations())
        {
            using Run run = fixture.Model.Run(fixture.Tokens, new RunOptions { Capture = Capture.Of(hook), Logits = LogitsWanted.Last });
            Near(fixture, array, hook, norm, run[hook]);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_SequencesOfDifferentLengths_LogitsEqualTheLibraryWherePaddingIsNot(string name)
    {
        HuggingFaceFixture fixture = HuggingFaceFixture.Of(name);
        using Run run = fixture.Model.Run(fixture.Padded);
        for (int row = 0; row < fixture.Padded.Count; row++)
        {
            for (int position = 0; position < fixture.Padded.Lengths[row]; position++)
            {
                int at = (row * fixture.Padded.Positions) + position;
                Close.Equal(fixture.Arrays["rpad.logits"].Row(at), run.Logits.Row(at), fixture.Tolerance, $"sequence {row}, position {position}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Generate_Greedy_TokensAreTheLibrarys(string name)
    {
        HuggingFaceFixture fixture = HuggingFaceFixture.Of(name);
        IReadOnlyList<int>[] prompts = [.. fixture.Tokens.Ids.Chunk(fixture.Tokens.Positions)];
        foreach (bool cached in (bool[])[true, false])
        {
            IReadOnlyList<Generated> generated = fixture.Model.Generate(prompts, new GenerateOptions { MaxTokens = fixture.Greedy[0].Length, UseCache = cached });
            Assert.Equal(fixture.Greedy, generated.Select(text => text.Ids));
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

        double tolerance = array.StartsWith("attentions", StringComparison.Ordinal) ? 1e-5 : fixture.Tolerance; // a pattern is at most 1
        Close.Equal(fixture.Arrays[array], met, tolerance, $"{hook} against {array}");
    }
}
