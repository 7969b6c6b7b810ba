using System.Text.Json;
using Pellucid.Tensors.Autoencoders;

namespace Pellucid.GroundTruth.Tests.Toys;

public sealed class ToyLossTests
{
    [Fact]
    public void Exact_TwoFeaturesInOneDimension_EqualsIndependentIntegration()
    {
        IReadOnlyList<JsonElement> cases = Golden.Cases("n2_m1_exact.json");
        Assert.Equal(12, cases.Count);
        Assert.All(cases, one =>
        {
            // Weights are floats here and doubles there: products of theirs differ by 1e-7, so the exact ones are taken.
            double[] w = Golden.Rows(one, "W")[0], b = Golden.Numbers(one, "b");
            double exact = ToyLoss.Pair(Golden.Model(one).Task, w[0] * w[0], w[0] * w[1], w[1] * w[1], b[0], b[1]);
            Assert.Equal(one.GetProperty("exact_loss").GetDouble(), exact, 1e-9);
            Assert.Equal(exact, ToyLoss.Exact(Golden.Model(one))!.Value, 1e-6); // float rounding of weights of up to 2
        });
    }

    [Fact]
    public void Estimate_LargerModels_IsWithinFourStandardErrors() => Assert.All(Golden.Cases("larger_monte_carlo.json"), one =>
    {
        ToyModel model = Golden.Model(one);
        LossEstimate estimate = ToyLoss.Estimate(model, 1 << 19, seed: 3, TestContext.Current.CancellationToken);
        double expected = one.GetProperty("monte_carlo_loss").GetDouble(), error = one.GetProperty("monte_carlo_se").GetDouble();
        Assert.InRange((estimate.Value - expected) / Math.Sqrt((error * error) + (estimate.StandardError * estimate.StandardError)), -4, 4);

        // 2 million examples there, half a million here: the errors are as 1 to 2, to a tenth for what they are estimated from.
        Assert.InRange(estimate.StandardError / error, 1.7, 2.3);
    });

    [Fact]
    public void ForwardAndDimensionality_LargerModels_EqualTheGoldens() => Assert.All(Golden.Cases("larger_monte_carlo.json"), one =>
    {
        ToyModel model = Golden.Model(one);
        (double[][] x, double[][] y) = (Golden.Rows(one, "x"), Golden.Rows(one, "y"));
        for (int example = 0; example < x.Length; example++)
        {
            Close(y[example], model.Forward(x[example]), 1e-6); // weights are rounded to floats
        }

        Assert.Equal(one.GetProperty("loss_on_x").GetDouble(), x.Average(input => ToyLoss.OfInput(model, input)), 1e-6);
        Close(Golden.Numbers(one, "feature_dimensionality"), model.Dimensionality(), 1e-6);
        Assert.Equal(one.GetProperty("features_per_dim_star").GetDouble(), model.DimensionsPerFeature, 1e-6);
    });

    [Fact]
    public void Dimensionality_TwoFeatures_EqualsTheGoldens() => Assert.All(Golden.Cases("n2_m1_exact.json"), one =>
        Close(Golden.Numbers(one, "feature_dimensionality"), Golden.Model(one).Dimensionality(), 1e-6));

    [Theory]
    [InlineData(FeatureDependence.Independent, AutoencoderForm.RectifiedOutput)]
    [InlineData(FeatureDependence.Together, AutoencoderForm.RectifiedOutput)]
    [InlineData(FeatureDependence.Exclusive, AutoencoderForm.RectifiedOutput)]
    [InlineData(FeatureDependence.Independent, AutoencoderForm.Linear)]
    [InlineData(FeatureDependence.Exclusive, AutoencoderForm.Linear)]
    public void Exact_EveryDependenceAndForm_AgreesWithExamples(FeatureDependence dependence, AutoencoderForm form)
    {
        ToyTask task = new() { Form = form, Hidden = 2, Sparsity = 0.6, Importance = [1, 0.7], Dependence = dependence };
        ToyModel model = new() { Task = task, Weights = [0.9f, -0.6f, 0.2f, 0.7f], Bias = [-0.1f, 0.15f] };
        LossEstimate estimate = ToyLoss.Estimate(model, 1 << 20, seed: 1, TestContext.Current.CancellationToken);
        Assert.InRange((estimate.Value - ToyLoss.Exact(model)!.Value) / estimate.StandardError, -4, 4);
    }

    [Fact]
    public void Exact_LinearModelOfManyFeatures_AgreesWithExamples()
    {
        ToyTask task = new() { Form = AutoencoderForm.Linear, Hidden = 2, Sparsity = 0.4, Importance = ToyTask.Powers(5, 0.8) };
        ToyModel model = new() { Task = task, Weights = [0.9f, 0.1f, -0.3f, 0.2f, 0.5f, 0.1f, 1, 0.2f, -0.6f, 0], Bias = [0.1f, 0, 0.2f, -0.1f, 0.3f] };
        LossEstimate estimate = ToyLoss.Estimate(model, 1 << 20, seed: 1, TestContext.Current.CancellationToken);
        Assert.InRange((estimate.Value - ToyLoss.Exact(model)!.Value) / estimate.StandardError, -4, 4);
        Assert.Null(ToyLoss.Exact(model with { Task = task with { Form = AutoencoderForm.RectifiedOutput } }));
    }

    [Theory]
    [InlineData(0.9f, -0.6f, 0.3f, 0.2f, 0.7f, -0.8f, -0.1f, 0.15f, 0.02f)]
    [InlineData(1f, 0f, 0f, 0f, 1f, -1f, 0f, 0f, 0.1f)]
    [InlineData(0.5f, 0.5f, 0.5f, -0.4f, 0.3f, 0.9f, -0.3f, -0.2f, -0.4f)]
    public void Exact_ThreeFeatures_AgreesWithExamples(float a, float b, float c, float d, float e, float f, float g, float h, float i)
    {
        ToyTask task = new() { Hidden = 2, Sparsity = 0.3, Importance = [1, 0.7, 0.4] };
        ToyModel model = new() { Task = task, Weights = [a, b, c, d, e, f], Bias = [g, h, i] };
        LossEstimate estimate = ToyLoss.Estimate(model, 1 << 20, seed: 1, TestContext.Current.CancellationToken);
        Assert.InRange((estimate.Value - ToyLoss.Exact(model)!.Value) / estimate.StandardError, -4, 4);
        Assert.InRange(estimate.StandardError / estimate.Value, 0, 0.002); // so that the comparison is one
    }

    [Fact]
    public void Explained_MeanAndPerfectOutput_IsZeroAndOne()
    {
        ToyTask task = new() { Hidden = 1, Sparsity = 0.5, Importance = [1, 1] };
        ToyModel model = new() { Task = task, Weights = [1, 0], Bias = [0, 0.25f] };
        double[] explained = ToyLoss.Explained(model);
        Assert.Equal(1, explained[0], 1e-9);
        Assert.Equal(0, explained[1], 0.02); // the variance of 32,768 examples is its expectation within 1 %
    }

    private static void Close(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], tolerance);
        }
    }
}
