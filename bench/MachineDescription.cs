using System.Runtime.InteropServices;

namespace Pellucid.Bench;

/// <summary>Where the figures were taken.</summary>
internal sealed record MachineDescription(string Processor, int Cores, string InstructionSet, string System, string Runtime)
{
    internal static MachineDescription Read()
    {
        string processor = "unknown";
        if (File.Exists("/proc/cpuinfo"))
        {
            processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? processor;
        }

        return new(
            processor, Environment.ProcessorCount, Tensors.Processor.InstructionSet.ToString(), RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription);
    }
}
