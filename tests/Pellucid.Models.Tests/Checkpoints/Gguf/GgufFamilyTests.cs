using Pellucid.Models.Architectures;
using Pellucid.Models.Checkpoints.Gguf;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tests.Checkpoints.Gguf;

/// <summary>Networks written as llama.cpp's converter writes them: the facts and every parameter come back.</summary>
public sealed class GgufFamilyTests
{
    private static readonly ModelConfig Base = new()
    {
        Architecture = "llama",
        Layers = 3,
        DModel = 12,
        Heads = 4,
        KeyHeads = 2,
        DHead = 6,
        DMlp = 10,
        Vocabulary = 14,
        Context = 32,
        NormEpsilon = 1e-4f,
        TiedEmbedding = false,
    };

    private static readonly ModelConfig Plain = Base with
    {
        Norm = NormKind.Layer,
        KeyHeads = 4,
        GatedMlp = false,
        MlpActivation = Activation.GeluTanh,
        AttentionBias = true,
        AttentionOutputBias = true,
        MlpBias = true,
    };

    private static readonly ModelConfig Gemma = Base with { Architecture = "gemma", TiedEmbedding = true, MlpActivation = Activation.GeluTanh, EmbeddingScale = MathF.Sqrt(12) };

    private static readonly Dictionary<string, ModelConfig> Configs = new()
    {
        ["llama"] = Base,
        ["llama, biases, tied"] = Base with { TiedEmbedding = true, AttentionBias = true, AttentionOutputBias = true },
        ["qwen2"] = Base with { Architecture = "qwen2", AttentionBias = true, RotaryBase = 1e6 },
        ["qwen3"] = Base with { Architecture = "qwen3", QueryKeyNorm = true },
        ["gemma"] = Gemma,
        ["gemma2"] = Gemma with
        {
            Architecture = "gemma2",
            NormPlacement = NormPlacement.BeforeAndAfter,
            Window = 7,
            LocalLayers = [true, false, true],
            AttentionSoftCap = 50,
            LogitSoftCap = 30,
        },
        ["gemma3"] = Gemma with
        {
            Architecture = "gemma3",
            NormPlacement = NormPlacement.BeforeAndAfter,
            Window = 7,
            LocalLayers = [true, true, true],
            QueryKeyNorm = true,
            RotaryBase = 1e6,
            LocalRotaryBase = 10_000,
        },
        ["phi2"] = Plain with { Architecture = "phi2", Block = BlockKind.ParallelSharedNorm, RotaryDimensions = 4, UnembeddingBias = true },
        ["phi3, fused"] = Base with { Architecture = "phi3", Window = 9 },
        ["gpt2, fused"] = Plain with { Architecture = "gpt2", PositionEmbedding = PositionKind.Learned },
        ["gptneox, fused"] = Plain with { Architecture = "gptneox", MlpActivation = Activation.Gelu, Block = BlockKind.Parallel, RotaryDimensions = 2 },
        ["bert"] = Plain with
        {
            Architecture = "bert",
            MlpActivation = Activation.Gelu,
            PositionEmbedding = PositionKind.Learned,
            NormPlacement = NormPlacement.After,
            EmbeddingNorm = true,
            TokenTypes = 2,
            IsCausal = false,
            HasUnembedding = false,
            TiedEmbedding = true,
        },
    };

