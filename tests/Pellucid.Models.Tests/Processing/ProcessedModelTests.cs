using Pellucid.Models.Tests.HuggingFace;
using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Processing;

/// <summary>Models that are opened with processed parameters: the same outputs, another hash, and a record of what was done.</summary>
public sealed class ProcessedModelTests : IDisposable
{
    private static readonly OpenOptions Standard = new() { Processing = WeightProcessing.Standard };

    public static TheoryData<string> Names => [.. HuggingFaceFixture.All];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task OpenAsync_Standard_PredictsTheSame()
    {
        using Model processed = await Model.OpenAsync("stories260k", Standard, TestContext.Current.CancellationToken);
        TokenBatch tokens = TokenBatch.Of([1, 403, 407, 261, 378]);
        using Run expected = Stories.Model260K.Run(tokens, RunOptions.Default), met = processed.Run(tokens, RunOptions.Default);
        using Ops ops = new();
        Close.Equal(ops.LogSoftmax(expected.Logits), ops.LogSoftmax(met.Logits), 1e-4, "log-probabilities"); // single precision, 5 blocks
        Assert.Equal(Stories.Model260K.Generate("Once").Text, processed.Generate("Once").Text);
        Assert.Equal("fold-norms,center-unembedding,fold-value-biases", processed.Config.Processing.ToString());
    }

    /// <summary>Every architecture that transformers' numbers are here of: processing moves nothing by more than single precision does.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Processed_Standard_LogitsEqualTheLibrary(string name)
    {
        HuggingFaceFixture fixture = HuggingFaceFixture.Of(name);
        using ModelParameters parameters = fixture.Model.CopyParameters();
        using Model processed = parameters.ToModel(name, Standard);
        using Run run = processed.Run(fixture.Tokens);
        using Ops ops = new();
        Tensor expected = fixture.Arrays["logits"];
        bool moved = processed.Config.Processing.CenterUnembedding;
        Close.Equal(moved ? ops.LogSoftmax(expected) : expected, moved ? ops.LogSoftmax(run.Logits) : run.Logits, fixture.Tolerance, $"{name} {processed.Config.Processing}");
    }

    /// <summary>What cannot be done to a family is left out, and nothing else.</summary>
    [Theory]
    [InlineData("gpt2", "fold-norms,center-writing,center-unembedding,fold-value-biases")]
    [InlineData("gpt_neox", "fold-norms,center-writing,center-unembedding,fold-value-biases")]
    [InlineData("opt", "fold-norms,center-writing,center-unembedding,fold-value-biases")]
    [InlineData("phi", "fold-norms,center-writing,center-unembedding,fold-value-biases")]
    [InlineData("llama", "fold-norms,center-unembedding,fold-value-biases")]
    [InlineData("qwen3", "fold-norms,center-unembedding,fold-value-biases")]
    [InlineData("gemma", "fold-norms,center-unembedding,fold-value-biases")]
    [InlineData("gemma2", "fold-norms,fold-value-biases")]
    [InlineData("gemma3", "fold-norms,center-unembedding,fold-value-biases")]
    [InlineData("bert", "center-unembedding,fold-value-biases")]
    [InlineData("opt-postnorm-legacybin", "center-unembedding,fold-value-biases")]
    public void For_StandardOfAnArchitecture_TakesWhatHolds(string name, string steps) =>
        Assert.Equal(steps, WeightProcessing.Standard.For(HuggingFaceFixture.Of(name).Config).ToString());

    [Fact]
    public async Task Hash_OfAProcessedModel_IsItsOwnAndSurvivesTheFolder()
    {
        using Model processed = await Model.OpenAsync("stories260k", Standard, TestContext.Current.CancellationToken);
        using ModelParameters parameters = Stories.Model260K.CopyParameters();
        using Model plain = parameters.ToModel(), again = parameters.ToModel("again", Standard);
        Assert.Distinct([Stories.Model260K.Hash, plain.Hash, processed.Hash]);
        Assert.Equal(processed.Hash, again.Hash);
        string folder = _folder.File("processed");
        await processed.SaveAsync(folder, cancellationToken: TestContext.Current.CancellationToken);
        using Model opened = await Model.OpenAsync(folder, TestContext.Current.CancellationToken), twice = await Model.OpenAsync(folder, Standard, TestContext.Current.CancellationToken);
        Assert.Equal(processed.Hash, opened.Hash);
        Assert.Equal(processed.Config.Processing, opened.Config.Processing);
        Assert.Equal(processed.Hash, twice.Hash); // what was done is not done again
    }

    [Fact]
    public async Task OpenAsync_RoundedAndProcessed_IsRoundedAfterwards()
    {
        using Model rounded = await Model.OpenAsync("stories260k", Standard with { WeightStorage = DType.BF16 }, TestContext.Current.CancellationToken);
        Assert.Equal(DType.BF16, rounded.WeightStorage);
        Assert.False(rounded.Config.Processing.IsNone);
    }

    [Fact]
    public async Task OpenAsync_StepThatDoesNotHold_IsRefused() => Close.IsOneLine(await Assert.ThrowsAsync<PellucidException>(
        () => Model.OpenAsync("stories260k", new OpenOptions { Processing = new() { CenterWriting = true } }, TestContext.Current.CancellationToken)));

    [Fact]
    public void Provenance_OfAProcessedModel_NamesTheSteps()
    {
        Provenance plain = new() { Model = "m", ModelHash = "h", Bos = BosPolicy.None, InstructionSet = "avx2" };
        Provenance processed = plain with { Processing = Stories.Model260K.Config.Processing.And(new WeightProcessing { FoldNorms = true }).Recorded };
        processed.Write(_folder.Path);
        Assert.Contains("\"processing\": \"fold-norms\"", File.ReadAllText(_folder.File(Provenance.FileName)), StringComparison.Ordinal);
        Assert.Equal(processed, Provenance.Read(_folder.Path));
        Assert.NotEqual(plain, processed);
        plain.Write(_folder.Path);
        Assert.DoesNotContain("processing", File.ReadAllText(_folder.File(Provenance.FileName)), StringComparison.Ordinal);
        Assert.Equal(plain, Provenance.Read(_folder.Path));
    }
}
