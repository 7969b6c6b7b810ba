using System.Text.Json;

namespace Pellucid.Models.Tests.Generation;

/// <summary>Greedy text of llama2.c's run.c with the prompt in it; 201 positions were run, so that 201 tokens follow BOS unless the story ends.</summary>
public sealed class Llama2CTextTests
{
    public static TheoryData<int> Cases => [.. Enumerable.Range(0, 4)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Generate_Stories260kGreedy_EqualsLlama2C(int index) => EqualsLlama2C(Stories.Model260K, "stories260k.json", index);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Generate_Stories15mGreedy_EqualsLlama2C(int index) => EqualsLlama2C(Stories.Model15M, "stories15m.json", index);

    private static void EqualsLlama2C(Model model, string file, int index)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Golden.Path($"llama2c/{file}")));
        JsonElement cases = golden.RootElement.GetProperty("cases");
        Assert.Equal(Cases.Count, cases.GetArrayLength());
        JsonElement wanted = cases[index];
        string prompt = wanted.GetProperty("prompt").GetString()!;
        IReadOnlyList<int> ids = model.Tokenize(prompt);
        int added = wanted.GetProperty("positions").GetInt32() + 1 - ids.Count;
        Generated story = model.Generate(prompt, new GenerateOptions { MaxTokens = added });
        Assert.Equal(wanted.GetProperty("text").GetString(), model.Tokenizer!.Decode([.. ids, .. story.Ids]));
    }
}
