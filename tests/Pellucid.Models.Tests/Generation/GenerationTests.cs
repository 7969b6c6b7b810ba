namespace Pellucid.Models.Tests.Generation;

public sealed class GenerationTests
{
    [Fact]
    public async Task Generate_Stories260kFromBos_TellsLlama2CsStory()
    {
        using Model model = await Model.OpenAsync("stories260k", TestContext.Current.CancellationToken);
        Generated story = model.Generate("", new GenerateOptions { MaxTokens = 60 });
        Assert.StartsWith(
            "Once upon a time, there was a little girl named Lily. She loved to play outside in the park.", story.Text, StringComparison.Ordinal);
    }
}
