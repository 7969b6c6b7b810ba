using System.Text;
using Pellucid.Activations.Tests.Support;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Activations.Tests.Corpora;

public sealed class CorpusTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void BuiltIn_Split_HoldsOutTheLastHundred()
    {
        (Corpus train, Corpus heldOut) = Corpus.BuiltIn.Split();
        Assert.Equal((900, 100), (train.Read().Count(), heldOut.Read().Count()));
        Assert.Equal((900, 100), (train.CountDocuments(), heldOut.CountDocuments()));
        Assert.Equal((0, 900), (train.Read().First().Index, heldOut.Read().First().Index));
        Assert.Equal(1000, Corpus.BuiltIn.CountDocuments());
        Assert.Equal(train.ComputeHash(), Corpus.BuiltIn.TrainingPart().ComputeHash());
        Assert.Equal(heldOut.ComputeHash(), Corpus.BuiltIn.HeldOutPart().ComputeHash());
        Assert.NotEqual(train.ComputeHash(), heldOut.ComputeHash());
    }

    [Theory]
    [InlineData(2, 0.1, 1, 1)]
    [InlineData(3, 0.99, 1, 2)]
    [InlineData(10, 0.1, 9, 1)]
    [InlineData(11, 0.5, 6, 5)]
    public void Split_AnyShare_LeavesADocumentOnEitherSideAndNoneOut(int count, double share, int train, int heldOut)
    {
        Corpus corpus = Corpus.Of("texts", [.. Enumerable.Range(0, count).Select(i => $"text {i}")]);
        (Corpus first, Corpus last) = corpus.Split(share);
        Assert.Equal((train, heldOut), (first.CountDocuments(), last.CountDocuments()));
        Assert.Equal(corpus.Read(), first.Read().Concat(last.Read()));
    }

    [Fact]
    public void Split_ImpossibleShareOrOneDocument_IsRefused()
    {
        Corpus two = Corpus.Of("two", ["a", "b"]), one = Corpus.Of("one", ["a"]);
        foreach (double share in (double[])[0, 1, -0.5, 2, double.NaN])
        {
            Assert.Throws<PellucidException>(() => two.Split(share));
        }

        Assert.Throws<PellucidException>(() => one.Split());
        Assert.Throws<PellucidException>(() => one.HeldOutPart());
        Assert.Same(one, one.TrainingPart());
    }

    [Fact]
    public void Range_OfARange_IsTheSameDocuments()
    {
        Corpus corpus = Corpus.Of("texts", [.. Enumerable.Range(0, 20).Select(i => $"text {i}")]);
        Corpus part = corpus.Range(5, 10).Range(3, 100);
        Assert.Equal(corpus.Read().Skip(8).Take(7), part.Read());
        Assert.Equal(7, part.CountDocuments());
        Assert.Equal(corpus.Range(8, 7).ComputeHash(), part.ComputeHash());
        Assert.Empty(corpus.Range(30).Read());
    }

    [Fact]
    public void Open_TextFile_IsOneDocument()
    {
        string path = _folder.Write("story.txt", "\uFEFFOnce\r\nupon é\u0085");
        Assert.Equal([new Document(0, "Once\r\nupon é\u0085")], Corpus.Open(path).Read());
    }

    [Fact]
    public void Open_Folder_GivesTextFilesOrderedByPath()
    {
        _folder.Write("b.txt", "b");
        _folder.Write("a/z.TXT", "az");
        _folder.Write("c.md", "not text");
        Assert.Equal(["az", "b"], Corpus.Open(_folder.Path).Read().Select(document => document.Text));
    }

    [Fact]
    public void Open_FolderWithoutText_SaysSo()
    {
        _folder.Write("c.md", "not text");
        Assert.Contains("no .txt file", Assert.Throws<BadFileException>(() => Corpus.Open(_folder.Path).Read().ToList()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"a\"\n{\"text\":\"b\"}\n", "a|b")]
    [InlineData("\uFEFF\"a\"\r\n\r\n  \n{\"id\":1,\"text\":\"b\\r\\nc\"}", "a|b\r\nc")]
    [InlineData("\"a\u0085b\u2028c\"\n\"d\"", "a\u0085b\u2028c|d")]
    [InlineData("", "")]
    public void JsonLines_ValidFile_GivesALineEach(string file, string texts)
    {
        string path = _folder.Write("texts.jsonl", file);
        Assert.Equal(texts, string.Join('|', Corpus.Open(path).Read().Select(document => document.Text)));
    }

    [Theory]
    [InlineData("\"a\"\r\"b\"")]
    [InlineData("\"a\"\n{\"txt\":\"b\"}")]
    [InlineData("\"a\"\n{\"text\":5}")]
    [InlineData("\"a\"\n[\"b\"]")]
    [InlineData("\"a\"\n{")]
    [InlineData("\"\\ud800\"")]
    public void JsonLines_BadLine_IsBadFile(string file)
    {
        string path = _folder.Write("texts.jsonl", file);
        BadFileException error = Assert.Throws<BadFileException>(() => Corpus.Open(path).Read().ToList());
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("{\"a\":1}")]
    [InlineData("[\"a\", 5]")]
    [InlineData("[\"a\", {\"txt\":\"b\"}]")]
    [InlineData("[\"a\"")]
    [InlineData("")]
    [InlineData("[\"\\udc00\"]")]
    public void JsonList_Bad_IsBadFile(string file)
    {
        string path = _folder.Write("texts.json", file);
        Assert.Throws<BadFileException>(() => Corpus.Open(path).Read().ToList());
    }

    [Fact]
    public void Json_TooDeep_IsBadFile()
    {
        string deep = new string('[', 100_000) + new string(']', 100_000);
        Assert.Throws<BadFileException>(() => Corpus.Open(_folder.Write("deep.json", deep)).Read().ToList());
        Assert.Throws<BadFileException>(() => Corpus.Open(_folder.Write("deep.jsonl", deep)).Read().ToList());
    }

    [Fact]
    public void JsonList_OfStringsAndObjects_GivesTexts()
    {
        string path = _folder.Write("texts.json", "[\"a\", {\"text\":\"b\"}]");
        Assert.Equal([new Document(0, "a"), new Document(1, "b")], Corpus.Open(path).Read());
        Assert.Equal([new Document(1, "b")], Corpus.Open(path).Range(1).Read());
    }

    [Theory]
    [InlineData(".txt", "abc ")]
    [InlineData(".jsonl", "\"abc ")]
    [InlineData(".json", "[\"abc ")]
    public void AnyReader_NotUtf8_SaysSo(string extension, string start)
    {
        string end = extension switch { ".txt" => "", ".jsonl" => "\"", _ => "\"]" };
        string path = _folder.Write("latin" + extension, [.. Encoding.UTF8.GetBytes(start), 0xE9, (byte)' ', .. Encoding.UTF8.GetBytes(end)]);
        BadFileException error = Assert.Throws<BadFileException>(() => Corpus.Open(path).Read().ToList());
        Assert.Contains("UTF-8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void JsonLines_EndlessLine_IsRefusedAtTheLimit()
    {
        string path = _folder["long.jsonl"];
        using (FileStream stream = File.Create(path))
        {
            stream.SetLength(JsonLinesCorpus.LongestLine + (1L << 20)); // a hole: zero bytes without a line feed
        }

        Assert.Contains("longer than", Assert.Throws<BadFileException>(() => Corpus.Open(path).Read().ToList()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoSuchCorpus_NamesTheForms() =>
        Assert.Contains(".jsonl", Assert.Throws<PellucidException>(() => Corpus.Open("no-such-corpus")).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_FileRemovedAfterOpening_IsBadFile()
    {
        string path = _folder.Write("gone.txt", "text");
        Corpus corpus = Corpus.Open(path);
        File.Delete(path);
        Assert.Throws<BadFileException>(() => corpus.Read().ToList());
    }

    [Fact]
    public void ComputeHash_TextsCutElsewhere_Differs() =>
        Assert.NotEqual(Corpus.Of("x", ["ab", "c"]).ComputeHash(), Corpus.Of("x", ["a", "bc"]).ComputeHash());
}
