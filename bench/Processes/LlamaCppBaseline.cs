using System.Diagnostics;
using Pellucid.Bench.Contests;

namespace Pellucid.Bench.Processes;

/// <summary>llama.cpp on the same GGUF file, in Node.</summary>
internal static class LlamaCppBaseline
{
    private const string Name = "llama.cpp";
    private const string Variable = "PELLUCID_BENCH_LLAMACPP";

    /// <summary>The folder that holds node-llama-cpp.</summary>
    private static string Packages => Environment.GetEnvironmentVariable(Variable)
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "pellucid-bench", "llama", "node_modules");

    /// <summary>The contender, present or absent.</summary>
    /// <param name="file">The model.</param>
    /// <param name="prompt">Its tokens.</param>
    /// <param name="count">Tokens to choose after the first new one; 0 reads the prompt alone.</param>
    /// <param name="started">Gets the process, to be disposed.</param>
    internal static Contender Contender(string file, IReadOnlyList<int> prompt, int count, List<IDisposable> started)
    {
        if (!Directory.Exists(Path.Combine(Packages, "node-llama-cpp")))
        {
            return new Contender(Name, $"absent: there is no node-llama-cpp in {Packages}; bench/README.md says how to install it, {Variable} names another folder", null);
        }

        ProcessStartInfo start = new(
            "node", [Path.Combine(AppContext.BaseDirectory, "Baselines", "llama_cpp.mjs"), Packages, file, $"{Environment.ProcessorCount}", $"{count}", string.Join(',', prompt)]);
        if (AnsweringProcess.TryStart(start, out string reason) is not { } process)
        {
            return new Contender(Name, $"absent: {reason}", null);
        }

        started.Add(process);
        return new Contender(
            Name, $"llama.cpp {process.Version} of node-llama-cpp, its build for this processor, the file's own blocks, {Environment.ProcessorCount} threads, flash attention, batches of 512", process.Ask);
    }
}
