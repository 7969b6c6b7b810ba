using System.Globalization;
using Pellucid.Bench.Cases;
using Pellucid.Bench.Contests;
using Spectre.Console;

namespace Pellucid.Bench;

/// <summary>The results as a table on standard error.</summary>
internal static class BenchTable
{
    private const int Width = 150;

    internal static void Write(BenchReport report)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (Console.IsErrorRedirected)
        {
            console.Profile.Width = Width;
        }

        Table table = new Table().Border(TableBorder.Simple).AddColumns("case", "unit", "ours", "min..max", "baseline", "its figure", "min..max", "ratio");
        foreach (CaseResult result in report.Cases)
        {
            bool first = true;
            foreach ((string name, double? value) in result.Baselines)
            {
                table.AddRow([
                    new Text(first ? result.Case : ""), new Text(first ? result.Unit : ""), new Text(first ? Figure(result.Ours) : ""),
                    new Text(first ? Range(result, "ours") : ""), new Text(name), new Text(value is { } figure ? Figure(figure) : "absent"),
                    new Text(Range(result, name)), new Text(result.Ratios[name] is { } ratio ? ratio.ToString("F2", CultureInfo.InvariantCulture) : ""),
                ]);
                first = false;
            }
        }

        console.Write(table);
        MachineDescription machine = report.Machine;
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{machine.Processor}, {machine.Cores} cores, {machine.InstructionSet}: peak {machine.PeakGflops:F0} GFLOP/s, reads {machine.PeakReadGbPerSecond:F1} GB/s"));
        foreach (CaseFailure failure in report.Failures ?? [])
        {
            console.WriteLine($"{failure.Case} failed: {failure.Message}");
        }
    }

    private static string Range(CaseResult result, string name) =>
        result.Spread is { } spread && spread.TryGetValue(name, out Spread? one) ? $"{Figure(one.Min)}..{Figure(one.Max)}" : "";

    private static string Figure(double value) => value.ToString(value >= 1000 ? "F0" : "G4", CultureInfo.InvariantCulture);
}
