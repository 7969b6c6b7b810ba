using Pellucid.Tensors.Autoencoders;
using Pellucid.Tensors.Kernels;
using Pellucid.Tensors.Tests.Determinism;

namespace Pellucid.Tensors.Tests.Autoencoders;

public sealed unsafe class AutoencoderLanesTests
{
    /// <summary>Sizes that fill no vector and no pair of dimensions, the pair's own kernel, and every form and dependence.</summary>
    public static TheoryData<InstructionSet, AutoencoderForm, int, int, int, FeatureDependence, int> Cases
    {
        get
        {
            TheoryData<InstructionSet, AutoencoderForm, int, int, int, FeatureDependence, int> cases = [];
            foreach (InstructionSet set in Processor.Supported)
            {
                cases.Add(set, AutoencoderForm.RectifiedOutput, 2, 1, 67, FeatureDependence.Independent, 2);
                cases.Add(set, AutoencoderForm.RectifiedOutput, 2, 1, 3, FeatureDependence.Exclusive, 2);
                cases.Add(set, AutoencoderForm.Linear, 2, 1, 5, FeatureDependence.Independent, 2);
                cases.Add(set, AutoencoderForm.RectifiedHidden, 2, 1, 5, FeatureDependence.Independent, 2);
                cases.Add(set, AutoencoderForm.RectifiedOutput, 1, 1, 1, FeatureDependence.Independent, 2);
                cases.Add(set, AutoencoderForm.RectifiedOutput, 7, 3, 19, FeatureDependence.Independent, 2);
                cases.Add(set, AutoencoderForm.RectifiedOutput, 9, 4, 17, FeatureDependence.Together, 3);
                cases.Add(set, AutoencoderForm.RectifiedOutput, 6, 5, 2, FeatureDependence.Exclusive, 2);
                cases.Add(set, AutoencoderForm.Linear, 5, 2, 33, FeatureDependence.Exclusive, 5);
                cases.Add(set, AutoencoderForm.RectifiedHidden, 3, 7, 18, FeatureDependence.Independent, 2);
                cases.Add(set, AutoencoderForm.RectifiedOutput, 4100, 1, 2, FeatureDependence.Independent, 2); // a chunk of draws is sixteen examples
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Train_EveryFormAndSize_FollowsTheReference(
        InstructionSet set, AutoencoderForm form, int features, int hidden, int models, FeatureDependence dependence, int group)
    {
        using IDisposable scope = Processor.Force(set);
        AutoencoderOptions options = new()
        {
            Form = form,
            Features = features,
            Hidden = hidden,
            Dependence = dependence,
            Group = group,
            Batch = 36,
            Seed = 5,
            Signed = form == AutoencoderForm.RectifiedHidden,
        };
        using AutoencoderLanes lanes = new(options, models);
        TwinModel[] twins = [.. Enumerable.Range(0, models).Select(model => new TwinModel(options, model, model / lanes.Block))];
        for (int model = 0; model < models; model++)
        {
            twins[model].Give(lanes);
        }

        // Float sums of up to 36 · n terms of size 1 against double: 1e-5 of the largest gradient; a step of Adam turns that into as much of
        // the rate, but for gradients near 0, whose sign alone it takes: those may go the other way, twice the rate, and are left out below.
        double[] rates = [0.01, 0.02, 0.015];
        for (int step = 0; step < rates.Length; step++)
        {
            lanes.Train(rates.AsSpan(step, 1));
            for (int model = 0; model < models; model++)
            {
                twins[model].Step(rates[step]);
                twins[model].AssertGradient(lanes, tolerance: 1e-5);
                twins[model].AssertParameters(lanes, tolerance: 2e-5);
                twins[model].Give(lanes); // so that a difference cannot grow through a rectifier that it switches
            }
        }
    }

    [Fact]
    public void Train_AnyThreadsAndDivision_GivesTheSameBits()
    {
        foreach ((int features, int hidden) in new[] { (2, 1), (5, 3) })
        {
            Threads.AssertSameBits($"{features} in {hidden}", () => Results(features, hidden, [7]));
            Assert.Equal(Results(features, hidden, [7])[0], Results(features, hidden, [1, 4, 2])[0]);
        }
    }

    [Fact]
    public void Train_ManySteps_LowersTheLoss()
    {
        // One feature in one dimension is learned exactly: w = 1, b = 0.
        using AutoencoderLanes lanes = new(new AutoencoderOptions { Features = 1, Hidden = 1, Batch = 64 }, 1);
        lanes.Set(0, 0.5, [1], [0.4f], [], [0.1f]);
        lanes.Train([.. Enumerable.Range(0, 2000).Select(step => 0.01 * (1 - (step / 2000.0)))]);
        (float[] w, float[] b) = (new float[1], new float[1]);
        lanes.Get(0, w, [], b);
        Assert.Equal((1, 0), (w[0], b[0]), new Within(1e-4f)); // it has converged: the last steps are a thousandth of the first
    }

    [Fact]
    public void Draws_SparsityAndDependence_HaveTheirFrequencies()
    {
        const int count = 40_000; // a frequency of a half has a standard error of 0.0025: five of them
        foreach (FeatureDependence dependence in Enum.GetValues<FeatureDependence>())
        {
            FeatureDraws draws = new(new AutoencoderOptions { Features = 4, Hidden = 1, Dependence = dependence, Signed = true, Seed = 3 });
            float[] values = new float[count * 8];
            fixed (float* pointer = values)
            {
                draws.Fill(1, 0, 0, count, wide: false, pointer);
            }

            bool[] Present(int feature) => [.. Enumerable.Range(0, count).Select(at => values[(at * 8) + (2 * feature)] > 0.7f)];
            bool[] first = Present(0), second = Present(1), third = Present(2);
            double both = first.Zip(second).Count(pair => pair.First && pair.Second) / (double)count;
            double apart = first.Zip(third).Count(pair => pair.First && pair.Second) / (double)count;
            double alone = dependence == FeatureDependence.Exclusive ? 0.15 : 0.3;
            double together = dependence switch { FeatureDependence.Together => 0.3, FeatureDependence.Exclusive => 0, _ => 0.09 };
            Assert.Equal(alone, first.Count(present => present) / (double)count, 0.0125);
            Assert.Equal(alone, second.Count(present => present) / (double)count, 0.0125);
            Assert.Equal(together, both, 0.0125);
            Assert.Equal(alone * alone, apart, 0.0125);
            double[] signed = [.. Enumerable.Range(0, count * 4).Select(at => (double)values[(2 * at) + 1])];
            Assert.Equal(0, signed.Average(), 0.0125);
            Assert.Equal(1 / 3.0, signed.Average(value => value * value), 0.005); // standard deviation of v² is 0.3, and there are four features
            Assert.All(signed, value => Assert.InRange(Math.Abs(value), 1e-8, 1));
        }
    }

    [Fact]
    public void Draws_WideAndPlain_GiveTheSameBits()
    {
        Assert.SkipUnless(Processor.Supported.Contains(InstructionSet.Avx2), "This machine has no 256-bit vectors.");
        FeatureDraws draws = new(new AutoencoderOptions { Features = 3, Hidden = 1, Signed = true, Seed = -7, Batch = 64 });
        float[] wide = new float[FeatureDraws.Floats(21, 3)], plain = new float[wide.Length];
        fixed (float* first = wide, second = plain)
        {
            draws.Fill(long.MaxValue, 1L << 40, 32, 21, wide: true, first);
            draws.Fill(long.MaxValue, 1L << 40, 32, 21, wide: false, second);
        }

        Assert.Equal(plain, wide);
    }

    [Fact]
    public void New_WhatCannotBe_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new AutoencoderLanes(new AutoencoderOptions { Features = 0, Hidden = 1 }, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AutoencoderLanes(new AutoencoderOptions { Features = 1, Hidden = 0 }, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AutoencoderLanes(new AutoencoderOptions { Features = 1, Hidden = 1, Batch = 6 }, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AutoencoderLanes(new AutoencoderOptions { Features = 3, Hidden = 1, Dependence = FeatureDependence.Together }, 1));
        using AutoencoderLanes lanes = new(new AutoencoderOptions { Features = 2, Hidden = 1 }, 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => lanes.Set(0, 1, [1, 1], [1, 1], [], [0, 0]));
        Assert.Throws<ArgumentException>(() => lanes.Set(0, 0, [1, 1], [1], [], [0, 0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => lanes.Set(1, 0, [1, 1], [1, 1], [], [0, 0]));
        using IDisposable limit = ComputeMemory.LimitTo(1_000_000);
        Assert.Contains("Train fewer or smaller", Assert.Throws<PellucidException>(() => new AutoencoderLanes(new AutoencoderOptions { Features = 1000, Hidden = 100 }, 1)).Message, StringComparison.Ordinal);
        Assert.Throws<PellucidException>(() => new AutoencoderLanes(new AutoencoderOptions { Features = int.MaxValue, Hidden = int.MaxValue }, int.MaxValue));
    }

    private static float[][] Results(int features, int hidden, int[] parts)
    {
        const int models = 150;
        AutoencoderOptions options = new() { Features = features, Hidden = hidden, Batch = 8, Seed = 2 };
        using AutoencoderLanes lanes = new(options, models);
        for (int model = 0; model < models; model++)
        {
            new TwinModel(options, model, 0).Give(lanes);
        }

        foreach (int part in parts)
        {
            lanes.Train([.. Enumerable.Repeat(0.01, part)]);
        }

        float[] all = new float[models * features * hidden];
        float[] bias = new float[features];
        for (int model = 0; model < models; model++)
        {
            lanes.Get(model, all.AsSpan(model * features * hidden, features * hidden), [], bias);
        }

        return [all];
    }

    private sealed class Within(float tolerance) : IEqualityComparer<(float W, float B)>
    {
        public bool Equals((float W, float B) x, (float W, float B) y) => Math.Abs(x.W - y.W) < tolerance && Math.Abs(x.B - y.B) < tolerance;

        public int GetHashCode((float W, float B) obj) => 0;
    }
}
