using System.Text;
using Pellucid.Models.Tests.Checkpoints;
using Pellucid.Models.Tokenizers;
using Pellucid.Models.Tokenizers.Vocabularies;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tests.Tokenizers;

public sealed class TokenizerFilesTests : IDisposable
{
    private const string Merges = "#version: 0.2\nh e\nhe l\nhel lo\nl o\nĠ hello\n";
    private const string Small = """
        {"version":"1.0","added_tokens":[{"id":4,"content":"<s>","special":true,"normalized":false,"lstrip":false,"rstrip":false,"single_word":false}],
        "normalizer":{"type":"NFC"},"pre_tokenizer":{"type":"Split","pattern":{"Regex":"\\p{L}+|\\s"},"behavior":"Isolated","invert":false},
        "post_processor":{"type":"BertProcessing","sep":["a",0],"cls":["b",1]},"decoder":{"type":"Fuse"},
        "model":{"type":"BPE","unk_token":"?","vocab":{"a":0,"b":1,"ab":2,"?":3},"merges":["a b"]}}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Find_FolderWithoutAny_IsNull() => Assert.Null(TokenizerFiles.Find(_folder.Path, 10));

    [Fact]
    public void Find_MergesAndIds_ByEitherName()
    {
        string[] tokens = [.. Enumerable.Range(0, 256).Select(value => Pellucid.Models.Tokenizers.PreTokenizers.ByteAlphabet.Of((byte)value).ToString()), "he", "hel", "lo", "hello", "Ġhello", "<|endoftext|>"];
        string ids = "{" + string.Join(',', tokens.Select((token, id) => $"{System.Text.Json.JsonSerializer.Serialize(token)}:{id}")) + "}";
        foreach ((string vocabulary, string merges) in ((string, string)[])[("vocab.json", "merges.txt"), ("encoder.json", "vocab.bpe")])
        {
            using TemporaryFolder folder = new();
            folder.Write(vocabulary, Encoding.UTF8.GetBytes(ids));
            folder.Write(merges, Encoding.UTF8.GetBytes(Merges));
            Tokenizer tokenizer = TokenizerFiles.Find(folder.Path, null)!;
            Assert.Equal(["hello", "Ġhello", "<|endoftext|>"], tokenizer.Tokenize("hello hello<|endoftext|>").Tokens);
            Assert.Equal((261, 261, null), (tokenizer.BosId, tokenizer.EosId, tokenizer.PadId));
            BadFileException error = Assert.Throws<BadFileException>(() => TokenizerFiles.Find(folder.Path, 260));
            Assert.Contains("262 tokens", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Find_WordPieces_HasBertsSteps()
    {
        _folder.Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhug\n##ging\n!\n"u8);
        Tokenizer tokenizer = TokenizerFiles.Find(_folder.Path, 8)!;
        Assert.Equal([2, 5, 6, 7, 4, 1, 3], tokenizer.EncodeSequence("Hugging![MASK] no"));
        Assert.Equal((0, 1, 2, 3, 4), (tokenizer.PadId, tokenizer.UnknownId, tokenizer.ClsId, tokenizer.SepId, tokenizer.MaskId));
        _folder.Write("tokenizer_config.json", "{\"do_lower_case\":false}"u8);
        Assert.Equal([1], TokenizerFiles.Find(_folder.Path, 8)!.Encode("Hug"));
    }

    [Fact]
    public void Find_Settings_AreAddedToTheTokenizer()
    {
        _folder.Write("tokenizer.json", Encoding.UTF8.GetBytes(Small));
        _folder.Write("tokenizer_config.json", """
            {"bos_token":{"content":"<s>"},"eos_token":"</s>","pad_token":null,"add_bos_token":true,"tokenizer_class":"LlamaTokenizerFast",
            "added_tokens_decoder":{"4":{"content":"<s>","special":true},"5":{"content":"</s>","special":true},"6":{"content":"<key>","special":false}},
            "chat_template":[{"name":"default","template":"{{ x }}"},{"name":"tool_use","template":"{{ y }}"}]}
            """u8);
        _folder.Write("special_tokens_map.json", "{\"unk_token\":\"?\"}"u8);
        Tokenizer tokenizer = TokenizerFiles.Find(_folder.Path, 7)!;
        Assert.Equal((4, 5, 3, null, 7), (tokenizer.BosId, tokenizer.EosId, tokenizer.UnknownId, tokenizer.PadId, tokenizer.Vocabulary));
        Assert.Equal([4, 2, 6, 5], tokenizer.EncodeSequence("ab<key></s>")); // the class puts BOS there, whatever the post-processor says
        Assert.Equal(["{{ x }}", "{{ y }}"], [tokenizer.ChatTemplates["default"], tokenizer.ChatTemplates["tool_use"]]);
        Assert.Equal((5, null), (TokenizerFiles.Find(_folder.Path, 5)!.Vocabulary, TokenizerFiles.Find(_folder.Path, 5)!.IdOf("<key>"))); // a network without them
        _folder.Write("tokenizer_config.json", "{\"bos_token\":\"<s>\",\"eos_token\":\"b\",\"add_eos_token\":true,\"tokenizer_class\":\"LlamaTokenizerFast\"}"u8);
        Assert.Equal([4, 2, 1], TokenizerFiles.Find(_folder.Path, 7)!.EncodeSequence("ab")); // BOS is the class's own default
        _folder.Write("chat_template.jinja", "{{ z }}"u8);
        Assert.Equal("{{ z }}", TokenizerFiles.Find(_folder.Path, 7)!.ChatTemplates["default"]);
    }

    [Theory]
    [InlineData("tokenizer_config.json", "[1]")]
    [InlineData("tokenizer_config.json", "{\"bos_token\":7}")]
    [InlineData("tokenizer_config.json", "{\"added_tokens_decoder\":{\"x\":{\"content\":\"a\"}}}")]
    [InlineData("tokenizer_config.json", "{\"chat_template\":[7]}")]
    [InlineData("special_tokens_map.json", "{")]
    [InlineData("added_tokens.json", "{\"a\":-1}")]
    public void Find_SettingsThatAreWrong_AreRefused(string name, string text)
    {
        _folder.Write("tokenizer.json", Encoding.UTF8.GetBytes(Small));
        _folder.Write(name, Encoding.UTF8.GetBytes(text));
        Close.IsOneLine(Assert.Throws<BadFileException>(() => TokenizerFiles.Find(_folder.Path, null)));
    }

    [Fact]
    public void Read_DamagedTokenizerJson_IsRefusedOrLoads()
    {
        byte[] whole = Encoding.UTF8.GetBytes(Small);
        HostileFiles.EveryTruncation(whole, ReadJson);
        Assert.InRange(HostileFiles.Corruptions(whole, ReadJson, seed: 31), 1000, 9990);
    }

    [Fact]
    public void Read_DamagedMerges_AreRefusedOrLoad()
    {
        byte[] whole = Encoding.UTF8.GetBytes(Merges);
        void Read(byte[] bytes) => _ = Use(BytePairFiles.Read("merges.txt", bytes, null, TokenizerSettings.None));
        Assert.InRange(HostileFiles.Beginnings(whole, Read), 4, whole.Length - 4); // a beginning that ends with a merge is a file of merges
        Assert.InRange(HostileFiles.Corruptions(whole, Read, seed: 32), 1000, 9990);
    }

    [Fact]
    public void Read_DamagedWordPieces_AreRefusedOrLoad()
    {
        byte[] whole = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhug\n##ging\n!\n"u8.ToArray();
        void Read(byte[] bytes) => _ = Use(WordPieceFile.Read("vocab.txt", bytes, TokenizerSettings.None));
        Assert.Equal("[PAD]\n[UNK]".Length, HostileFiles.Beginnings(whole, Read)); // with the unknown token it is a file of pieces
        Assert.InRange(HostileFiles.Corruptions(whole, Read, seed: 33), 100, 9000);
    }

    private static void ReadJson(byte[] bytes)
    {
        try
        {
            _ = Use(References.FromJson(bytes));
        }
        catch (System.Text.Json.JsonException error)
        {
            throw new BadFileException("tokenizer.json", "it is not JSON", "Use another", error); // as the reader of the file says
        }
        catch (Pellucid.Tensors.PellucidException error) when (error is not BadFileException && error.Message.Contains("not in the vocabulary of", StringComparison.Ordinal))
        {
            Close.IsOneLine(error); // the model became one of whole words, and a word is unknown to it
        }
    }

    private static string Use(Tokenizer tokenizer) => tokenizer.Decode(tokenizer.EncodeSequence("ab <s> hello é🦊 hugging!"));
}
