using System.Globalization;
using Pellucid.Models;

namespace Pellucid.Bench.Soak;

/// <summary>The soak in a process of its own, so that no other case has been there before.</summary>
internal static class SoakServer
{
    /// <summary>The argument with which this program becomes the soak.</summary>
    internal const string Argument = "--soak";

    /// <summary>Steps after which memory is looked at for the first time, and at the end.</summary>
    internal static readonly int[] Looks = [1_000, 10_000];

    /// <summary>Takes the steps and writes at each look the bytes of the working set, of the managed heap and of arrays.</summary>
    internal static int Serve()
    {
        using Model model = Model.OpenAsync("stories260k").GetAwaiter().GetResult();
        using MixedSteps steps = new(model);
        for (int step = 1; step <= Looks[^1]; step++)
        {
            steps.Take(step);
            if (Looks.Contains(step))
            {
                GC.Collect(2, GCCollectionMode.Aggressive, true, true); // what is left behind, not what the collector has not come to yet
                Console.Out.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{Environment.WorkingSet} {GC.GetTotalMemory(false)} {Tensors.ComputeMemory.Live}"));
            }
        }

        return 0;
    }
}
