using Pellucid.Tensors;

namespace Pellucid.Models.Tests.HuggingFace;

/// <summary>
/// Turns the arrays of a Hugging Face checkpoint into those of a <see cref="ParameterTable"/>. It only moves and turns values, so it does the same
/// for the gradients of a checkpoint's parameters.
/// </summary>
internal static class HuggingFaceNames
{
    internal static Dictionary<string, Tensor> Arrays(ModelConfig config, IReadOnlyDictionary<string, Tensor> files) =>
        config.Architecture == "gpt2" ? Gpt2(config, files) : Llama(config, files);

    /// <summary>GPT-2's linear layers are stored inputs by outputs, queries, keys and values side by side.</summary>
    private static Dictionary<string, Tensor> Gpt2(ModelConfig config, IReadOnlyDictionary<string, Tensor> files)
    {
        const string root = "transformer.";
        Dictionary<string, Tensor> arrays = new()
        {
            ["embed.W_E"] = files[root + "wte.weight"],
            ["pos_embed.W_pos"] = files[root + "wpe.weight"],
            ["ln_final.w"] = files[root + "ln_f.weight"],
            ["ln_final.b"] = files[root + "ln_f.bias"],
        };
        for (int layer = 0; layer < config.Layers; layer++)
        {
            (string to, string from) = ($"blocks.{layer}.", $"{root}h.{layer}.");
            foreach ((string name, string file) in ((string, string)[])[("attn.{0}_O", "attn.c_proj"), ("mlp.{0}_in", "mlp.c_fc"), ("mlp.{0}_out", "mlp.c_proj")])
            {
                arrays[to + string.Format(name, "W")] = files[$"{from}{file}.weight"];
                arrays[to + string.Format(name, "b")] = files[$"{from}{file}.bias"];
            }

            for (int part = 0; part < 3; part++)
            {
                arrays[$"{to}attn.W_{"QKV"[part]}"] = files[from + "attn.c_attn.weight"].Slice(1, part * config.DModel, config.DModel);
                arrays[$"{to}attn.b_{"QKV"[part]}"] = files[from + "attn.c_attn.bias"].Slice(0, part * config.DModel, config.DModel);
            }

            foreach (int norm in (int[])[1, 2])
            {
                arrays[$"{to}ln{norm}.w"] = files[$"{from}ln_{norm}.weight"];
                arrays[$"{to}ln{norm}.b"] = files[$"{from}ln_{norm}.bias"];
            }
        }

        return arrays;
    }

    /// <summary>Llama's linear layers are stored outputs by inputs.</summary>
    private static Dictionary<string, Tensor> Llama(ModelConfig config, IReadOnlyDictionary<string, Tensor> files)
    {
        const string root = "model.";
        Dictionary<string, Tensor> arrays = new() { ["embed.W_E"] = files[root + "embed_tokens.weight"], ["ln_final.w"] = files[root + "norm.weight"] };
        if (!config.TiedEmbedding)
        {
            arrays["unembed.W_U"] = files["lm_head.weight"].Transpose(1, 0);
        }

        for (int layer = 0; layer < config.Layers; layer++)
        {
            (string to, string from) = ($"blocks.{layer}.", $"{root}layers.{layer}.");
            (string Name, string File)[] matrices =
            [
                ("attn.W_Q", "self_attn.q_proj"), ("attn.W_K", "self_attn.k_proj"), ("attn.W_V", "self_attn.v_proj"), ("attn.W_O", "self_attn.o_proj"),
                ("mlp.W_gate", "mlp.gate_proj"), ("mlp.W_in", "mlp.up_proj"), ("mlp.W_out", "mlp.down_proj"),
            ];
            foreach ((string name, string file) in matrices)
            {
                arrays[to + name] = files[$"{from}{file}.weight"].Transpose(1, 0);
                if (files.TryGetValue($"{from}{file}.bias", out Tensor? bias))
                {
                    arrays[to + name.Replace("W_", "b_", StringComparison.Ordinal)] = bias;
                }
            }

            arrays[to + "ln1.w"] = files[from + "input_layernorm.weight"];
            arrays[to + "ln2.w"] = files[from + "post_attention_layernorm.weight"];
        }

        return arrays;
    }
}
