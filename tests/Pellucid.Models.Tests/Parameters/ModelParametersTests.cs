using Pellucid.Models.Tests.HuggingFace;
using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Parameters;

public sealed class ModelParametersTests
{
    private static ModelConfig Small { get; } = SmallNetworks.Gpt2 with { DModel = 24, Heads = 3, KeyHeads = 3, DMlp = 50, Vocabulary = 37, Context = 9 };

    [Fact]
    public void Random_SameSeed_GivesTheSameModel()
    {
        using Model one = Model.Random(Small, 5), same = Model.Random(Small, 5), other = Model.Random(Small, 6);
        Assert.Equal(one.Hash, same.Hash);
        Assert.NotEqual(one.Hash, other.Hash);
        Assert.Matches("^[0-9a-f]{64}$", one.Hash);
    }

    [Fact]
    public void Random_Matrices_HaveTheStatedDeviationAndAMeanOfZero()
    {
        using ModelParameters parameters = ModelParameters.Random(Small with { Vocabulary = 3000 }, 5);
        float[] values = parameters[ParameterName.Embedding].ToArray(); // 72,000: their mean is off by 1e-4 at most, the deviation by under 1 %
        Assert.InRange(values.Average(), -3e-4, 3e-4);
        Assert.InRange(Math.Sqrt(values.Average(value => (double)value * value)), 0.0197, 0.0203);
        Assert.InRange(Math.Sqrt(parameters["blocks.1.mlp.W_out"].ToArray().Average(value => (double)value * value)), 0.0093, 0.0107);
        Assert.All(parameters["blocks.0.ln1.w"].ToArray(), value => Assert.Equal(1, value));
        Assert.All(parameters["blocks.0.attn.b_Q"].ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Zeros_EveryParameter_IsThereAndZero()
    {
        using ModelParameters parameters = ModelParameters.Zeros(Small);
        Assert.All(parameters.Table.Points, point =>
        {
            Assert.Equal(point.Shape, parameters[point.Name].Shape);
            Assert.All(parameters[point.Name].ToArray(), value => Assert.Equal(0, value));
        });
    }

    [Fact]
    public void Table_OfGpt2Small_HasItsParameters() => Assert.Equal(124_439_808, new ParameterTable(ModelConfig.Gpt2Small).Count);

    [Theory]
    [InlineData("gpt2")]
    [InlineData("llama")]
    public void CopyParameters_OfModel_MakeTheSameModelAgain(string name)
    {
        HuggingFaceFixture fixture = HuggingFaceFixture.Of(name);
        using ModelParameters copy = fixture.Model.CopyParameters();
        Assert.All(copy.Table.Points, point => Assert.Equal(point.Shape, copy[point.Name].Shape));
        using Model again = copy.ToModel();
        Assert.Equal(fixture.Model.Hash, again.Hash);
        using Run expected = fixture.Model.Run(fixture.Tokens), met = again.Run(fixture.Tokens);
        Assert.Equal(expected.Logits.ToArray(), met.Logits.ToArray());
    }

    [Fact]
    public void Indexer_UnknownName_NamesTheNearest()
    {
        using ModelParameters parameters = ModelParameters.Random(Small, 1);
        PellucidException error = Assert.Throws<PellucidException>(() => parameters["blocks.0.attn.W_q"]);
        Assert.Contains("Nearest: blocks.0.attn.W_", error.Message, StringComparison.Ordinal);
        Close.IsOneLine(error);
    }

    [Fact]
    public void From_ArrayMissingUnknownOrOfAnotherShape_IsRefused()
    {
        using ModelParameters parameters = ModelParameters.Random(Small, 1);
        Dictionary<string, Tensor> arrays = parameters.Table.Points.ToDictionary(point => point.Name, point => parameters[point.Name]);
        Refused(arrays.Where(pair => pair.Key != "ln_final.w").ToDictionary(), "ln_final.w");
        Refused(new(arrays) { ["unembed.W_U"] = arrays["ln_final.w"] }, "unembed.W_U");
        Refused(new(arrays) { ["blocks.1.mlp.W_in"] = arrays["blocks.1.mlp.W_out"] }, "blocks.1.mlp.W_in");
    }

    [Fact]
    public void Random_ImpossibleFacts_AreRefused()
    {
        Assert.Throws<PellucidException>(() => Model.Random(Small with { Layers = 0 }, 1));
        Assert.Throws<PellucidException>(() => Model.Random(Small with { KeyHeads = 2 }, 1));
        Assert.Throws<PellucidException>(() => Model.Random(Small with { PositionEmbedding = PositionKind.Rotary, DHead = 7 }, 1));
    }

    private static void Refused(Dictionary<string, Tensor> arrays, string named)
    {
        PellucidException error = Assert.ThrowsAny<PellucidException>(() => ModelParameters.From(Small, arrays));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Close.IsOneLine(error);
    }
}
