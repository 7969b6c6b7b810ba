using System.Text.Json;
using Pellucid.Cli.Tests.Frame;

namespace Pellucid.Cli.Tests.Verbs;

public sealed class TokenizeTests
{
    [Fact]
    public async Task Tokenize_Text_HasTheIdsOfTheRunAndPlacesThatCoverTheText()
    {
        const string Text = "Once upon a time, Lily\u2019s cat";
        JsonElement json = await Invocation.JsonOfAsync("tokenize", "stories260k", Text);
        Assert.Equal("ids tokens offsets", Invocation.Keys(json));
        int[] ids = [.. json.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
        JsonElement run = await Invocation.JsonOfAsync("run", "stories260k", "--text", Text, "--no-bos");
        Assert.Equal(run.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()), ids);
        (int Start, int End)[] places = [.. json.GetProperty("offsets").EnumerateArray().Select(place => (place[0].GetInt32(), place[1].GetInt32()))];
        Assert.Equal(ids.Length, places.Length);
        Assert.Equal(ids.Length, json.GetProperty("tokens").GetArrayLength());
        Assert.Equal(Text, string.Concat(places.Distinct().Select(place => Text[place.Start..place.End])));
    }

    [Fact]
    public async Task Tokenize_Ids_GivesTheText()
    {
        JsonElement json = await Invocation.JsonOfAsync("tokenize", "stories260k", "--ids", "403,407,261");
        Assert.Equal("ids tokens text", Invocation.Keys(json));
        Assert.Equal("Once upon a", json.GetProperty("text").GetString());
        Assert.Equal("Once upon a\n", (await Invocation.OfAsync("tokenize", "stories260k", "--ids", "403,407,261")).Output);
    }

    [Fact]
    public async Task Tokenize_FolderOrFileOfATokenizerAlone_NeedsNoNetwork()
    {
        using Scratch scratch = new();
        Directory.CreateDirectory(scratch["alone"]);
        string file = Path.Combine(scratch["alone"], "tokenizer.json");
        File.WriteAllText(file, """
            {"added_tokens":[{"id":3,"content":"<s>","special":true,"normalized":false,"lstrip":false,"rstrip":false,"single_word":false}],"normalizer":null,
            "pre_tokenizer":{"type":"Whitespace"},"post_processor":null,"decoder":null,"model":{"type":"WordLevel","vocab":{"[UNK]":0,"hello":1,"world":2,"<s>":3},"unk_token":"[UNK]"}}
            """);
        foreach (string path in (string[])[scratch["alone"], file])
        {
            JsonElement json = await Invocation.JsonOfAsync("tokenize", path, "hello  world<s>");
            Assert.Equal("[1,2,3]", json.GetProperty("ids").GetRawText());
            Assert.Equal("[[0,5],[7,12],[12,15]]", json.GetProperty("offsets").GetRawText());
            Assert.DoesNotContain("3", (await Invocation.JsonOfAsync("tokenize", path, "hello <s>", "--plain")).GetProperty("ids").GetRawText(), StringComparison.Ordinal);
        }

        File.WriteAllText(file, "{");
        Assert.Contains("tokenizer.json", await Invocation.FailureOfAsync(1, "tokenize", file, "x"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokenize_IdOutsideTheVocabulary_Returns1() =>
        Assert.Contains("512", await Invocation.FailureOfAsync(1, "tokenize", "stories260k", "--ids", "512"), StringComparison.Ordinal);

    [Fact]
    public async Task Tokenize_UnknownModel_Returns1() =>
        Assert.Contains("nosuchmodel", await Invocation.FailureOfAsync(1, "tokenize", "nosuchmodel", "x"), StringComparison.Ordinal);

    [Fact]
    public async Task Tokenize_EmptyText_HasNoTokens() =>
        Assert.Equal("[]", (await Invocation.JsonOfAsync("tokenize", "stories260k", "")).GetProperty("ids").GetRawText());
}