    public static TheoryData<string> Cases => [.. Configs.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Read_NetworkOfAFamily_HasItsFactsAndParameters(string name)
    {
        ModelConfig config = Configs[name];
        Dictionary<string, float[]> values = GgufNetwork.Values(config);
        Opened(Facts(config).With(config, values, fused: name.Contains("fused", StringComparison.Ordinal)), (arrays, facts, family, read) =>
        {
            Assert.Equal(config.LocalLayers, read.LocalLayers);
            Assert.Equal(config, read with { LocalLayers = config.LocalLayers, StopIds = config.StopIds });
            CheckpointParameters parameters = new(arrays, GgufModel.Sources(arrays, facts, family, read));
            foreach (ParameterPoint point in new ParameterTable(config).Points)
            {
                using Tensor array = parameters.Read(point);
                Assert.Equal(values[point.Name], array.ToArray());
            }
        });
    }

    [Fact]
    public async Task OpenAsync_FileOrItsFolder_ComputesWhatTheParametersDo()
    {
        Dictionary<string, float[]> values = GgufNetwork.Values(Base);
        using ModelParameters parameters = ModelParameters.From(Base, new ParameterTable(Base).Points.ToDictionary(point => point.Name, point => Tensor.From(values[point.Name], point.Shape)));
        using Model expected = parameters.ToModel();
        using TemporaryFolder folder = new();
        folder.Write("model.gguf", Facts(Base).With(Base, values).Made());
        using Model model = await OpenAsync(folder.File("model.gguf")), inFolder = await OpenAsync(folder.Path);
        Assert.Equal(model.Hash, inFolder.Hash);
        using Run ours = model.Run(TokenBatch.Of([3, 1, 4, 1, 5])), theirs = expected.Run(TokenBatch.Of([3, 1, 4, 1, 5]));
        Assert.Equal(theirs.Logits.ToArray(), ours.Logits.ToArray());
        folder.Write("other.gguf", []);
        Close.IsOneLine(await Assert.ThrowsAsync<BadFileException>(async () => (await OpenAsync(folder.Path)).Dispose()));
    }

    [Fact]
    public void Config_LargestGemma_ScalesByTheWidthOfTheStream()
    {
        ModelConfig config = Configs["gemma2"] with { Layers = 46, DModel = 16 };
        Opened(Facts(config).With(config, GgufNetwork.Values(config)), (_, _, _, read) => Assert.Equal(0.5f, read.AttentionScale));
    }

    [Fact]
    public void Config_RotaryScalings_AreRead()
    {
        Dictionary<string, float[]> values = GgufNetwork.Values(Base);
        Opened(Facts(Base).With("llama.rope.scaling.type", "linear").With("llama.rope.scaling.factor", 4f).With(Base, values), (_, _, _, read) =>
            Assert.Equal(new RotaryScaling { Kind = RotaryScalingKind.Linear, Factor = 4, OriginalContext = 32 }, read.RotaryScaling));
        Opened(Facts(Base).With("llama.rope.scaling.type", "yarn").With("llama.rope.scaling.factor", 4f).With("llama.rope.scaling.original_context_length", 8).With(Base, values), (_, _, _, read) =>
            Assert.Equal(new RotaryScaling { Kind = RotaryScalingKind.Yarn, Factor = 4, OriginalContext = 8 }, read.RotaryScaling));
        Refused("longrope", Facts(Base).With("llama.rope.scaling.type", "longrope").With(Base, values));
    }

    [Fact]
    public void Config_FrequenciesOfLlama3_AreItsRule()
    {
        // Head of 64 with base 500,000: what the rule (Llama Team 2024, arXiv:2407.21783) makes of factor 32.
        ModelConfig config = Base with { DHead = 64, Layers = 1, RotaryBase = 500_000 };
        float[] divisors = [.. Enumerable.Range(0, 32).Select(i =>
        {
            double wavelength = 2 * Math.PI * Math.Pow(500_000, i / 32.0), smooth = ((8192 / wavelength) - 1) / 3;
            return (float)(wavelength < 8192 / 4.0 ? 1 : wavelength > 8192 ? 32 : 1 / (((1 - smooth) / 32) + smooth));
        })];
        Assert.Contains(divisors, value => value is > 1 and < 32);
        Dictionary<string, float[]> values = GgufNetwork.Values(config);
        Opened(Facts(config).With(config, values).Array("rope_freqs.weight", [32], divisors), (arrays, facts, family, read) =>
        {
            Assert.Equal(new RotaryScaling { Kind = RotaryScalingKind.Llama3, Factor = 32, OriginalContext = 8192 }, read.RotaryScaling);
            Assert.Equal(new ParameterTable(config).Points.Count, GgufModel.Sources(arrays, facts, family, read).Count);
        });
        divisors[20] *= 1.01f;
        Refused("rope_freqs", Facts(config).With(config, values).Array("rope_freqs.weight", [32], divisors));
    }

    [Fact]
    public void Open_WhatNetworksHereDoNotHave_IsRefused()
    {
        Dictionary<string, float[]> values = GgufNetwork.Values(Base);
        Refused("mamba", new GgufBytes().With("general.architecture", "mamba"));
        Refused("expert_count", Facts(Base).With("llama.expert_count", 8).With(Base, values));
        Refused("2 parts", Facts(Base).With("split.count", 2).With(Base, values));
        Refused("IQ1_M", Facts(Base).With(Base, values).Array("extra", [256], GgufType.IQ1_M, new byte[56]));
        Refused("blk.0.unheard_of", Facts(Base).With(Base, values).Array("blk.0.unheard_of.weight", [1], [1f]));
        Refused("unheard_of", Facts(Base).With(Base, values).Array("unheard_of.weight", [1], [1f]));
        Refused("attn_q.weight", Facts(Base with { Heads = 2 }).With(Base, values));
        Refused("blk.3.", Facts(Base with { Layers = 4 }).With(Base, values));
    }

    /// <summary>The metadata of a network.</summary>
    internal static GgufBytes Facts(ModelConfig config)
    {
        string family = config.Architecture;
        GgufBytes file = new GgufBytes().With("general.architecture", family).With(family + ".block_count", config.Layers).With(family + ".embedding_length", config.DModel)
            .With(family + ".attention.head_count", config.Heads).With(family + ".attention.head_count_kv", config.KeyHeads).With(family + ".attention.key_length", config.DHead)
            .With(family + ".attention.value_length", config.DHead).With(family + ".feed_forward_length", config.DMlp).With(family + ".context_length", config.Context)
            .With(family + (config.Norm == NormKind.Rms ? ".attention.layer_norm_rms_epsilon" : ".attention.layer_norm_epsilon"), config.NormEpsilon);
        if (config.PositionEmbedding == PositionKind.Rotary)
        {
            file.With(family + ".rope.freq_base", (float)config.RotaryBase).With(family + ".rope.dimension_count", config.RotaryDimensions ?? config.DHead);
        }

        if (config.Window > 0)
        {
            file.With(family + ".attention.sliding_window", config.Window);
        }

        return config.LogitSoftCap > 0 ? file.With(family + ".attn_logit_softcapping", config.AttentionSoftCap).With(family + ".final_logit_softcapping", config.LogitSoftCap) : file;
    }

    private static Task<Model> OpenAsync(string path) => Model.OpenAsync(path, TestContext.Current.CancellationToken);

    private static void Opened(GgufBytes file, Action<GgufArrays, GgufFacts, GgufFamily, ModelConfig> use)
    {
        using TemporaryFolder folder = new();
        using GgufArrays arrays = new(GgufFile.Open(folder.Write("model.gguf", file.Made())));
        (GgufFacts facts, GgufFamily family, ModelConfig config) = GgufModel.Read(arrays);
        use(arrays, facts, family, config);
    }

    private static void Refused(string expected, GgufBytes file)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("model.gguf", file.Made());
        BadFileException error = Assert.Throws<BadFileException>(() => GgufModel.Open(path, new OpenOptions()).Dispose());
        Close.IsOneLine(error);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
