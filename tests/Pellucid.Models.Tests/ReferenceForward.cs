namespace Pellucid.Models.Tests;

/// <summary>The Llama forward pass in double, written straight down with llama2.c's own layout: rotary on neighbouring pairs.</summary>
internal static class ReferenceForward
{
    /// <summary>Logits of every position, [pos][vocabulary].</summary>
    internal static double[][] Logits(TinyCheckpoint c, IReadOnlyList<int> ids)
    {
        double[][] x = [.. ids.Select(id => Enumerable.Range(0, c.Dim).Select(i => (double)c.Embedding[(id * c.Dim) + i]).ToArray())];
        for (int layer = 0; layer < c.Layers; layer++)
        {
            int kv = c.KeyHeads * c.DHead;
            double[][] normed = [.. x.Select(row => Norm(row, c.Ln1.AsSpan(layer * c.Dim, c.Dim)))];
            double[][] q = [.. normed.Select((row, pos) => Rotate(Times(c.Q, layer, c.Dim, row), pos, c.DHead))];
            double[][] k = [.. normed.Select((row, pos) => Rotate(Times(c.K, layer, kv, row), pos, c.DHead))];
            double[][] v = [.. normed.Select(row => Times(c.V, layer, kv, row))];
            for (int pos = 0; pos < x.Length; pos++)
            {
                Add(x[pos], Times(c.O, layer, c.Dim, Attend(c, q[pos], k[..(pos + 1)], v)));
                double[] into = Norm(x[pos], c.Ln2.AsSpan(layer * c.Dim, c.Dim));
                double[] gate = Times(c.Gate, layer, c.Hidden, into), up = Times(c.Up, layer, c.Hidden, into);
                Add(x[pos], Times(c.Down, layer, c.Dim, [.. gate.Zip(up, (g, u) => g / (1 + Math.Exp(-g)) * u)]));
            }
        }

        return [.. x.Select(row => Times(c.Unembedding, 0, c.Vocabulary, Norm(row, c.FinalNorm)))];
    }

    private static double[] Attend(TinyCheckpoint c, double[] q, double[][] keys, double[][] values)
    {
        double[] z = new double[c.Dim];
        for (int head = 0; head < c.Heads; head++)
        {
            int to = head * c.DHead, from = head / (c.Heads / c.KeyHeads) * c.DHead;
            double[] weights = [.. keys.Select(key => Math.Exp(Enumerable.Range(0, c.DHead).Sum(i => q[to + i] * key[from + i]) / Math.Sqrt(c.DHead)))];
            for (int i = 0; i < c.DHead; i++)
            {
                z[to + i] = weights.Select((weight, at) => weight * values[at][from + i]).Sum() / weights.Sum();
            }
        }

        return z;
    }

    private static double[] Rotate(double[] x, int position, int dHead)
    {
        double[] y = new double[x.Length];
        for (int i = 0; i < x.Length; i += 2)
        {
            double angle = position * Math.Pow(10_000, -(double)(i % dHead) / dHead);
            (y[i], y[i + 1]) = ((x[i] * Math.Cos(angle)) - (x[i + 1] * Math.Sin(angle)), (x[i] * Math.Sin(angle)) + (x[i + 1] * Math.Cos(angle)));
        }

        return y;
    }

    private static double[] Norm(double[] x, ReadOnlySpan<float> weight)
    {
        double scale = Math.Sqrt((x.Sum(value => value * value) / x.Length) + 1e-5);
        double[] y = new double[x.Length];
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = x[i] / scale * weight[i];
        }

        return y;
    }

    private static double[] Times(float[] matrices, int layer, int outputs, double[] x)
    {
        double[] y = new double[outputs];
        for (int o = 0; o < outputs; o++)
        {
            for (int i = 0; i < x.Length; i++)
            {
                y[o] += matrices[(((layer * outputs) + o) * x.Length) + i] * x[i];
            }
        }

        return y;
    }

    private static void Add(double[] x, double[] y)
    {
        for (int i = 0; i < x.Length; i++)
        {
            x[i] += y[i];
        }
    }
}
