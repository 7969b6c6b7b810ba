using System.Diagnostics;
using System.Globalization;
using Pellucid.GroundTruth;

namespace Pellucid.Bench.Cases;

/// <summary>All programs of the published table of sizes, from their text to models, one after the other.</summary>
internal sealed class CompilePrograms : BenchCase
{
    private const int ProgramsOfTheTable = 13;

    internal override string Name => "compile-programs";

    internal override string Unit => "s";

    internal override bool HigherIsBetter => false;

    internal override CaseResult Measure(Action<string> log)
    {
        double first = CompileAll();
        double[] rounds = [.. Enumerable.Range(0, AskedRounds ?? 5).Select(_ => CompileAll())];
        return new CaseResult(Name, Unit, HigherIsBetter, Median(rounds), new Dictionary<string, double?> { ["tracr"] = null })
        {
            Rounds = rounds.Length,
            Note = string.Create(CultureInfo.InvariantCulture, $"the first time, with just-in-time compilation, {first:0.000} s; no script runs Tracr, which needs JAX and Haiku"),
        };
    }

    private static double CompileAll()
    {
        long started = Stopwatch.GetTimestamp();
        foreach (BuiltInProgram program in BuiltInPrograms.Programs.Take(ProgramsOfTheTable))
        {
            RaspProgram read = RaspText.Parse(RaspText.OfBuiltIn(program.Name), program.Name, options: program.Options);
            using CompiledProgram compiled = CompiledProgram.Compile(read, program.Options);
        }

        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
