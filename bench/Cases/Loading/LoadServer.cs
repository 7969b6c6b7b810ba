using System.Globalization;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.Bench.Cases.Loading;

/// <summary>A process of its own that opens a model and says how much more memory it had at its peak than before, and what the weights take.</summary>
internal static class LoadServer
{
    /// <summary>The first argument of such a process; the model and how its weights are held follow.</summary>
    internal const string Argument = "--load-memory";

    internal static int Serve(string model, string storage)
    {
        DType held = Enum.Parse<DType>(storage);
        using (Model.OpenAsync("stories260k", new OpenOptions { WeightStorage = held }).GetAwaiter().GetResult())
        {
            GC.Collect(); // what opening any model takes for the first time is code, not weights
        }

        long before = Status("VmRSS:");
        File.WriteAllText("/proc/self/clear_refs", "5"); // the peak counts from now on
        using Model opened = Model.OpenAsync(model, new OpenOptions { WeightStorage = held }).GetAwaiter().GetResult();
        double weights = opened.Parameters.Count * (held == DType.Q8 ? 1.125 : held.Size());
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Status("VmHWM:") - before} {weights}"));
        return 0;
    }

    private static long Status(string field) => 1024 * long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
