namespace Pellucid.Models.Tests.Checkpoints;

public sealed class Llama2CReaderTests
{
    /// <summary>Values of size 5 through two blocks in float32 against double.</summary>
    private const double Tolerance = 2e-5;

    [Theory]
    [InlineData(true, 4, 2)]
    [InlineData(true, 4, 4)]
    [InlineData(false, 4, 2)]
    [InlineData(false, 2, 1)]
    public void Run_TinyCheckpoint_EqualsReferenceInDouble(bool tied, int heads, int keyHeads)
    {
        TinyCheckpoint checkpoint = new(tied, seed: heads, heads: heads, keyHeads: keyHeads);
        int[] ids = [1, 7, 22, 3, 3, 15, 0, 9, 4];
        using Model model = checkpoint.Open();
        using Run run = model.Run(TokenBatch.Of(ids));
        float[] expected = [.. ReferenceForward.Logits(checkpoint, ids).SelectMany(row => row).Select(value => (float)value)];
        Close.Equal(expected, run.Logits.ToArray(), Tolerance, "logits");
        Assert.Equal(tied, model.Config.TiedEmbedding);
    }

    [Fact]
    public void Run_NormEpsilon_IsLlama2Cs()
    {
        // With residuals of size 0.003 the 1e-5 under the root is as large as their mean square, so a wrong one shows.
        TinyCheckpoint checkpoint = new();
        for (int i = 0; i < checkpoint.Embedding.Length; i++)
        {
            checkpoint.Embedding[i] *= 0.003f;
        }

        using Model model = checkpoint.Open();
        using Run run = model.Run(TokenBatch.Of([1, 5, 9]));
        float[] expected = [.. ReferenceForward.Logits(checkpoint, [1, 5, 9]).SelectMany(row => row).Select(value => (float)value)];
        Close.Equal(expected, run.Logits.ToArray(), Tolerance * 0.003, "logits");
    }

    [Fact]
    public void Run_WeightThatIsNotANumber_ReachesLogitsAndGenerationRefuses()
    {
        TinyCheckpoint checkpoint = new();
        checkpoint.FinalNorm[3] = float.NaN;
        using Model model = checkpoint.Open();
        using Run run = model.Run(TokenBatch.Of([1, 5]));
        Assert.All(run.Logits.ToArray(), value => Assert.True(float.IsNaN(value)));
        Tensors.PellucidException error = Assert.Throws<Tensors.PellucidException>(() => model.Generate([[1, 5]]));
        Assert.Contains("NaN", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Config_OfVocabularyWithoutBos_HasNone()
    {
        using Model model = new TinyCheckpoint(vocabulary: 1).Open();
        Assert.Null(model.Config.BosId);
        Assert.Empty(model.Config.StopIds);
    }
}
