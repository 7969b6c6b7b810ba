using System.Text;

namespace Pellucid.Models.Tests.Hooks;

/// <summary>docs/hooks.md is written from the table; it is made anew by running this test with PELLUCID_WRITE_DOCS=1.</summary>
public sealed class HookPageTests
{
    [Fact]
    public void Page_InDocs_IsThatOfTheTable()
    {
        string path = Path.Combine(Root(), "docs/hooks.md");
        if (Environment.GetEnvironmentVariable("PELLUCID_WRITE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, Page());
        }

        Assert.True(
            File.Exists(path) && File.ReadAllText(path) == Page(),
            "docs/hooks.md is not what the table of hooks says. Write it anew: PELLUCID_WRITE_DOCS=1 dotnet run --project tests/Pellucid.Models.Tests -- -method '*Page_InDocs*'");
    }

    private static string Page()
    {
        StringBuilder page = new();
        page.Append(
            """
            # The activations of a model

            Every value that a network computes on its way has one name and a declared shape. The names are those of TransformerLens, which the
            configs of published dictionaries use. This page is written from the table in `src/Pellucid.Models/Hooks/HookTable.cs`, from which
            the forward pass and the tests work too; `{L}` is the number of a block, from 0. A name that a model does not have is an error
            with the nearest names.

            | name | shape | in | what it holds |
            |---|---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach ((string name, string axes, HookPresence presence, string description) in HookTable.Declaration)
        {
            page.Append($"| `{name}` | [{axes.Replace("one", "1", StringComparison.Ordinal).Replace(" ", ", ", StringComparison.Ordinal)}] | {In(presence)} | {description} |\n");
        }

        page.Append(
            """

            "In" says which networks have an activation: those with rotary positions and a gated MLP are Llama's kind, those with learned
            positions and a plain MLP GPT-2's. The order is that in which a run makes them. `kv_head` counts the key and value heads, which grouped queries share. Rotary embedding turns
            the pairs (i, i + d_head/2) of a head; the rows of checkpoints that turn neighbouring pairs are put into this order when they are read,
            so `hook_q`, `hook_k`, `hook_rot_q` and `hook_rot_k` of such a model are permuted against its own code.

            `hook_normalized` is the scaled value before the norm's weight and bias: x / scale of a root-mean-square norm, (x − mean) / scale of a layer
            norm. `hook_attn_out` and `hook_mlp_out` hold the biases of their output matrices; `hook_result`, of single heads, does not.

            In scores and patterns of a causal network the keys after a query are masked, and stay so whatever an intervention does to them. A network
            that attends both ways masks none. Compiled programs and toy models have no norms, so that their blocks read `hook_resid_pre` and
            `hook_resid_mid` as they are.

            """.ReplaceLineEndings("\n"));
        return page.ToString();
    }

    private static string In(HookPresence presence) => presence switch
    {
        HookPresence.RotaryPositions => "rotary positions",
        HookPresence.LearnedPositions => "learned positions",
        HookPresence.GatedMlp => "gated MLPs",
        HookPresence.Norms => "norms",
        _ => "all",
    };

    /// <summary>The folder of the solution, found from the built test: paths in a deterministic build are not this machine's.</summary>
    private static string Root()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Pellucid.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests are not run inside the repository.");
        }

        return folder;
    }
}
