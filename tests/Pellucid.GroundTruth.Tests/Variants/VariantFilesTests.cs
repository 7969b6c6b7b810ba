namespace Pellucid.GroundTruth.Tests.Variants;

public sealed class VariantFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pellucid-variant").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(ProgramVariant.Compressed)]
    [InlineData(ProgramVariant.Trained)]
    public async Task OpenAsync_SavedVariant_IsTheSame(ProgramVariant variant)
    {
        using var program = CompiledProgram.Compile("histogram");
        using CompiledProgram saved = variant == ProgramVariant.Compressed
            ? ProgramCompressor.Compress(program, new CompressionOptions { Dimensions = 11 }, null, TestContext.Current.CancellationToken)
            : InterchangeTrainer.Train(program, new InterchangeTrainingOptions { Rounds = 3 }, null, TestContext.Current.CancellationToken);
        await saved.SaveAsync(_folder, cancellationToken: TestContext.Current.CancellationToken);
        using CompiledProgram opened = await CompiledProgram.OpenAsync(_folder, TestContext.Current.CancellationToken);
        Assert.Equal(saved.Model.Hash, opened.Model.Hash);
        Assert.Equal(variant, opened.Truth.Variant);
        Assert.Equal(saved.Truth.Variables.Select(v => (v.Name, v.WrittenBy, v.CountedBy)), opened.Truth.Variables.Select(v => (v.Name, v.WrittenBy, v.CountedBy)));
        Assert.Equal(saved.Truth.Variables.SelectMany(v => v.Directions).SelectMany(d => d), opened.Truth.Variables.SelectMany(v => v.Directions).SelectMany(d => d));
        Assert.Equal(saved.Run(["a", "b", "a"]), opened.Run(["a", "b", "a"]));
    }
}
