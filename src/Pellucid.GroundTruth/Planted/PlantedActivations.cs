// Activations whose features are known: x = Σ_i c_i d_i + mean + noise, c sparse, ‖d_i‖ = 1.
// Sharkey, Braun and Millidge 2022, "Taking features out of superposition with sparse autoencoders" (interim research report): random unit directions, sparse
// codes, correlated firing. Elhage et al. 2022, "Toy models of superposition": more features than dimensions, anti-correlated features. Chanin et al.
// 2024, arXiv:2409.14507: children that fire only with their parent. Chanin and Garriga-Alonso 2026, arXiv:2602.14687: Gaussian copula, Zipf's law
// of densities, exclusive siblings. Departures: a magnitude has mean 1 under every law; correlation is that of the hidden normal variables.
// Row r draws from its own stream, first which features fire, then their magnitudes, then noise: no row depends on another.
using System.Security.Cryptography;
using System.Text.Json;
using Pellucid.GroundTruth.Planted;
using Pellucid.Tensors;

namespace Pellucid.GroundTruth;

/// <summary>
/// A source of activations that are sums of few known directions: what a dictionary ought to find. A row is the same whichever rows are asked
/// for and on however many threads. Immutable; safe for any number of threads. Owns its arrays until disposed.
/// </summary>
public sealed class PlantedActivations : IDisposable
{
    private const ulong RowPurpose = 0x4075;
    private const int RowsOfPart = 256;

    private readonly Firing _firing;

    /// <summary>Draws the directions.</summary>
    /// <param name="options">What is planted.</param>
    /// <exception cref="PellucidException">The options ask for the impossible.</exception>
    public PlantedActivations(PlantedOptions options)
    {
        if (options.Problem() is { } problem)
        {
            throw new PellucidException($"Planted activations cannot have {problem}.");
        }

        Options = options;
        _firing = new Firing(options);
        Directions = PlantedDirections.Draw(options);
        Mean = PlantedDirections.DrawMean(options);
        byte[] text = JsonSerializer.SerializeToUtf8Bytes(options, PlantedJson.Default.PlantedOptions);
        Hash = Convert.ToHexStringLower(SHA256.HashData([.. "planted activations 1\n"u8, .. text]));
    }

    /// <summary>What is planted.</summary>
    public PlantedOptions Options { get; }

    /// <summary>The true directions, [feature, d], of norm 1.</summary>
    public Tensor Directions { get; }

    /// <summary>What is added to every row, [d].</summary>
    public Tensor Mean { get; }

    /// <summary>Probability that each feature fires on a row.</summary>
    public IReadOnlyList<double> Densities => _firing.Densities;

    /// <summary>The parent of each feature in the hierarchy; −1 for none.</summary>
    public IReadOnlyList<int> Parents => _firing.Parents;

    /// <summary>SHA-256 of the options, seed included, lower-case hexadecimal: what every row depends on.</summary>
    public string Hash { get; }

    /// <summary>Makes rows, with their codes.</summary>
    /// <param name="start">The first row, from 0.</param>
    /// <param name="count">How many, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public PlantedRows Rows(long start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Tensor activations = Tensor.Empty(new Shape(count, Options.Width).Named("row", "d"));
        return new PlantedRows(activations, Draw(start, count, activations));
    }

    /// <summary>The codes of rows alone.</summary>
    /// <param name="start">The first row, from 0.</param>
    /// <param name="count">How many, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public PlantedCodes Codes(long start, int count) => Draw(start, count, null);

    /// <inheritdoc/>
    public void Dispose()
    {
        Directions.Dispose();
        Mean.Dispose();
    }

    private PlantedCodes Draw(long start, int count, Tensor? activations)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        int[][] features = new int[count][];
        float[][] values = new float[count][];
        int parts = (count + RowsOfPart - 1) / RowsOfPart;
        ComputeThreads.For(parts, (Source: this, start, count, activations, features, values), static (part, work) =>
        {
            bool[] fires = new bool[work.Source.Options.Features];
            double[] hidden = new double[fires.Length];
            for (int row = part * RowsOfPart; row < Math.Min(work.count, (part + 1) * RowsOfPart); row++)
            {
                SeededRandom random = new(work.Source.Options.Seed, unchecked((long)SeededRandom.Hash(RowPurpose, (ulong)(work.start + row))));
                (work.features[row], work.values[row]) = work.Source.DrawCode(random, fires, hidden);
                if (work.activations is { } target)
                {
                    work.Source.Mix(random, work.features[row], work.values[row], target.Row(row));
                }
            }
        });
        int[] starts = new int[count + 1];
        for (int row = 0; row < count; row++)
        {
            starts[row + 1] = checked(starts[row] + features[row].Length);
        }

        return new PlantedCodes(starts, features.SelectMany(row => row).ToArray(), values.SelectMany(row => row).ToArray());
    }

    private (int[] Features, float[] Values) DrawCode(SeededRandom random, bool[] fires, double[] hidden)
    {
        _firing.Draw(random, fires, hidden);
        int count = fires.AsSpan().Count(true);
        int[] features = new int[count];
        float[] values = new float[count];
        for (int feature = 0, at = 0; at < count; feature++)
        {
            if (fires[feature])
            {
                (features[at], values[at]) = (feature, Magnitude(random));
                at++;
            }
        }

        return (features, values);
    }

    /// <summary>Above 0 under every law: a feature that fires is there.</summary>
    private float Magnitude(SeededRandom random) => Math.Max(float.Epsilon, (float)(Options.Magnitude switch
    {
        MagnitudeLaw.Uniform => 2 * random.NextDouble(),
        MagnitudeLaw.HalfNormal => Math.Abs(random.NextNormal()) * Math.Sqrt(Math.PI / 2),
        MagnitudeLaw.Exponential => -Math.Log(1 - random.NextDouble()),
        MagnitudeLaw.LogNormal => Math.Exp((random.NextNormal() / 2) - 0.125),
        _ => 1,
    }));

    private void Mix(SeededRandom random, int[] features, float[] values, Span<float> x)
    {
        Mean.AsSpan().CopyTo(x);
        for (int at = 0; at < features.Length; at++)
        {
            ReadOnlySpan<float> direction = Directions.Row(features[at]);
            for (int i = 0; i < x.Length; i++)
            {
                x[i] = MathF.FusedMultiplyAdd(values[at], direction[i], x[i]);
            }
        }

        if (Options.Noise > 0)
        {
            for (int i = 0; i < x.Length; i++)
            {
                x[i] += (float)(Options.Noise * random.NextNormal());
            }
        }
    }
}
