using System.CommandLine;
using System.Text.Json;
using Pellucid.Cli.Frame;

namespace Pellucid.Cli.Tests.Frame;

public sealed class CommandLineTests
{
    public static TheoryData<string, string> Malformed => new()
    {
        { "", "needs a verb: quickstart" },
        { "genrate stories260k x", "There is no verb 'genrate' in 'pellucid'. Nearest: generate" },
        { "model", "'pellucid model' needs a verb" },
        { "model shw", "There is no verb 'shw' in 'pellucid model'. Nearest: show" },
        { "--jsn", "There is no option '--jsn' in 'pellucid'. Nearest: --json" },
        { "generate stories260k --max-token 3", "There is no option '--max-token' in 'pellucid generate'. Nearest: --max-tokens" },
        { "generate stories260k x --max-token=3", "Nearest: --max-tokens" },
        { "generate", "Required argument missing" },
        { "generate stories260k x y", "'y'" },
        { "generate stories260k x --max-tokens", "--max-tokens" },
        { "generate stories260k x --max-tokens many", "--max-tokens 'many' is not a whole number of at least 0." },
        { "generate stories260k x --max-tokens -1", "--max-tokens '-1' is not" },
        { "generate stories260k x --temperature nan", "--temperature 'nan' is not a number of at least 0." },
        { "generate stories260k x --temperature=-1", "--temperature '-1' is not" },
        { "generate stories260k x --top-p 1.5", "--top-p '1.5' is not a number from 0 to 1." },
        { "generate stories260k x --seed 1.5", "--seed '1.5' is not a whole number." },
        { "generate stories260k x --clamp sae:x=2", "--clamp 'sae:x=2' is not DICT:LATENT=MULTIPLE" },
        { "run stories260k", "Give --text or --ids." },
        { "run stories260k --text x --ids 1", "--text and --ids exclude each other." },
        { "run stories260k --ids 1,,2", "--ids '1,,2' is not token ids" },
        { "run stories260k --ids 99999999999", "--ids '99999999999' is not token ids" },
        { "run stories260k --text x --capture hook_embed", "--capture needs --out" },
        { "run stories260k --text x --positions last", "--positions needs --capture" },
        { "run stories260k --text x --positions 1,x --capture hook_embed --out x", "--positions '1,x' is not last, a range" },
        { "run stories260k --text x --positions 1..2..3 --capture hook_embed --out x", "--positions '1..2..3' is not last, a range" },
        { "generate stories260k x --top-k -1", "--top-k '-1' is not a whole number of at least 0." },
        { "generate stories260k x --min-p 2", "--min-p '2' is not a number from 0 to 1." },
        { "chat", "Required argument missing" },
        { "chat stories260k --mesage x", "Nearest: --message" },
        { "embed stories260k", "Required argument missing" },
        { "tokenize stories260k", "Give TEXT or --ids." },
        { "tokenize stories260k x --ids 1", "TEXT and --ids exclude each other." },
        { "tokenize stories260k --ids 1 --special", "--special and --plain are for TEXT" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task RunAsync_MalformedCommandLine_SaysSoInOneLineAndReturns2(string line, string expected)
    {
        string[] arguments = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(expected, await Invocation.FailureOfAsync(2, arguments), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_Version_NamesProgramVersionCommitAndInstructionSet()
    {
        Assert.Matches(@"^pellucid \d+\.\d+\.\d+\S* \(commit \w+, instruction set (portable|avx2|avx512)\)\s*$", (await Invocation.OfAsync("--version")).Output);
        JsonElement json = await Invocation.JsonOfAsync("--version");
        Assert.Equal("name version commit instruction_set", Invocation.Keys(json));
    }

    [Fact]
    public async Task RunAsync_CancelledToken_Returns130AndSaysHowToGoOn()
    {
        using MemoryStream output = new();
        using StringWriter error = new();
        int code = await CommandLine.RunAsync(
            ["generate", "stories260k", "", "--json"], new Streams(output, error, false), new CancellationToken(canceled: true));
        Assert.Equal((130, 0), (code, output.Length));
        Assert.Equal("stopped; run the same command again", error.ToString().Trim());
    }

    [Fact]
    public async Task RunAsync_UnwritableFile_SaysSoInOneLineAndReturns1()
    {
        string message = await Invocation.FailureOfAsync(1, "run", "stories260k", "--ids", "1", "--out", "/dev/null/run.safetensors");
        Assert.Contains("/dev/null/run.safetensors", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_HelpOfEveryVerb_HasExamplesThatParseAndDescribesItsJson()
    {
        foreach (Verb verb in HelpPage.Verbs(CommandLine.Root()))
        {
            Assert.NotEmpty(verb.Examples);
            Invocation help = await Invocation.OfAsync([.. Path(verb), "--help"]);
            Assert.Equal((0, ""), (help.ExitCode, help.Error));
            Assert.Contains("With --json:", help.Output, StringComparison.Ordinal);
            Assert.All(verb.Examples, example => Assert.Contains(example, help.Output, StringComparison.Ordinal));
            Assert.All(verb.Examples, example =>
            {
                ParseResult parse = CommandLine.Root().Parse(example["pellucid ".Length..]);
                Assert.Empty(parse.Errors);
                Assert.Equal(verb.GetType(), parse.CommandResult.Command.GetType());
            });
        }
    }

    [Theory]
    [InlineData]
    [InlineData("model")]
    public async Task RunAsync_HelpOfAGroup_HasAnExampleOfEachVerb(params string[] path)
    {
        Invocation help = await Invocation.OfAsync([.. path, "--help"]);
        Assert.Equal(0, help.ExitCode);
        Assert.Contains("Examples:", help.Output, StringComparison.Ordinal);
        Assert.Contains("pellucid model list", help.Output, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Path(Command verb)
    {
        Command? group = verb.Parents.OfType<Command>().SingleOrDefault();
        return group is null or RootCommand ? [verb.Name] : [.. Path(group), verb.Name];
    }
}
