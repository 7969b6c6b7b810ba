using System.Runtime.InteropServices;
using Pellucid.Models.Checkpoints.Gguf;
using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Checkpoints.Gguf;

/// <summary>
/// Writes the parameters of a network as GGUF files have them: outputs by inputs, under the names and with the changes that llama.cpp's converter makes.
/// </summary>
internal static class GgufNetwork
{
    private static readonly (string Parameter, string Array)[] Names =
    [
        ("embed.W_E", "token_embd.weight"), ("pos_embed.W_pos", "position_embd.weight"), ("embed.W_token_type", "token_types.weight"),
        ("embed.ln.w", "token_embd_norm.weight"), ("embed.ln.b", "token_embd_norm.bias"), ("ln_final.w", "output_norm.weight"), ("ln_final.b", "output_norm.bias"),
        ("unembed.W_U", "output.weight"), ("unembed.b_U", "output.bias"),
        ("attn.W_Q", "attn_q.weight"), ("attn.b_Q", "attn_q.bias"), ("attn.W_K", "attn_k.weight"), ("attn.b_K", "attn_k.bias"),
        ("attn.W_V", "attn_v.weight"), ("attn.b_V", "attn_v.bias"), ("attn.W_O", "attn_output.weight"), ("attn.b_O", "attn_output.bias"),
        ("attn.q_norm.w", "attn_q_norm.weight"), ("attn.k_norm.w", "attn_k_norm.weight"), ("ln1.w", "attn_norm.weight"), ("ln1.b", "attn_norm.bias"),
        ("ln2.w", "ffn_norm.weight"), ("ln2.b", "ffn_norm.bias"), ("ln1_post.w", "post_attention_norm.weight"), ("ln2_post.w", "post_ffw_norm.weight"),
        ("mlp.W_gate", "ffn_gate.weight"), ("mlp.W_in", "ffn_up.weight"), ("mlp.b_in", "ffn_up.bias"), ("mlp.W_out", "ffn_down.weight"), ("mlp.b_out", "ffn_down.bias"),
    ];

    /// <summary>Values that are all different, by name, in the layout of the table of parameters.</summary>
    internal static Dictionary<string, float[]> Values(ModelConfig config)
    {
        SeededRandom random = new(17);
        return new ParameterTable(config).Points.ToDictionary(
            point => point.Name, point => Enumerable.Range(0, (int)point.Shape.Count).Select(_ => (random.NextWord() * (1f / (1L << 31))) - 1).ToArray());
    }

    /// <summary>Adds the arrays of a network to a file, matrices of a type that 32 values a block can be written in.</summary>
    internal static GgufBytes With(this GgufBytes file, ModelConfig config, Dictionary<string, float[]> values, bool fused = false, bool quantized = false)
    {
        ParameterTable table = new(config);
        for (int layer = -1; layer < config.Layers; layer++)
        {
            string block = layer < 0 ? "" : $"blocks.{layer}.", prefix = layer < 0 ? "" : $"blk.{layer}.";
            foreach ((string parameter, string array) in Names)
            {
                if (table.Contains(block + parameter) && !(fused && IsFused(config, array)))
                {
                    (int[] sizes, float[] stored) = Stored(config, table[block + parameter], values[block + parameter]);
                    bool asBlocks = quantized && sizes is [_, var width] && width % 32 == 0;
                    file.Array(prefix + NameIn(config, array), sizes, asBlocks ? GgufType.Q8_0 : GgufType.F32, asBlocks ? Blocks(stored) : MemoryMarshal.AsBytes(stored.AsSpan()).ToArray());
                }
            }

            foreach (string kind in layer < 0 || !fused ? [] : table.Contains(block + "attn.b_Q") ? (string[])["W", "b"] : ["W"])
            {
                Together(kind == "W" ? "attn_qkv.weight" : "attn_qkv.bias", $"attn.{kind}_Q", $"attn.{kind}_K", $"attn.{kind}_V");
            }

            if (layer >= 0 && fused && config.Architecture == "phi3")
            {
                Together("ffn_up.weight", "mlp.W_gate", "mlp.W_in");
            }

            void Together(string array, params string[] parameters)
            {
                (int[] Sizes, float[] Values)[] parts = Array.ConvertAll(parameters, name => Stored(config, table[block + name], values[block + name]));
                file.Array(prefix + array, [parts.Sum(part => part.Sizes[0]), .. parts[0].Sizes[1..]], [.. parts.SelectMany(part => part.Values)]);
            }
        }

        return file;
    }

    private static bool IsFused(ModelConfig config, string array) =>
        array is ['a', 't', 't', 'n', '_', 'q' or 'k' or 'v', '.', ..] || (config.Architecture == "phi3" && array.StartsWith("ffn_", StringComparison.Ordinal) && !array.StartsWith("ffn_down", StringComparison.Ordinal) && array != "ffn_norm.weight");

    /// <summary>BERT's norms stand after, and are called so.</summary>
    private static string NameIn(ModelConfig config, string array) => config.NormPlacement != NormPlacement.After ? array : array.Replace(
        "attn_norm", "attn_output_norm", StringComparison.Ordinal).Replace("ffn_norm", "layer_output_norm", StringComparison.Ordinal);

    private static (int[] Sizes, float[] Values) Stored(ModelConfig config, ParameterPoint point, float[] values)
    {
        bool isTable = point.Name is "embed.W_E" or "pos_embed.W_pos" or "embed.W_token_type";
        if (point.Shape.Rank == 2 && !isTable)
        {
            (int inputs, int outputs) = (point.Shape[0], point.Shape[1]);
            float[] turned = new float[values.Length];
            for (int input = 0; input < inputs; input++)
            {
                for (int output = 0; output < outputs; output++)
                {
                    turned[(output * inputs) + input] = values[(input * outputs) + output];
                }
            }

            return ([outputs, inputs], Paired(config, point.Name, turned, inputs));
        }

        return (point.Shape.Sizes.ToArray(), Paired(config, point.Name, values, 1));
    }

    /// <summary>llama's queries and keys: reshape [head, half, d_head / 2, inputs], swap the middle axes.</summary>
    private static float[] Paired(ModelConfig config, string name, float[] values, int inputs)
    {
        if (config.Architecture != "llama" || !(name.EndsWith("_Q", StringComparison.Ordinal) || name.EndsWith("_K", StringComparison.Ordinal)))
        {
            return values;
        }

        List<float> swapped = [];
        int half = config.DHead / 2;
        for (int head = 0; head < values.Length / inputs / config.DHead; head++)
        {
            for (int i = 0; i < half; i++)
            {
                swapped.AddRange(values.AsSpan(((head * config.DHead) + i) * inputs, inputs));
                swapped.AddRange(values.AsSpan(((head * config.DHead) + half + i) * inputs, inputs));
            }
        }

        return [.. swapped];
    }

    private static byte[] Blocks(float[] values)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        foreach (float[] block in values.Chunk(32))
        {
            Half scale = (Half)(block.Max(Math.Abs) / 127);
            writer.Write(scale);
            foreach (float value in block)
            {
                writer.Write((sbyte)Math.Clamp(MathF.Round(value / (float)scale), -127, 127));
            }
        }

        return stream.ToArray();
    }
}
