// The metadata keys are those of ggml's description of the format (github.com/ggml-org/ggml, docs/gguf.md), the names of arrays and what is done to
// them on conversion (neighbouring pairs in llama's queries and keys, Gemma's norms with their 1 added) those of llama.cpp's converter.
using System.Security.Cryptography;
using Pellucid.Models.Architectures;
using Pellucid.Models.Networks;
using Pellucid.Models.Tokenizers.Vocabularies;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Checkpoints.Gguf;

/// <summary>Opens a network of a GGUF file, with its tokenizer.</summary>
internal static class GgufModel
{
    private const string Advice = "Get the file again, or convert the model anew";

    /// <summary>Facts that change the computation to one that networks here cannot do: each must be missing or 0.</summary>
    private static readonly string[] Unsupported =
        ["expert_count", "attention.max_alibi_bias", "attention.clamp_kqv", "logit_scale", "residual_scale", "embedding_scale", "attention.scale"];

    internal static Model Open(string path, OpenOptions options)
    {
        using GgufArrays arrays = new(GgufFile.Open(path));
        (GgufFacts facts, GgufFamily family, ModelConfig config) = Read(arrays);
        IReadOnlyDictionary<string, ArraySource> sources = Sources(arrays, facts, family, config);
        Tokenizer? tokenizer = options.Tokenizer;
        if (GgufTokens.Read(arrays.File, config.Vocabulary) is { } vocabulary)
        {
            tokenizer ??= GgufTokenizer.Of(vocabulary);
            config = config.WithTokens(arrays.File, vocabulary, tokenizer);
        }

        options.Check(config);
        Task<string> hash = Task.Run(() => HashOf(path));
        NetworkWeights weights = WeightNames.Pack(new NetworkPlan(config), new CheckpointParameters(arrays, sources), options.WeightStorage);
        return new Model(path, config, weights, tokenizer, options.Mark(hash.GetAwaiter().GetResult()));
    }

    /// <summary>The facts of the network in a file.</summary>
    /// <exception cref="BadFileException">It is of another family, or has facts or types that networks here do not have.</exception>
    internal static (GgufFacts Facts, GgufFamily Family, ModelConfig Config) Read(GgufArrays arrays)
    {
        GgufFacts facts = new(arrays.File);
        GgufFamily family = GgufFamily.All.FirstOrDefault(each => each.Name == facts.Architecture) ?? throw facts.Bad(
            $"its architecture is '{JsonFile.Short(facts.Architecture)}'; {string.Join(", ", GgufFamily.All.Select(each => each.Name))} can be read");
        foreach (GgufTensor tensor in arrays.File.Tensors.Values.Where(tensor => tensor.Format is null))
        {
            _ = arrays.File[tensor.Name]; // refuses the type by its name
        }

        foreach (string key in Unsupported)
        {
            if (facts.Number(key, 0) is var value && value != 0)
            {
                throw facts.Bad($"its '{facts.Architecture}.{key}' is {value}; networks here cannot have that yet");
            }
        }

        if (arrays.File.Metadata.Int32("split.count") > 1)
        {
            throw new BadFileException(arrays.Path, $"it is one of {arrays.File.Metadata.Int32("split.count")} parts of a model", "Join them: llama-gguf-split --merge");
        }

        ModelConfig config = Config(facts, family);
        NetworkClaims.Check(config, arrays.Path, Advice);
        return (facts, family, config);
    }

    /// <summary>The array of each parameter.</summary>
    /// <exception cref="BadFileException">An array is missing, of another shape, or of unknown meaning.</exception>
    internal static IReadOnlyDictionary<string, ArraySource> Sources(GgufArrays arrays, GgufFacts facts, GgufFamily family, ModelConfig config)
    {
        Architecture names = new([family.Name], [""], _ => config, family.Rows(facts));
        IReadOnlyDictionary<string, ArraySource> sources = SourceTable.Of(names, arrays, "", config);
        HashSet<string> read = [.. sources.Values.Select(source => source.Array), GgufRotary.Frequencies];
        return arrays.Shapes.Keys.FirstOrDefault(name => !read.Contains(name)) is { } unknown
            ? throw new BadFileException(arrays.Path, $"array '{JsonFile.Short(unknown)}' is not one of a {family.Name} with these facts", Advice)
            : sources;
    }

    private static ModelConfig Config(GgufFacts file, GgufFamily family)
    {
        int width = file.Size("embedding_length", LargestSizes.Width), heads = file.Size("attention.head_count", LargestSizes.Width);
        int head = file.SizeOr("attention.key_length", LargestSizes.Width)
            ?? (width % heads == 0 ? width / heads : throw file.Bad($"its {heads} heads cannot share a width of {width} equally"));
        if (file.SizeOr("attention.value_length", LargestSizes.Width) is { } values && values != head)
        {
            throw file.Bad($"its keys have {head} dimensions a head and its values {values}; the same was expected");
        }

        GgufTensor embedding = file.File["token_embd.weight"];
        int tokens = embedding.Shape.Rank == 2 && embedding.Shape[0] <= LargestSizes.Tokens
            ? embedding.Shape[0]
            : throw file.Bad($"array 'token_embd.weight' is {embedding.Shape}; [d_vocab, {width}] was expected");
        bool learned = file.HasArray("position_embd.weight");
        ModelConfig config = new()
        {
            Architecture = family.Name,
            Layers = file.Size("block_count", LargestSizes.Layers),
            DModel = width,
            Heads = heads,
            KeyHeads = file.SizeOr("attention.head_count_kv", LargestSizes.Width) ?? heads,
            DHead = head,
            DMlp = file.Size("feed_forward_length", LargestSizes.Width),
            Vocabulary = tokens,
            Context = file.Size("context_length", LargestSizes.Tokens),
            Norm = family.Norm,
            NormEpsilon = (float)file.Positive(family.Norm == NormKind.Rms ? "attention.layer_norm_rms_epsilon" : "attention.layer_norm_epsilon"),
            PositionEmbedding = learned ? PositionKind.Learned : PositionKind.Rotary,
            Window = file.SizeOr("attention.sliding_window", LargestSizes.Tokens) ?? 0,
            QueryKeyNorm = file.HasArray("blk.0.attn_q_norm.weight"),
            GatedMlp = file.HasArray("blk.0.ffn_gate.weight"),
            MlpActivation = family.Activation,
            AttentionBias = file.HasArray("blk.0.attn_q.bias") || file.HasArray("blk.0.attn_qkv.bias"),
            AttentionOutputBias = file.HasArray("blk.0.attn_output.bias"),
            MlpBias = file.HasArray("blk.0.ffn_up.bias"),
            TiedEmbedding = !file.HasArray("output.weight"),
            UnembeddingBias = file.HasArray("output.bias"),
        };
        return family.With(file, learned ? config : config.WithRotary(file, family.TurnsPairs));
    }

    private static string HashOf(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.SequentialScan);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
