// Elhage et al. 2022 (arXiv:2209.10652, "The geometry of superposition"): with features of equal importance, directions fall into groups that are
// orthogonal to each other, each a uniform polytope: a digon gives a feature 1/2 of a dimension, a triangle 2/3, a tetrahedron 3/4, a pentagon 2/5,
// a square antiprism 3/8.
namespace Pellucid.GroundTruth;

/// <summary>Finds the figures that the directions of features make.</summary>
public static class Polytopes
{
    private const double SmallestSquare = 0.1; // of a direction that is represented; learned ones are near 1 or near 0
    private const double Orthogonal = 0.1; // least cosine between features of one figure; the largest of a square antiprism's smaller ones is 0.2
    private const double Flat = 0.02; // least share of the figure's squared length that a dimension of it holds

    /// <summary>The figures of a model, largest first; features without a direction are in none.</summary>
    /// <param name="model">The model.</param>
    public static IReadOnlyList<Polytope> Of(ToyModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        double[] norms = model.Norms();
        HashSet<int> left = [.. Enumerable.Range(0, norms.Length).Where(feature => norms[feature] * norms[feature] > SmallestSquare)];
        List<Polytope> figures = [];
        while (left.Count > 0)
        {
            int first = left.Min();
            left.Remove(first);
            List<int> group = [first];
            for (int at = 0; at < group.Count; at++)
            {
                int[] joined = [.. left.Where(feature => Math.Abs(model.Product(group[at], feature)) > Orthogonal * norms[group[at]] * norms[feature])];
                group.AddRange(joined);
                left.ExceptWith(joined);
            }

            group.Sort();
            int dimensions = Rank(model, group);
            figures.Add(new Polytope(Name(group.Count, dimensions), group, dimensions));
        }

        return [.. figures.OrderByDescending(figure => figure.Features.Count).ThenBy(figure => figure.Features[0])];
    }

    /// <summary>The figures in words: <c>2 × digon + dedicated</c>; <c>none</c> where nothing is represented.</summary>
    /// <param name="figures">The figures.</param>
    public static string Describe(IEnumerable<Polytope> figures)
    {
        string text = string.Join(" + ", figures.GroupBy(figure => figure.Name).Select(same => same.Count() == 1 ? same.Key : $"{same.Count()} × {same.Key}"));
        return text.Length == 0 ? "none" : text;
    }

    private static string Name(int features, int dimensions) => (features, dimensions) switch
    {
        (1, 1) => "dedicated",
        (2, 1) => "digon",
        (3, 2) => "triangle",
        (4, 3) => "tetrahedron",
        (5, 2) => "pentagon",
        (8, 3) => "square antiprism",
        _ => $"{features} in {dimensions}",
    };

    /// <summary>Dimensions that hold more than a sliver of the directions' squared length: of what is left, the longest is taken out, again and again.</summary>
    private static int Rank(ToyModel model, List<int> group)
    {
        double[][] rest = [.. group.Select(feature => model.Direction(feature).Select(weight => (double)weight).ToArray())];
        double all = rest.Sum(Square);
        for (int rank = 0; ; rank++)
        {
            double[] longest = [.. rest.MaxBy(Square)!];
            double square = Square(longest);
            if (square <= Flat * all)
            {
                return rank;
            }

            foreach (double[] direction in rest)
            {
                double share = direction.Zip(longest, (left, right) => left * right).Sum() / square;
                for (int k = 0; k < direction.Length; k++)
                {
                    direction[k] -= share * longest[k];
                }
            }
        }
    }

    private static double Square(double[] vector) => vector.Sum(value => value * value);
}
