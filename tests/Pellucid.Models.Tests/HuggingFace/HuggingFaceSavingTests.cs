using Pellucid.Tensors;

namespace Pellucid.Models.Tests.HuggingFace;

public sealed class HuggingFaceSavingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => [.. HuggingFaceFixture.All];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task SaveAsync_OpenedAgain_IsTheSameToTheBit(string name)
    {
        HuggingFaceFixture fixture = HuggingFaceFixture.Of(name);
        using Model opened = await Model.OpenAsync(HuggingFaceFixture.Folder(name), TestContext.Current.CancellationToken);
        await opened.SaveAsync(_folder.File("saved"), cancellationToken: TestContext.Current.CancellationToken);
        using Model again = await Model.OpenAsync(_folder.File("saved"), TestContext.Current.CancellationToken);
        Assert.Equal(opened.Hash, again.Hash);
        Assert.Equal((opened.Config.BosId, opened.Config.Architecture), (again.Config.BosId, again.Config.Architecture));
        Assert.Equal(opened.Config.StopIds, again.Config.StopIds);
        using Run expected = opened.Run(fixture.Tokens), met = again.Run(fixture.Tokens);
        Assert.Equal(expected.Logits.ToArray(), met.Logits.ToArray());
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("gpt_neox")]
    [InlineData("gemma2")]
    public async Task OpenAsync_RoundedWeights_AreThoseOfTheWholeOnesRounded(string name)
    {
        using Model rounded = await Model.OpenAsync(HuggingFaceFixture.Folder(name), new OpenOptions { WeightStorage = DType.BF16 }, TestContext.Current.CancellationToken);
        using ModelParameters parameters = HuggingFaceFixture.Of(name).Model.CopyParameters();
        using Model expected = parameters.ToModel("rounded", new OpenOptions { WeightStorage = DType.BF16 });
        Assert.Equal((expected.Hash, DType.BF16), (rounded.Hash, rounded.WeightStorage));
    }
}
