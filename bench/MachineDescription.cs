using System.Reflection;
using System.Runtime.InteropServices;

namespace Pellucid.Bench;

/// <summary>Where the figures were taken, and what that machine can do at best.</summary>
internal sealed record MachineDescription(
    string Processor, int Cores, string InstructionSet, string System, string Runtime, string Commit, double PeakGflops, double PeakReadGbPerSecond)
{
    internal static MachineDescription Measure()
    {
        const string facts = "/proc/cpuinfo";
        string? processor = File.Exists(facts)
            ? File.ReadLines(facts).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            : null;
        return new(
            processor ?? RuntimeInformation.ProcessArchitecture.ToString(), Environment.ProcessorCount, Tensors.Processor.InstructionSet.ToString().ToLowerInvariant(),
            RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription, BuiltCommit(), MachinePeak.MeasureGflops(), MachinePeak.MeasureGigabytes());
    }

    /// <summary>The commit that was built, from the version that the build writes.</summary>
    private static string BuiltCommit()
    {
        string version = typeof(MachineDescription).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        return version.Contains('+') ? version[(version.IndexOf('+') + 1)..] : "unknown";
    }
}
