using System.Diagnostics;
using Pellucid.Bench.Cases.Gpt2;
using Pellucid.Bench.Contests;
using Pellucid.Models;

namespace Pellucid.Bench.Processes;

/// <summary>GPT-2 under ONNX Runtime in Node: the graph is written by a script from the weights that our model has.</summary>
internal static class OnnxBaseline
{
    private const string Name = "onnxruntime";
    private const string Variable = "PELLUCID_BENCH_ONNXRUNTIME";

    private static string Scripts => Path.Combine(AppContext.BaseDirectory, "Baselines");

    /// <summary>The folder that holds onnxruntime-node.</summary>
    private static string Packages => Environment.GetEnvironmentVariable(Variable)
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "pellucid-bench", "onnxruntime", "node_modules");

    internal static Contender Contender(int batch, int positions, List<IDisposable> started)
    {
        if (!Directory.Exists(Path.Combine(Packages, "onnxruntime-node")))
        {
            return new Contender(Name, $"absent: there is no onnxruntime-node in {Packages}; bench/README.md says how to install it, {Variable} names another folder", null);
        }

        string graph = Path.Combine(Path.GetDirectoryName(Gpt2Subject.WeightsFile)!, $"gpt2-{batch}x{positions}.onnx");
        if (Write(graph, batch, positions) is { } problem)
        {
            return new Contender(Name, $"absent: the graph could not be written: {problem}", null);
        }

        ProcessStartInfo start = new(
            "node", [Path.Combine(Scripts, "onnx_forward.js"), graph, $"{batch}", $"{positions}", $"{ModelConfig.Gpt2Small.Vocabulary}", $"{Environment.ProcessorCount}"]);
        start.Environment["NODE_PATH"] = Packages;
        TunedEnvironment.Set(start);
        AnsweringProcess? process = AnsweringProcess.TryStart(start, out string reason);
        File.Delete(graph); // the session has it in memory
        if (process is null)
        {
            return new Contender(Name, $"absent: {reason}", null);
        }

        started.Add(process);
        return new Contender(
            Name,
            $"ONNX Runtime {process.Version}, {Environment.ProcessorCount} intra-op threads that spin, all graph optimizations, fused Attention, FastGelu and SkipLayerNormalization, {TunedEnvironment.Description}",
            process.Ask);
    }

    private static string? Write(string graph, int batch, int positions)
    {
        foreach (string python in PythonBaseline.Pythons)
        {
            try
            {
                using Process process = Process.Start(new ProcessStartInfo(
                    python, [Path.Combine(Scripts, "gpt2_onnx.py"), Gpt2Subject.WeightsFile, $"{batch}", $"{positions}", graph])
                { RedirectStandardError = true })!;
                string error = process.StandardError.ReadToEnd();
                process.WaitForExit();
                if (process.ExitCode == 0)
                {
                    return null;
                }

                if (python == PythonBaseline.Pythons[^1])
                {
                    return error;
                }
            }
            catch (System.ComponentModel.Win32Exception error) when (python == PythonBaseline.Pythons[^1])
            {
                return error.Message;
            }
        }

        return "no Python";
    }
}
