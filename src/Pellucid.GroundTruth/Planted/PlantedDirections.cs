using Pellucid.Tensors;

namespace Pellucid.GroundTruth.Planted;

/// <summary>Draws directions of norm 1, each from a stream of its own.</summary>
internal static class PlantedDirections
{
    private const ulong Purpose = 0xD14E;
    private const ulong MeanPurpose = 0x3EA1;

    /// <summary>The directions, [feature, d].</summary>
    internal static Tensor Draw(PlantedOptions options)
    {
        double[][] directions = new double[options.Features][];
        for (int feature = 0; feature < directions.Length; feature++)
        {
            double[] direction = Normals(options.Seed, Purpose, feature, options.Width);
            if (options.Directions == DirectionLayout.Orthogonal)
            {
                Orthogonal.RemoveAll(direction, directions.AsSpan(0, feature));
            }

            directions[feature] = Orthogonal.Unit(direction);
        }

        for (int pair = 0; pair < options.DuplicatePairs; pair++)
        {
            Tilt(directions[2 * pair], directions[(2 * pair) + 1], options.DuplicateCosine);
        }

        Tensor result = Tensor.Empty(new Shape(options.Features, options.Width).Named("feature", "d"));
        for (int feature = 0; feature < directions.Length; feature++)
        {
            Span<float> row = result.Row(feature);
            for (int i = 0; i < row.Length; i++)
            {
                row[i] = (float)directions[feature][i];
            }
        }

        return result;
    }

    /// <summary>The vector that is added to every row, [d].</summary>
    internal static Tensor DrawMean(PlantedOptions options)
    {
        double[] direction = Orthogonal.Unit(Normals(options.Seed, MeanPurpose, 0, options.Width));
        return Tensor.From([.. direction.Select(value => (float)(value * options.MeanNorm))]);
    }

    /// <summary>Turns a direction within the plane of the two to a given cosine with the other.</summary>
    private static void Tilt(double[] fixedOne, double[] turned, double cosine)
    {
        Orthogonal.Remove(turned, fixedOne);
        double[] across = Orthogonal.Unit(turned);
        double sine = Math.Sqrt(1 - (cosine * cosine));
        for (int i = 0; i < turned.Length; i++)
        {
            turned[i] = (cosine * fixedOne[i]) + (sine * across[i]);
        }
    }

    private static double[] Normals(long seed, ulong purpose, int index, int count)
    {
        SeededRandom random = new(seed, unchecked((long)SeededRandom.Hash(purpose, (ulong)index)));
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = random.NextNormal();
        }

        return values;
    }
}
