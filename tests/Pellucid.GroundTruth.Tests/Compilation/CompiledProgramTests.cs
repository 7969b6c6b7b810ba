namespace Pellucid.GroundTruth.Tests;

public sealed class CompiledProgramTests
{
    // Outputs are exact or a few units in the last place: means of up to ten terms in float32.
    private const double Tolerance = 1e-6;

    public static TheoryData<string> Programs => [.. BuiltInPrograms.Programs.Select(program => program.Name)];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Check_EveryBuiltInProgram_EqualsTheInterpreter(string name)
    {
        using var compiled = CompiledProgram.Compile(name);

        CheckResult result = compiled.Check();
        TestContext.Current.SendDiagnosticMessage($"{name} {result}");

        Assert.Equal(0, result.Wrong);
        Assert.InRange(result.MaxError, 0, Tolerance);
        Assert.True(result.Checked > 0);
    }
}
