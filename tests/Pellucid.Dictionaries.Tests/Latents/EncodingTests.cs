namespace Pellucid.Dictionaries.Tests.Latents;

public sealed class EncodingTests
{
    [Theory]
    [InlineData("saelens_topk")]
    [InlineData("saelens_topk_rescale_by_decoder_norm")]
    public void EncodeAndDecode_SaeLensTopK_MatchesSaeLens(string name)
    {
        GoldenFile golden = new(name, "io.safetensors");
        using Dictionary dictionary = Dictionary.Load(GoldenFile.PathOf(name));
        using Ops ops = new();
        using Tensor x = golden.Tensor("x", golden["x"].Length / 16, 16);
        Tensor latents = dictionary.Encode(ops, x);
        float[] expected = golden["latents"];
        Assert.Equal(expected.Select(value => value > 0), latents.ToArray().Select(value => value > 0));
        Close.Assert(expected, latents.AsSpan(), 1e-5, 1e-5, "latents");
        Close.Assert(golden["reconstruction"], dictionary.Decode(ops, latents).AsSpan(), 1e-5, 1e-5, "dense");
        Close.Assert(golden["reconstruction"], dictionary.Reconstruct(ops, x).AsSpan(), 1e-5, 1e-5, "sparse");
    }

    [Fact]
    public void Encode_EqualPreactivations_TakesLowerIndices()
    {
        using Dictionary dictionary = Constant([1, 2, 2, 2, 1], k: 2);
        using Ops ops = new();
        using Tensor x = Tensor.Zeros(new Shape(1, 3));
        Assert.Equal([0, 2, 2, 0, 0], dictionary.Encode(ops, x).ToArray());
    }

    [Fact]
    public void Encode_FewerThanKPositive_LeavesTheRestSilent()
    {
        using Dictionary dictionary = Constant([-1, 0, 3, -2], k: 3);
        using Ops ops = new();
        using Tensor x = Tensor.Zeros(new Shape(2, 3));
        Assert.Equal([0, 0, 3, 0, 0, 0, 3, 0], dictionary.Encode(ops, x).ToArray());
    }

    [Fact]
    public void EncodeSparse_AnyRow_GivesTheDenseValues()
    {
        using Dictionary dictionary = PlantedData.Random(8, 20, 4);
        using Tensor x = PlantedData.Normal(5, 8, 3, 1);
        using Ops ops = new();
        SparseLatents sparse = dictionary.EncodeSparse(ops, x);
        Tensor dense = dictionary.Encode(ops, x);
        for (int row = 0; row < 5; row++)
        {
            for (int latent = 0; latent < 20; latent++)
            {
                Assert.Equal(dense[row, latent], sparse[row, latent]);
            }
        }
    }

    [Fact]
    public void Encode_NaN_IsRefusedWithItsRow()
    {
        using Dictionary dictionary = PlantedData.Random(8, 20, 4);
        using Tensor x = PlantedData.Normal(3, 8, 3, 1);
        x.Row(1)[4] = float.NaN;
        using Ops ops = new();
        Assert.Contains("Row 1", Assert.Throws<PellucidException>(() => dictionary.Encode(ops, x)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_OtherWidth_IsRefused()
    {
        using Dictionary dictionary = PlantedData.Random(8, 20, 4);
        using Tensor x = Tensor.Zeros(new Shape(3, 9));
        using Ops ops = new();
        Assert.Throws<ShapeException>(() => dictionary.Encode(ops, x));
    }

    [Fact]
    public void Latents_OfADictionary_AreUnitsOfItsHook()
    {
        using Dictionary dictionary = PlantedData.Random(8, 20, 4);
        using Tensor x = PlantedData.Normal(3, 8, 3, 1);
        using Ops ops = new();
        IUnits units = dictionary.Latents;
        Assert.Equal(("latents", PlantedData.Hook, 8, 20), (units.Kind, units.Hook, units.Width, units.Count));
        Assert.Equal(dictionary.Encode(ops, x).ToArray(), units.Evaluate(ops, x).ToArray());
    }

    /// <summary>A dictionary whose pre-activations are its biases, whatever the input.</summary>
    private static Dictionary Constant(float[] biases, int k) => new(
        new DictionaryConfig { Architecture = "topk", DIn = 3, DSae = biases.Length, K = k },
        Tensor.Zeros(new Shape(3, biases.Length)),
        Tensor.From(biases),
        Tensor.Zeros(new Shape(biases.Length, 3)),
        Tensor.Zeros(new Shape(3)));
}
