// The expected loss of two features is exact: with both present, an output is ReLU(a x + c y + b) over the unit square, which is affine on one
// side of a line and 0 on the other. The squared error is a polynomial of degree 2 on each side, and the mean of its values at the middles
// of a triangle's edges, times the area, is its integral over the triangle exactly. A third feature is integrated over by Gauss's points between the places where
// that line passes a corner.
namespace Pellucid.GroundTruth.Toys;

/// <summary>Integrals of (s x + t y − f(a x + c y + b))² over the unit interval (y = 0) the unit square and the unit cube, with f ReLU or the identity.</summary>
internal static class SquareIntegral
{
    /// <summary>∫₀¹ (s x − f(a x + b))² dx.</summary>
    internal static double Line(double s, double a, double b, bool rectified)
    {
        if (!rectified)
        {
            return Simpson(0, 1, x => Square((s * x) - (a * x) - b));
        }

        // The line a x + b is above 0 between from and to.
        double root = a == 0 ? 0 : Math.Clamp(-b / a, 0, 1);
        (double from, double to) = a > 0 ? (root, 1.0) : a < 0 ? (0.0, root) : b > 0 ? (0.0, 1.0) : (0.0, 0.0);
        return (s * s / 3) + Simpson(from, to, x => Square((s * x) - (a * x) - b) - Square(s * x));
    }

    /// <summary>∫₀¹∫₀¹ (s x + t y − f(a x + c y + b))² dx dy.</summary>
    internal static double Area(double s, double t, double a, double c, double b, bool rectified)
    {
        Span<(double X, double Y)> corners = stackalloc (double, double)[8];
        int count = rectified ? Clip(a, c, b, corners) : Clip(0, 0, 1, corners);
        double sum = (s * s / 3) + (t * t / 3) + (s * t / 2);
        for (int i = 2; i < count; i++)
        {
            ((double X, double Y) p, (double X, double Y) q, (double X, double Y) r) = (corners[0], corners[i - 1], corners[i]);
            double area = Math.Abs(((q.X - p.X) * (r.Y - p.Y)) - ((r.X - p.X) * (q.Y - p.Y))) / 2;
            sum += area / 3 * (Change((p.X + q.X) / 2, (p.Y + q.Y) / 2) + Change((q.X + r.X) / 2, (q.Y + r.Y) / 2) + Change((r.X + p.X) / 2, (r.Y + p.Y) / 2));
        }

        return sum;

        double Change(double x, double y)
        {
            double target = (s * x) + (t * y);
            return Square(target - (a * x) - (c * y) - b) - Square(target);
        }
    }

    /// <summary>∫₀¹∫₀¹∫₀¹ (x − f(a x + c y + e z + b))² dx dy dz.</summary>
    internal static double Volume(double a, double c, double e, double b, bool rectified)
    {
        // As a function of z the area is a polynomial of degree 4 between the places where the line passes a corner of the square: three points of Gauss are exact.
        List<double> places = [0, 1];
        foreach (double corner in (ReadOnlySpan<double>)[0, a, c, a + c])
        {
            double place = (-b - corner) / e;
            if (place is > 0 and < 1)
            {
                places.Add(place);
            }
        }

        places.Sort();
        double sum = 0, shift = Math.Sqrt(0.6) / 2;
        for (int i = 1; i < places.Count; i++)
        {
            double middle = (places[i - 1] + places[i]) / 2, width = places[i] - places[i - 1];
            sum += width / 18 * ((5 * At(middle - (shift * width))) + (8 * At(middle)) + (5 * At(middle + (shift * width))));
        }

        return sum;

        double At(double z) => Area(1, 0, a, c, b + (e * z), rectified);
    }

    /// <summary>The corners, in order, of the part of the unit square where a x + c y + b &gt; 0.</summary>
    private static int Clip(double a, double c, double b, Span<(double X, double Y)> corners)
    {
        ReadOnlySpan<(double X, double Y)> square = [(0, 0), (1, 0), (1, 1), (0, 1)];
        int count = 0;
        for (int i = 0; i < 4; i++)
        {
            ((double X, double Y) from, (double X, double Y) to) = (square[i], square[(i + 1) % 4]);
            double left = (a * from.X) + (c * from.Y) + b, right = (a * to.X) + (c * to.Y) + b;
            if (left > 0)
            {
                corners[count++] = from;
            }

            if (left > 0 != right > 0)
            {
                double share = left / (left - right);
                corners[count++] = (from.X + (share * (to.X - from.X)), from.Y + (share * (to.Y - from.Y)));
            }
        }

        return count;
    }

    private static double Simpson(double from, double to, Func<double, double> polynomial) =>
        (to - from) / 6 * (polynomial(from) + (4 * polynomial((from + to) / 2)) + polynomial(to));

    private static double Square(double value) => value * value;
}
