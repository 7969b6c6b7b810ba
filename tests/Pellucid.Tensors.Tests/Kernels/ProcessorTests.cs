namespace Pellucid.Tensors.Tests.Kernels;

public sealed class ProcessorTests
{
    private static readonly InstructionSet[] Both = [InstructionSet.Portable, InstructionSet.Avx2];

    [Theory]
    [InlineData(null, InstructionSet.Avx2)]
    [InlineData("", InstructionSet.Avx2)]
    [InlineData("portable", InstructionSet.Portable)]
    [InlineData(" AVX2 ", InstructionSet.Avx2)]
    public void Choose_NameOrNone_PicksTheSet(string? name, InstructionSet expected) =>
        Assert.Equal(expected, Processor.Choose(name, Both));

    [Theory]
    [InlineData("avx512")]
    [InlineData("neon")]
    [InlineData("2")]
    public void Choose_UnknownOrUnsupported_NamesValueAndChoices(string name)
    {
        PellucidException error = Assert.Throws<PellucidException>(() => Processor.Choose(name, Both));
        Assert.Contains($"'{name}'", error.Message);
        Assert.Contains("portable, avx2", error.Message);
    }

    [Fact]
    public void Force_Disposed_RestoresTheChoice()
    {
        InstructionSet before = Processor.InstructionSet;
        using (Processor.Force(InstructionSet.Portable))
        {
            Assert.Equal(InstructionSet.Portable, Processor.InstructionSet);
        }

        Assert.Equal(before, Processor.InstructionSet);
    }
}
