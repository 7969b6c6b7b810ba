using System.Diagnostics;
using System.Text.Json;
using Pellucid.Cli.Tests.Frame;

namespace Pellucid.Cli.Tests.Verbs;

public sealed class ChatTests : IDisposable
{
    private const string Story = "{% for m in messages %}{{ m.content }}{{ ' ' if not loop.last }}{% endfor %}";
    private readonly Scratch _scratch = new();

    private string Template
    {
        get
        {
            string path = _scratch["template.jinja"];
            File.WriteAllText(path, Story);
            return path;
        }
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Chat_OneMessage_IsAnsweredAfterTheTemplate()
    {
        JsonElement json = await Invocation.JsonOfAsync("chat", "stories260k", "--template", Template, "--system", "Once upon a time,", "--message", "there was a", "--max-tokens", "6");
        Assert.Equal("model messages answers", Invocation.Keys(json));
        Assert.Equal(["system", "user", "assistant"], json.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("role").GetString()));
        string? expected = (await Invocation.JsonOfAsync("generate", "stories260k", "Once upon a time, there was a", "--max-tokens", "6")).GetProperty("text").GetString();
        Assert.Equal(expected, json.GetProperty("messages")[2].GetProperty("content").GetString());
        JsonElement answer = json.GetProperty("answers")[0];
        Assert.Equal("tokens tokens_per_second stop", Invocation.Keys(answer));
        Assert.Equal((6, "length"), (answer.GetProperty("tokens").GetInt32(), answer.GetProperty("stop").GetString()));
    }

    [Fact]
    public async Task Chat_PipedLines_AreTurnsThatSeeTheOnesBefore()
    {
        string[] line = ["chat", "stories260k", "--template", Template, "--max-tokens", "5"];
        Invocation plain = await Invocation.ReadingAsync("Once upon\n\n  \nLily was\n", line);
        Assert.Equal(0, plain.ExitCode);
        Invocation invocation = await Invocation.ReadingAsync("Once upon\n\n  \nLily was\n", [.. line, "--json"]);
        using JsonDocument document = JsonDocument.Parse(invocation.Output);
        string[] said = [.. document.RootElement.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("content").GetString()!)];
        Assert.Equal(4, said.Length);
        Assert.Equal($"{said[1]}\n{said[3]}\n", plain.Output);
        string? expected = (await Invocation.JsonOfAsync("generate", "stories260k", $"{said[0]} {said[1]} {said[2]}", "--max-tokens", "5")).GetProperty("text").GetString();
        Assert.Equal(expected, said[3]);
    }

    [Fact]
    public async Task Chat_ModelWithoutTemplate_OffersOneAndGenerate()
    {
        string message = await Invocation.FailureOfAsync(1, "chat", "stories260k", "--message", "hi");
        Assert.Contains("'stories260k' has no chat template", message, StringComparison.Ordinal);
        Assert.Contains("--template FILE", message, StringComparison.Ordinal);
        Assert.Contains("pellucid generate stories260k", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_TemplateThatIsMissingOrBroken_Returns1()
    {
        Assert.Contains("nosuch.jinja", await Invocation.FailureOfAsync(1, "chat", "stories260k", "--message", "hi", "--template", _scratch["nosuch.jinja"]), StringComparison.Ordinal);
        File.WriteAllText(_scratch["broken.jinja"], "{% if %}");
        Assert.Contains("line 1, column 7", await Invocation.FailureOfAsync(1, "chat", "stories260k", "--message", "hi", "--template", _scratch["broken.jinja"]), StringComparison.Ordinal);
        File.WriteAllText(_scratch["long.jinja"], new string('a', 2000) + "{{ 'x ' * 2000 }}");
        Assert.Contains("context", await Invocation.FailureOfAsync(1, "chat", "stories260k", "--message", "hi", "--template", _scratch["long.jinja"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_CtrlC_StopsTheAnswerAndTheChatGoesOn()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent by kill(2).");
        string model = SlowModel.Write(_scratch["slow.bin"]);
        File.Copy(Path.Combine(Root(AppContext.BaseDirectory), "models", "stories260k", "tok512.bin"), _scratch["tok512.bin"]);
        using Process process = PellucidProcess.StartReading("chat", model, "--template", Template, "--max-tokens", "100000");
        Assert.SkipWhen(PellucidProcess.IgnoresInterrupts(process), "Started where Ctrl-C is ignored.");
        await process.StandardInput.WriteLineAsync("hello");
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, await process.StandardOutput.ReadAsync(new char[1], TestContext.Current.CancellationToken)); // the answer has begun
        long sent = Stopwatch.GetTimestamp();
        PellucidProcess.Interrupt(process);
        string? line = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.InRange(Stopwatch.GetElapsedTime(sent).TotalSeconds, 0, 2); // the promise is one second; the other one is for a machine that runs other tests
        Assert.EndsWith("interrupted", line, StringComparison.Ordinal);
        process.StandardInput.Close();
        Assert.EndsWith("\n", await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    private static string Root(string folder) => File.Exists(Path.Combine(folder, "Pellucid.slnx")) ? folder : Root(Path.GetDirectoryName(folder)!);
}
