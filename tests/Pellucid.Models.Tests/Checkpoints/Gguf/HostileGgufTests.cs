using System.Buffers.Binary;
using Pellucid.Models.Architectures;
using Pellucid.Models.Checkpoints.Gguf;
using Pellucid.Models.Tokenizers.Vocabularies;
using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Checkpoints.Gguf;

/// <summary>Damaged GGUF files: an error of one line or a load, soon, and without memory that the file does not stand for.</summary>
public sealed class HostileGgufTests
{
    /// <summary>A network whose every array is a real one, with a tokenizer and a chat template: what <c>Model.OpenAsync</c> takes.</summary>
    private static readonly Lazy<byte[]> Network = new(() =>
    {
        ModelConfig config = new()
        {
            Architecture = "llama",
            Layers = 1,
            DModel = 32,
            Heads = 2,
            KeyHeads = 1,
            DHead = 4,
            DMlp = 2,
            Vocabulary = 9,
            Context = 16,
            TiedEmbedding = false,
        };
        string[] tokens = ["<unk>", "<s>", "</s>", "\u2581", "a", "b", "ab", "\u2581a", "<0x41>"];
        return GgufFamilyTests.Facts(config)
            .With("tokenizer.ggml.model", "llama").With("tokenizer.ggml.tokens", tokens).With("tokenizer.ggml.scores", 0f, 0f, 0f, -1f, -2f, -3f, -4f, -5f, 0f)
            .With("tokenizer.ggml.token_type", 2, 3, 3, 1, 1, 1, 1, 1, 6).With("tokenizer.ggml.bos_token_id", 1).With("tokenizer.ggml.eos_token_id", 2)
            .With("tokenizer.ggml.add_bos_token", true).With("tokenizer.chat_template", "{{ messages[0].content }}")
            .With(config, GgufNetwork.Values(config), quantized: true).Made();
    });

    [Fact]
    public void Open_EveryTruncation_IsRefused() => WithFile(path => HostileFiles.EveryTruncation(Network.Value, bytes => Load(path, bytes)));

    [Fact]
    public void Read_Corruptions_AreRefusedOrRead() => WithFile(path =>
    {
        // Much of the file is weights, in which anything is a weight.
        Assert.InRange(HostileFiles.Corruptions(Network.Value, bytes => Read(path, bytes), seed: 41), 3_000, 9_900);
    });

    [Fact]
    public void Open_Corruptions_AreRefusedOrLoad() => WithFile(path =>
        Assert.InRange(HostileFiles.Corruptions(Network.Value, bytes => Load(path, bytes), seed: 43, rounds: 1_500), 450, 1_485));

    [Fact]
    public void ReadRows_CorruptionsOfEveryBlockFormat_AreRefusedOrRead() => WithFile(path =>
    {
        byte[] whole = File.ReadAllBytes(Golden.Path("gguf/blocks.gguf"));
        HostileFiles.Corruptions(whole, bytes =>
        {
            File.WriteAllBytes(path, bytes);
            using GgufArrays arrays = new(GgufFile.Open(path));
            foreach ((string name, Shape shape) in arrays.Shapes)
            {
                if (shape.Count <= 256 * 11)
                {
                    arrays.ReadRows(name, 0, new float[shape.Count]);
                }
            }
        }, seed: 42, rounds: 2_000);
    });

    [Theory]
    [InlineData(8)] // number of arrays
    [InlineData(16)] // number of metadata entries
    [InlineData(24)] // length of the first key
    public void Open_CountsBeyondTheFile_AreRefused(int at) => WithFile(path =>
    {
        foreach (long claim in (ReadOnlySpan<long>)[long.MaxValue, long.MinValue, -1, 1L << 40, int.MaxValue, Network.Value.Length])
        {
            byte[] bytes = [.. Network.Value];
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), claim);
            Assert.NotNull(HostileFiles.ErrorOf(bytes, damaged => Load(path, damaged)));
        }
    });

    [Fact]
    public void Open_ManyTinyTexts_TakesNoMoreThanTheFileStandsFor() => WithFile(path =>
    {
        byte[] bytes = new GgufBytes().With("general.architecture", "llama").With("tokenizer.ggml.tokens", [.. Enumerable.Repeat("", 100_000)]).Made();
        Assert.NotNull(HostileFiles.ErrorOf(bytes, damaged => Load(path, damaged)));
    });

    /// <summary>All that opening does, but for the packing of matrices.</summary>
    private static void Read(string path, byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        using GgufArrays arrays = new(GgufFile.Open(path));
        (GgufFacts facts, GgufFamily family, ModelConfig config) = GgufModel.Read(arrays);
        if (GgufTokens.Read(arrays.File, config.Vocabulary) is { } vocabulary)
        {
            Tokenizer tokenizer = GgufTokenizer.Of(vocabulary);
            config = config.WithTokens(arrays.File, vocabulary, tokenizer);
            _ = tokenizer.Encode("ab ba A");
        }

        foreach (ArraySource source in GgufModel.Sources(arrays, facts, family, config).Values)
        {
            arrays.ReadRows(source.Array, 0, new float[arrays.Shapes[source.Array].Count]);
        }
    }

    private static void Load(string path, byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        using Model model = GgufModel.Open(path, new OpenOptions());
        Assert.Equal(32, model.Config.DModel);
        _ = model.Tokenizer?.Encode("ab ba A");
    }

    private static void WithFile(Action<string> test)
    {
        using TemporaryFolder folder = new();
        test(folder.File("damaged.gguf"));
    }
}
