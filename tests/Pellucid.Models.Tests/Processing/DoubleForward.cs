using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Processing;

/// <summary>
/// A decoder in double, written straight down over named parameters: LayerNorm, RMSNorm or none; before, after, or before and after; serial and
/// parallel blocks; grouped queries; learned and rotary positions; soft caps. It shares no code with the network, and its rounding is below all that is compared.
/// </summary>
internal sealed class DoubleForward(ModelParameters parameters)
{
    private ModelConfig Config => parameters.Config;

    /// <summary>Logits of every position, [pos][d_vocab_out].</summary>
    internal double[][] Logits(int[] ids)
    {
        double[][] x = [.. ids.Select((id, pos) => Embedded(id, pos))];
        for (int layer = 0; layer < Config.Layers; layer++)
        {
            x = Block($"blocks.{layer}.", x);
        }

        return [.. x.Select(row => Unembedded(Config.NormPlacement == NormPlacement.After ? row : Norm("ln_final", row)))];
    }

    /// <summary>What the residual stream is before the first block, [pos][d_model].</summary>
    internal double[] Embedded(int id, int pos)
    {
        double[] x = [.. Row("embed.W_E", id).Select(value => value * Config.EmbeddingScale)];
        return Config.PositionEmbedding == PositionKind.Learned ? Plus(x, Row("pos_embed.W_pos", pos)) : x;
    }

    private double[][] Block(string block, double[][] x)
    {
        bool isAfter = Config.NormPlacement == NormPlacement.After, isBoth = Config.NormPlacement == NormPlacement.BeforeAndAfter;
        double[][] read = isAfter ? x : [.. x.Select(row => Norm(block + "ln1", row))];
        double[][] attention = Attention(block + "attn.", read);
        attention = isBoth ? [.. attention.Select(row => Norm(block + "ln1_post", row))] : attention;
        double[][] middle = [.. x.Zip(attention, Plus)];
        middle = isAfter ? [.. middle.Select(row => Norm(block + "ln1", row))] : middle;
        double[][] into = isAfter ? middle
            : Config.Block == BlockKind.ParallelSharedNorm ? read
            : [.. (Config.Block == BlockKind.Parallel ? x : middle).Select(row => Norm(block + "ln2", row))];
        double[][] written = [.. into.Select(row => Mlp(block + "mlp.", row))];
        written = isBoth ? [.. written.Select(row => Norm(block + "ln2_post", row))] : written;
        double[][] after = [.. middle.Zip(written, Plus)];
        return isAfter ? [.. after.Select(row => Norm(block + "ln2", row))] : after;
    }

    private double[][] Attention(string attention, double[][] x)
    {
        double[][] q = [.. x.Select((row, pos) => Turned(Linear(attention, "Q", row), pos))];
        double[][] k = [.. x.Select((row, pos) => Turned(Linear(attention, "K", row), pos))];
        double[][] v = [.. x.Select(row => Linear(attention, "V", row))];
        return [.. x.Select((_, pos) => Linear(attention, "O", Attend(q[pos], k[..(pos + 1)], v)))];
    }

    private double[] Attend(double[] query, double[][] keys, double[][] values)
    {
        double[] z = new double[query.Length];
        double scale = Config.AttentionScale ?? (1 / Math.Sqrt(Config.DHead));
        for (int head = 0; head < Config.Heads; head++)
        {
            int to = head * Config.DHead, from = head / (Config.Heads / Config.KeyHeads) * Config.DHead;
            double[] weights = [.. keys.Select(key => Math.Exp(Capped(scale * Enumerable.Range(0, Config.DHead).Sum(i => query[to + i] * key[from + i]), Config.AttentionSoftCap)))];
            for (int i = 0; i < Config.DHead; i++)
            {
                z[to + i] = weights.Select((weight, at) => weight * values[at][from + i]).Sum() / weights.Sum();
            }
        }

        return z;
    }

    private double[] Turned(double[] x, int pos)
    {
        if (Config.PositionEmbedding != PositionKind.Rotary)
        {
            return x;
        }

        double[] y = [.. x];
        int half = Config.DHead / 2;
        for (int i = 0; i < x.Length; i++)
        {
            int within = i % Config.DHead, pair = within % half;
            double angle = pos * Math.Pow(Config.RotaryBase, -2.0 * pair / Config.DHead);
            y[i] = (x[i] * Math.Cos(angle)) + (within < half ? -x[i + half] * Math.Sin(angle) : x[i - half] * Math.Sin(angle));
        }

        return y;
    }

    private double[] Mlp(string mlp, double[] x)
    {
        double[] up = Linear(mlp, "in", x);
        double[] neurons = Config.GatedMlp ? [.. Linear(mlp, "gate", x).Zip(up, (gate, value) => Activated(gate) * value)] : [.. up.Select(Activated)];
        return Linear(mlp, "out", neurons);
    }

    private double Activated(double x) => Config.MlpActivation switch
    {
        Activation.Silu => x / (1 + Math.Exp(-x)),
        Activation.Relu => Math.Max(0, x),
        Activation.GeluTanh => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))),
        _ => throw new NotSupportedException($"{Config.MlpActivation}"),
    };

    private double[] Norm(string name, double[] x)
    {
        if (Config.Norm == NormKind.None)
        {
            return x;
        }

        double mean = Config.Norm == NormKind.Layer ? x.Average() : 0;
        double scale = Math.Sqrt(x.Sum(value => (value - mean) * (value - mean)) / x.Length + Config.NormEpsilon);
        float[] factors = parameters[name + ".w"].ToArray();
        float[] addends = Config.Norm == NormKind.Layer ? parameters[name + ".b"].ToArray() : new float[x.Length];
        return [.. x.Select((value, i) => ((value - mean) / scale * factors[i]) + addends[i])];
    }

    private double[] Unembedded(double[] x)
    {
        double[] logits = Config.TiedEmbedding
            ? [.. Enumerable.Range(0, Config.Vocabulary).Select(id => Row("embed.W_E", id).Zip(x, (weight, value) => weight * value).Sum())]
            : Times("unembed.W_U", x);
        double[] moved = Config.UnembeddingBias ? Plus(logits, [.. parameters["unembed.b_U"].ToArray()]) : logits;
        return [.. moved.Select(logit => Capped(logit, Config.LogitSoftCap))];
    }

    private double[] Linear(string owner, string name, double[] x)
    {
        double[] y = Times($"{owner}W_{name}", x);
        return parameters.Table.Contains($"{owner}b_{name}") ? Plus(y, [.. parameters[$"{owner}b_{name}"].ToArray()]) : y;
    }

    private double[] Times(string matrix, double[] x)
    {
        Tensor weights = parameters[matrix];
        double[] y = new double[weights.Shape[1]];
        for (int i = 0; i < x.Length; i++)
        {
            ReadOnlySpan<float> row = weights.Row(i);
            for (int j = 0; j < y.Length; j++)
            {
                y[j] += x[i] * row[j];
            }
        }

        return y;
    }

    private double[] Row(string name, int row) => [.. parameters[name].Row(row).ToArray()];

    private static double[] Plus(double[] left, double[] right) => [.. left.Zip(right, (a, b) => a + b)];

    private static double Capped(double x, double cap) => cap > 0 ? cap * Math.Tanh(x / cap) : x;
}
