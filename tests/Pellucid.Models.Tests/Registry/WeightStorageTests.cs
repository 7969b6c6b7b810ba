using Pellucid.Models.Tests.HuggingFace;
using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Registry;

/// <summary>Models whose matrices are held as bfloat16.</summary>
public sealed class WeightStorageTests
{
    private static readonly OpenOptions Rounded = new() { WeightStorage = DType.BF16 };

    [Fact]
    public async Task OpenAsync_Bf16_RunsAsTheModelOfTheRoundedMatrices()
    {
        using Model rounded = await Model.OpenAsync("stories260k", Rounded, TestContext.Current.CancellationToken);
        using ModelParameters parameters = Stories.Model260K.CopyParameters();
        foreach (ParameterPoint point in parameters.Table.Points.Where(point => point.Name.Contains(".W_", StringComparison.Ordinal)))
        {
            using Tensor bits = parameters[point.Name].To(DType.BF16), back = bits.To(DType.F32);
            back.AsSpan().CopyTo(parameters[point.Name].AsSpan());
        }

        using Model same = parameters.ToModel();
        TokenBatch tokens = TokenBatch.Of([1, 403, 407, 261, 378]);
        RunOptions last = new() { Capture = Capture.Of(Hook.ResidPost(4)), Logits = LogitsWanted.None };
        using Run expected = same.Run(tokens, last), met = rounded.Run(tokens, last);
        Close.Equal(expected[Hook.ResidPost(4)], met[Hook.ResidPost(4)], 1e-4, "residual"); // another order of sums; rounding of the weights alone moves it by 1e-2
        using Run whole = Stories.Model260K.Run(tokens, last);
        Assert.Contains(whole[Hook.ResidPost(4)].ToArray().Zip(met[Hook.ResidPost(4)].ToArray()), pair => Math.Abs(pair.First - pair.Second) > 1e-3);
    }

    [Theory]
    [InlineData(DType.BF16)]
    [InlineData(DType.Q8)]
    public async Task CopyParameters_OfRoundedWeights_GivesWhatTheModelComputesWith(DType storage)
    {
        using Model rounded = await Model.OpenAsync("stories260k", new OpenOptions { WeightStorage = storage }, TestContext.Current.CancellationToken);
        using ModelParameters parameters = rounded.CopyParameters();
        using Model same = parameters.ToModel();
        TokenBatch tokens = TokenBatch.Of([1, 403, 407, 261, 378]);
        using Run expected = same.Run(tokens), met = rounded.Run(tokens), whole = Stories.Model260K.Run(tokens);
        Close.Equal(expected.Logits, met.Logits, 2e-3, "logits"); // Q8 rounds what enters a product to 16 bits; logits reach 15, and move by 0.1 and more as the weights are rounded
        Assert.Contains(whole.Logits.ToArray().Zip(met.Logits.ToArray()), pair => Math.Abs(pair.First - pair.Second) > 1e-2);
        parameters.Refill(same);
        using Run again = same.Run(tokens);
        Assert.Equal(expected.Logits.ToArray(), again.Logits.ToArray());
    }

    [Fact]
    public async Task Hash_OfRoundedWeights_IsAnotherThanTheCheckpoints()
    {
        using Model rounded = await Model.OpenAsync("stories260k", Rounded, TestContext.Current.CancellationToken);
        Assert.Equal(DType.BF16, rounded.WeightStorage);
        Assert.Equal(DType.F32, Stories.Model260K.WeightStorage);
        Assert.Matches("^[0-9a-f]{64}$", rounded.Hash);
        Assert.NotEqual(Stories.Model260K.Hash, rounded.Hash);
    }

    [Fact]
    public async Task OpenAsync_StorageOfNoMatrix_IsRefused() => Close.IsOneLine(await Assert.ThrowsAsync<PellucidException>(
        () => Model.OpenAsync("stories260k", new OpenOptions { WeightStorage = DType.F16 }, TestContext.Current.CancellationToken)));

    [Fact]
    public void Gradients_OfRoundedWeights_AreNearThoseOfWholeOnes()
    {
        HuggingFaceFixture fixture = HuggingFaceFixture.Of("llama");
        using ModelParameters parameters = fixture.Model.CopyParameters();
        using Model rounded = parameters.ToModel("rounded", new() { WeightStorage = DType.BF16 });
        GradientOptions options = new() { At = Capture.Of(Hook.ResidPre(0)) };
        using GradientRun whole = fixture.Model.Gradients(fixture.Tokens, Metric.LogitDifference(5, 7), options);
        using GradientRun met = rounded.Gradients(fixture.Tokens, Metric.LogitDifference(5, 7), options);
        float largest = whole[Hook.ResidPre(0)].ToArray().Max(Math.Abs);
        Close.Equal(whole[Hook.ResidPre(0)], met[Hook.ResidPre(0)], 0.1 * largest, "gradient"); // weights are off by up to 0.4 % each
        Assert.True(Close.Differs(whole[Hook.ResidPre(0)], met[Hook.ResidPre(0)]));
    }
}
