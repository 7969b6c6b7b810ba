using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Pellucid.Cli.Frame;

namespace Pellucid.Cli.Tests.Frame;

/// <summary>What one command line gave.</summary>
internal sealed partial record Invocation(int ExitCode, string Output, string Error)
{
    /// <summary>Runs a command line in this process, as Program does.</summary>
    internal static Task<Invocation> OfAsync(params string[] arguments) => ReadingAsync("", arguments);

    /// <summary>Runs a command line in this process, with a text on standard input.</summary>
    internal static async Task<Invocation> ReadingAsync(string input, params string[] arguments)
    {
        using MemoryStream output = new();
        using StringWriter error = new();
        Streams streams = new(output, TextWriter.Synchronized(error), false) { Input = () => new StringReader(input) };
        int code = await CommandLine.RunAsync(arguments, streams, TestContext.Current.CancellationToken);
        return new Invocation(code, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    /// <summary>Runs a command line that must succeed, and reads its one JSON document.</summary>
    internal static async Task<JsonElement> JsonOfAsync(params string[] arguments)
    {
        Invocation invocation = await OfAsync([.. arguments, "--json"]);
        Assert.True(invocation.ExitCode == 0, invocation.Error);
        using JsonDocument document = JsonDocument.Parse(invocation.Output);
        return document.RootElement.Clone();
    }

    /// <summary>Runs a command line that must fail with a code, one line on standard error (beside progress: "train: 30 %", "train: 1.2 s") and nothing on standard output.</summary>
    internal static async Task<string> FailureOfAsync(int code, params string[] arguments)
    {
        Invocation invocation = await OfAsync(arguments);
        Assert.Equal(code, invocation.ExitCode);
        Assert.Empty(invocation.Output);
        string line = Assert.Single(invocation.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => !Progress().IsMatch(line));
        return line.Trim();
    }

    /// <summary>The names of an object's members, in order.</summary>
    internal static string Keys(JsonElement element) => string.Join(' ', element.EnumerateObject().Select(member => member.Name));

    [GeneratedRegex(@"^[a-z ]+: (\d+ %|\d+\.\d s)\r?$")]
    private static partial Regex Progress();
}
