// Assembly of Lindner et al. 2023 (arXiv:2301.05062), section 3.2. Each head's keys are read by the identity, and its queries by the
// scores; values by their factors and written by the identity. Heads, d_head and d_mlp are the largest of any layer; what a layer does not
// use is zero. Scores are not divided by √d_head.
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.GroundTruth.Compilation;

/// <summary>Turns a compiled program into an ordinary model.</summary>
internal static class Assembler
{
    internal static Model Assemble(CraftNetwork network)
    {
        using ModelParameters arrays = ModelParameters.Zeros(Config(network));
        Embed(network, arrays);
        for (int layer = 0; layer < network.Layers.Count; layer++)
        {
            Attention(network.Layers[layer], layer, arrays);
            Mlp(network.Layers[layer], layer, arrays);
        }

        return arrays.ToModel(network.Program.Name, new OpenOptions { Tokenizer = Tokenizer(network.Options) });
    }

    private static ModelConfig Config(CraftNetwork network)
    {
        HeadBlock[] heads = [.. network.Layers.SelectMany(layer => layer.Heads)];
        int headCount = Math.Max(1, network.Layers.Select(layer => layer.Heads.Count).DefaultIfEmpty(1).Max());
        return new ModelConfig
        {
            Architecture = "rasp",
            Layers = Math.Max(1, network.Layers.Count),
            DModel = network.Basis.Size,
            Heads = headCount,
            KeyHeads = headCount,
            DHead = heads.Select(head => Math.Max(Keys(head).Length, Written(head).Length)).DefaultIfEmpty(1).Max(),
            DMlp = Math.Max(1, network.Layers.Select(layer => layer.Hidden).DefaultIfEmpty(1).Max()),
            Vocabulary = network.Options.Vocabulary.Count + 2,
            OutputVocabulary = network.Basis.Of(network.Output).Count(),
            Context = network.Options.Length + 1,
            Norm = NormKind.None,
            PositionEmbedding = PositionKind.Learned,
            IsCausal = network.Options.Causal,
            AttentionScale = 1,
            GatedMlp = false,
            MlpActivation = Activation.Relu,
            TiedEmbedding = false,
            BosId = network.Basis.Bos,
        };
    }

    private static WordTokenizer Tokenizer(CompileOptions options) =>
        WordTokenizer.Of([.. options.Vocabulary.Select(token => token.ToString()), options.Bos, options.Pad]);

    private static void Embed(CraftNetwork network, ModelParameters arrays)
    {
        ResidualBasis basis = network.Basis;
        for (int token = 0; token < basis.Tokens + 2; token++)
        {
            Span<float> row = arrays["embed.W_E"].Row(token);
            row[token] = 1;
            if (basis.One >= 0)
            {
                row[basis.One] = 1;
            }
        }

        for (int position = 1; position <= basis.Length; position++)
        {
            arrays["pos_embed.W_pos"].Row(position)[basis.FirstIndex + position - 1] = 1;
        }

        foreach ((int output, int direction) in basis.Of(network.Output).Index())
        {
            arrays["unembed.W_U"].Row(direction)[output] = 1;
        }
    }

    private static void Attention(CraftLayer layer, int number, ModelParameters arrays)
    {
        string block = $"blocks.{number}.attn";
        int width = arrays.Config.DHead;
        for (int h = 0; h < layer.Heads.Count; h++)
        {
            HeadBlock head = layer.Heads[h];
            int[] keys = Keys(head), written = Written(head);
            for (int i = 0; i < keys.Length; i++)
            {
                arrays[$"{block}.W_K"].Row(keys[i])[(h * width) + i] = 1;
            }

            for (int i = 0; i < written.Length; i++)
            {
                arrays[$"{block}.W_O"].Row((h * width) + i)[written[i]] = 1;
            }

            foreach (Entry score in head.Scores)
            {
                arrays[$"{block}.W_Q"].Row(score.From)[(h * width) + Array.IndexOf(keys, score.To)] += (float)score.Value;
            }

            foreach (Entry value in head.Values)
            {
                arrays[$"{block}.W_V"].Row(value.From)[(h * width) + Array.IndexOf(written, value.To)] += (float)value.Value;
            }
        }
    }

    private static void Mlp(CraftLayer layer, int number, ModelParameters arrays)
    {
        int first = 0;
        foreach (MlpBlock mlp in layer.Mlps)
        {
            foreach (Entry entry in mlp.In)
            {
                arrays[$"blocks.{number}.mlp.W_in"].Row(entry.From)[first + entry.To] += (float)entry.Value;
            }

            foreach (Entry entry in mlp.Out)
            {
                arrays[$"blocks.{number}.mlp.W_out"].Row(first + entry.From)[entry.To] += (float)entry.Value;
            }

            first += mlp.Hidden;
        }
    }

    private static int[] Keys(HeadBlock head) => [.. head.Scores.Select(entry => entry.To).Distinct().Order()];

    private static int[] Written(HeadBlock head) => [.. head.Values.Select(entry => entry.To).Distinct().Order()];
}
