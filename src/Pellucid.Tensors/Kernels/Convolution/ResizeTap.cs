namespace Pellucid.Tensors.Kernels;

/// <summary>Where one place of a resized axis takes its value: (1 − Weight) · Lower + Weight · Upper.</summary>
internal struct ResizeTap
{
    internal int Lower;
    internal int Upper;
    internal float Weight;

    /// <summary>The place <paramref name="i"/> of an axis resized from <paramref name="from"/> to <paramref name="to"/>.</summary>
    internal static ResizeTap Of(int i, int from, int to, ResizeMethod method, ResizeGrid grid)
    {
        double scale = (double)from / to;
        double at = grid switch
        {
            ResizeGrid.AlignCorners => to == 1 ? 0 : (double)i * (from - 1) / (to - 1),
            ResizeGrid.HalfPixel => ((i + 0.5) * scale) - 0.5,
            _ => i * scale,
        };
        if (method == ResizeMethod.Nearest)
        {
            double place = grid == ResizeGrid.Asymmetric ? at : at + 0.5;
            int nearest = Math.Clamp((int)Math.Floor(place), 0, from - 1);
            return new() { Lower = nearest, Upper = nearest };
        }

        at = Math.Clamp(at, 0, from - 1);
        int lower = (int)at;
        return new() { Lower = lower, Upper = Math.Min(lower + 1, from - 1), Weight = (float)(at - lower) };
    }
}
