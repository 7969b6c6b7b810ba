namespace Pellucid.GroundTruth;

/// <summary>True codes of consecutive rows: of each row the features that fire, ascending, and how strong they are.</summary>
/// <param name="Starts">[rows + 1] where each row begins in the other two; the last is their length.</param>
/// <param name="Features">The features.</param>
/// <param name="Values">Their values, above 0.</param>
public sealed record PlantedCodes(IReadOnlyList<int> Starts, IReadOnlyList<int> Features, IReadOnlyList<float> Values)
{
    /// <summary>Number of rows.</summary>
    public int Rows => Starts.Count - 1;

    /// <summary>The value of a feature on a row; 0 where it does not fire.</summary>
    /// <param name="row">0 to <see cref="Rows"/> − 1.</param>
    /// <param name="feature">Any feature.</param>
    public float this[int row, int feature]
    {
        get
        {
            for (int at = Starts[row]; at < Starts[row + 1]; at++)
            {
                if (Features[at] == feature)
                {
                    return Values[at];
                }
            }

            return 0;
        }
    }

    /// <summary>The strongest feature of a row; −1 where none fires.</summary>
    public int Strongest(int row)
    {
        int best = -1;
        for (int at = Starts[row]; at < Starts[row + 1]; at++)
        {
            best = best < 0 || Values[at] > Values[best] ? at : best;
        }

        return best < 0 ? -1 : Features[best];
    }
}
