using System.Text;

namespace Pellucid.Models.Tests.Hooks;

/// <summary>docs/hooks.md is written from the table; it is made anew by running this test with PELLUCID_WRITE_DOCS=1.</summary>
public sealed class HookPageTests
{
    [Fact]
    public void Page_InDocs_IsThatOfTheTable()
    {
        string path = Path.Combine(Repository.Root, "docs/hooks.md");
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
            page.Append($"| `{name}` | [{axes.Replace("one", "1", StringComparison.Ordinal).Replace("two", "2", StringComparison.Ordinal).Replace(" ", ", ", StringComparison.Ordinal)}] | {In(presence)} | {description} |\n");
        }

        page.Append(
            """

            "In" says which networks have an activation, by the facts of their config (`ModelConfig`): those with rotary positions and a gated MLP are
            Llama's kind, those with learned positions and a plain MLP GPT-2's. The order is that in which a run makes them. `kv_head` counts the key and
            value heads, which grouped queries share. Rotary embedding turns the pairs (i, i + n/2) of the n dimensions of a head that it turns, from
            the first; the rest of `hook_rot_q` and `hook_rot_k` is as it was. The rows of checkpoints that turn neighbouring pairs are put into this order
            when they are read, so `hook_q`, `hook_k`, `hook_rot_q` and `hook_rot_k` of such a model are permuted against its own code.

            `hook_normalized` is the scaled value before the norm's weight and bias: x / scale of a root-mean-square norm, (x − mean) / scale of a layer
            norm. `hook_attn_out` and `hook_mlp_out` are what is added to the residual stream: they hold the biases of their output matrices, and where a norm
            stands after attention and MLP (Gemma 2) they are what it gave; `hook_out` is what it read. `hook_result`, of single heads, has no bias.

            Where norms stand after the sums (BERT), `hook_resid_mid` and `hook_resid_post` are the sums, `ln1` and `ln2` norm them, and
            `hook_normalized_resid_post` is what the next block reads. In parallel blocks (Pythia, Phi) the MLP reads what attention reads, so that there is no
            `hook_resid_mid`.

            In scores and patterns the keys that a query does not see are masked, and stay so whatever an intervention does to them: those after the query
            in a causal network, those before its window in a local layer, and padding. Their scores are −∞ and their pattern is 0. Compiled programs and toy
            models have no norms, so that their blocks read `hook_resid_pre` and `hook_resid_mid` as they are.

            `pos` counts the columns of a `TokenBatch`. Where sequences of different lengths are padded in front, a token's column is its position plus the
            padding before it; the positions of interventions, metrics and losses are those in the sequence. `hook_pooler_out` and `hook_nsp_out` have one row
            for each sequence and no positions.

            """.ReplaceLineEndings("\n"));
        return page.ToString();
    }

    private static string In(HookPresence presence) => presence switch
    {
        HookPresence.RotaryPositions => "rotary positions",
        HookPresence.LearnedPositions => "learned positions",
        HookPresence.TokenTypes => "token types",
        HookPresence.EmbeddingNorm => "normed embeddings",
        HookPresence.GatedMlp => "gated MLPs",
        HookPresence.NormsBefore => "norms before",
        HookPresence.SecondNormBefore => "norms before, one for the MLP",
        HookPresence.NormsAfter => "norms after sums",
        HookPresence.NormsBeforeAndAfter => "norms before and after",
        HookPresence.QueryKeyNorm => "normed queries and keys",
        HookPresence.SerialBlocks => "serial blocks",
        HookPresence.FinalNorm => "a last norm",
        HookPresence.LogitTransform => "a logit transform",
        HookPresence.Pooler => "a pooler",
        HookPresence.NextSentenceHead => "a next-sentence head",
        _ => "all",
    };
}
