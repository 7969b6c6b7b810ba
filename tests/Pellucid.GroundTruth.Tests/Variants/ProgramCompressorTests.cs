using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.GroundTruth.Tests.Variants;

public sealed class ProgramCompressorTests
{
    /// <summary>What the stream of the histogram holds lies in 11 of its 19 dimensions: 5 tokens with the constant, 5 counts, and what the head writes.</summary>
    [Fact]
    public void Compress_ToAsManyDimensionsAsAreUsed_LosesNothing()
    {
        using var program = CompiledProgram.Compile("histogram");
        using CompiledProgram compressed = Compress(program, new CompressionOptions { Dimensions = 11 });
        Assert.Equal(11, compressed.Model.Config.DModel);
        CheckResult check = compressed.Check();
        Assert.Equal(0, check.Wrong);
        Assert.InRange(check.MaxError, 0, 1e-4); // scores an eighth as far apart leave 1e-7 on what is not selected, and steps multiply that by up to 60
        Assert.Equal(ProgramVariant.Compressed, compressed.Truth.Variant);
        Assert.Equal(program.Truth.Circuit.Edges, compressed.Truth.Circuit.Edges);
    }

    [Fact]
    public void Compress_ToFewerDimensions_LearnsToShareThem()
    {
        using var program = CompiledProgram.Compile("fraction-of-previous");
        CompressionOptions options = new() { Dimensions = 8, Steps = 3000, Starts = 1 };
        using CompiledProgram untrained = Compress(program, options with { Steps = 1 });
        using CompiledProgram compressed = Compress(program, options);
        Assert.InRange(untrained.Check().MaxError, 0.1, 10); // the stream needs 9, so that something is lost without learning
        Assert.InRange(compressed.Check().MaxError, 0, 0.1);
        Assert.Equal(8, compressed.Truth.Output.Directions[0].Count);
    }

    /// <summary>The direction of a value is what the network writes for it: nobody else writes there in a residual stream that loses nothing.</summary>
    [Fact]
    public void Compress_DirectionsOfTheOutput_AreWhatIsWritten()
    {
        using var program = CompiledProgram.Compile("histogram");
        using CompiledProgram compressed = Compress(program, new CompressionOptions { Dimensions = 11 });
        TruthVariable output = compressed.Truth.Output;
        using Run run = compressed.Model.Run(compressed.Batch([["a", "b", "a"]]), new RunOptions { Capture = Capture.Of(Hook.MlpOut(0)) });
        foreach ((int position, int count) in new[] { (1, 2), (2, 1), (3, 2) })
        {
            IReadOnlyList<float> direction = output.Directions[output.Values.ToList().IndexOf(count)];
            Assert.All(run[Hook.MlpOut(0)].Row(position).ToArray().Zip(direction), pair => Assert.Equal(pair.Second, pair.First, 1e-4f));
        }
    }

    /// <summary>Ten of the eleven components lose little, and training at a rate that is too high would lose more.</summary>
    [Fact]
    public void Compress_WhereTrainingHurts_KeepsTheStart()
    {
        using var program = CompiledProgram.Compile("histogram");
        CompressionOptions options = new() { Dimensions = 10, Starts = 1, Steps = 30, LearningRate = 0.3f };
        using CompiledProgram kept = Compress(program, options), start = Compress(program, options with { Steps = 1, LearningRate = 1e-12f });
        Assert.Equal(start.Check().MaxError, kept.Check().MaxError, 1e-5);
        Assert.InRange(kept.Check().MaxError, 0.05, 1);
    }

    [Fact]
    public void CircuitCheck_OfCompressedNetwork_IsRefused()
    {
        using var program = CompiledProgram.Compile("histogram");
        using CompiledProgram compressed = Compress(program, new CompressionOptions { Dimensions = 11 });
        Assert.Contains("InterchangeCheck", Assert.Throws<PellucidException>(() => CircuitCheck.Run(compressed)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compress_TheSameSeed_GivesTheSameBits()
    {
        using var program = CompiledProgram.Compile("shift");
        CompressionOptions options = new() { Dimensions = 7, Steps = 40, Starts = 2, Seed = 5 };
        using CompiledProgram first = Compress(program, options), second = Compress(program, options);
        Assert.Equal(first.Model.Hash, second.Model.Hash);
    }

    [Theory]
    [InlineData(0, "cannot be compressed to 0")]
    [InlineData(17, "cannot be compressed to 17")]
    public void Compress_ToDimensionsThatAreNotThere_IsRefused(int dimensions, string problem)
    {
        using var program = CompiledProgram.Compile("shift");
        PellucidException error = Assert.Throws<PellucidException>(() => Compress(program, new CompressionOptions { Dimensions = dimensions }));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compress_EveryStartDiverges_SaysWhatToLower()
    {
        using var program = CompiledProgram.Compile("shift");
        CompressionOptions options = new() { Dimensions = 3, Steps = 5, Starts = 2, LearningRate = 1e30f };
        PellucidException error = Assert.Throws<PellucidException>(() => Compress(program, options));
        Assert.Contains("diverged at every start. Lower the learning rate", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compress_Stopped_Throws()
    {
        using var program = CompiledProgram.Compile("shift");
        Assert.Throws<OperationCanceledException>(() =>
            ProgramCompressor.Compress(program, new CompressionOptions { Dimensions = 7 }, cancellationToken: new CancellationToken(canceled: true)));
    }

    private static CompiledProgram Compress(CompiledProgram program, CompressionOptions options) =>
        ProgramCompressor.Compress(program, options, cancellationToken: TestContext.Current.CancellationToken);
}
