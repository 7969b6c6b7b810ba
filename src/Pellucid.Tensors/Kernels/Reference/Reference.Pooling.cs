using System.Numerics;

namespace Pellucid.Tensors.Kernels;

internal static partial class Reference
{
    /// <summary>
    /// Maximum or mean of windows of x [batch, row, column, channel] into y, and, where dy is not empty, the gradient of Σ y · dy added to dx.
    /// </summary>
    internal static void Pool<T>(ReadOnlySpan<T> x, in PoolShape shape, bool maximum, bool countPadding, Span<T> y, ReadOnlySpan<T> dy, Span<T> dx)
        where T : IFloatingPointIeee754<T>
    {
        for (int to = 0; to < y.Length; to++)
        {
            int channel = to % shape.Channels, column = to / shape.Channels % shape.OutWidth;
            int row = to / shape.Channels / shape.OutWidth % shape.OutHeight, batch = to / shape.Channels / shape.OutWidth / shape.OutHeight;
            List<int> window = [];
            int padded = 0;
            for (int down = 0; down < shape.Rows.Taps; down++)
            {
                for (int across = 0; across < shape.Columns.Taps; across++)
                {
                    int v = (row * shape.Rows.Step) + shape.Rows.First + down, u = (column * shape.Columns.Step) + shape.Columns.First + across;
                    if (v >= 0 && v < shape.Height && u >= 0 && u < shape.Width)
                    {
                        window.Add((((((batch * shape.Height) + v) * shape.Width) + u) * shape.Channels) + channel);
                    }

                    padded += v < shape.Height + shape.Padding.Bottom && u < shape.Width + shape.Padding.Right ? 1 : 0;
                }
            }

            T divisor = T.CreateChecked(countPadding ? padded : window.Count);
            int best = window[0];
            y[to] = T.Zero;
            foreach (int from in window)
            {
                best = x[from] > x[best] ? from : best;
                y[to] += x[from] / divisor;
                if (!maximum && !dy.IsEmpty)
                {
                    dx[from] += dy[to] / divisor;
                }
            }

            if (maximum)
            {
                y[to] = x[best];
                if (!dy.IsEmpty)
                {
                    dx[best] += dy[to];
                }
            }
        }
    }
}
