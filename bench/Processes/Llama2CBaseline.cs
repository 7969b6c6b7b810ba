using System.Diagnostics;
using System.Globalization;
using Pellucid.Bench.Contests;

namespace Pellucid.Bench.Processes;

/// <summary>llama2.c's program, which reports its own speed; each turn is a process.</summary>
internal static class Llama2CBaseline
{
    private const string Name = "llama2.c";
    private const string Variable = "PELLUCID_BENCH_LLAMA2C";
    private const string Report = "achieved tok/s:";

    /// <summary>The program as a contender, present or absent.</summary>
    /// <param name="model">The folder with <c>stories15M.bin</c> and <c>tokenizer.bin</c>.</param>
    /// <param name="prompt">The text to continue.</param>
    /// <param name="longest">Most tokens, the prompt's included.</param>
    /// <param name="check">Turns the text into a check number.</param>
    internal static Contender Contender(string model, string prompt, int longest, Func<string, double> check)
    {
        string? program = Find();
        return program is null
            ? new Contender(Name, $"absent: {Variable} names no program and there is no llama2c-run on the path; bench/README.md says how to build it", null)
            : new Contender(
                Name, $"{Path.GetFileName(program)}, {Environment.ProcessorCount} OpenMP threads that spin, its own measure from the second token on",
                () => Play(program, [Path.Combine(model, "stories15M.bin"), "-z", Path.Combine(model, "tokenizer.bin"), "-t", "0", "-n", $"{longest}", "-i", prompt], check));
    }

    /// <summary>The program as a contender that opens its model and reads a prompt, timed as a whole process.</summary>
    /// <param name="model">The folder with <c>stories15M.bin</c> and <c>tokenizer.bin</c>.</param>
    /// <param name="prompt">The text to read.</param>
    /// <param name="tokens">How many tokens it is, that of the beginning included.</param>
    internal static Contender Loader(string model, string prompt, int tokens) => Find() is { } program
        ? new Contender(Name, $"{Path.GetFileName(program)}, {Environment.ProcessorCount} OpenMP threads that spin, its whole process, which maps the file and runs the same tokens one by one", () =>
        {
            ProcessStartInfo start = new(program, [Path.Combine(model, "stories15M.bin"), "-z", Path.Combine(model, "tokenizer.bin"), "-t", "0", "-n", $"{tokens}", "-i", prompt])
            { RedirectStandardOutput = true, RedirectStandardError = true };
            TunedEnvironment.Set(start);
            long from = Stopwatch.GetTimestamp();
            using Process process = Process.Start(start)!;
            process.WaitForExit();
            return new Turn(Stopwatch.GetElapsedTime(from).TotalSeconds);
        })
        : new Contender(Name, $"absent: {Variable} names no program and there is no llama2c-run on the path; bench/README.md says how to build it", null);

    private static string? Find()
    {
        IEnumerable<string?> candidates = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "llama2c-run"));
        return candidates.Prepend(Environment.GetEnvironmentVariable(Variable)).FirstOrDefault(File.Exists);
    }

    private static Turn Play(string program, string[] arguments, Func<string, double> check)
    {
        // It writes every token by itself: into a file, because a pipe would wake this process each time.
        string text = Path.GetTempFileName();
        try
        {
            ProcessStartInfo start = new("/bin/sh", ["-c", "exec \"$0\" \"$@\" > \"$TEXT\"", program, .. arguments]) { RedirectStandardError = true };
            start.Environment["TEXT"] = text;
            TunedEnvironment.Set(start);
            using Process process = Process.Start(start)!;
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            string? line = error.Split('\n').FirstOrDefault(one => one.Contains(Report, StringComparison.Ordinal));
            return line is null
                ? throw new InvalidOperationException($"{program} reported no speed: {error.Trim()}")
                : new Turn(1 / double.Parse(line[(line.IndexOf(Report, StringComparison.Ordinal) + Report.Length)..], CultureInfo.InvariantCulture), check(File.ReadAllText(text)));
        }
        finally
        {
            File.Delete(text);
        }
    }
}
