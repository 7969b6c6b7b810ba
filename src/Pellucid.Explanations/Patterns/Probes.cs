using Pellucid.Activations;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.Explanations;

/// <summary>Runs short texts through the subject and reads one unit at their last token; every text is run once. For one thread.</summary>
internal sealed class Probes(Model subject, IUnits units, int unit, int batch, CancellationToken cancellationToken)
{
    private readonly Dictionary<int[], float> _known = new(new ByContent());

    /// <summary>The unit at the last token of each text, negative values as 0; BOS is put in front.</summary>
    internal float[] Run(IReadOnlyList<int[]> texts)
    {
        HashSet<int[]> wanted = new(texts.Where(text => !_known.ContainsKey(text)), new ByContent());
        foreach (int[][] part in wanted.OrderBy(text => text.Length).Chunk(batch))
        {
            RunBatch(part);
        }

        return [.. texts.Select(text => _known[text])];
    }

    private void RunBatch(int[][] texts)
    {
        int[] prefix = subject.Config.BosId is { } bos ? [bos] : [];
        using Run run = subject.Run(
            TokenBatch.From([.. texts.Select(text => (int[])[.. prefix, .. text])]),
            new RunOptions { Capture = Capture.Of(units.Hook), Logits = LogitsWanted.None, CancellationToken = cancellationToken });
        Tensor captured = run[units.Hook];
        using Tensor last = Tensor.Empty(new Shape(texts.Length, units.Width));
        for (int i = 0; i < texts.Length; i++)
        {
            captured.Row((i * captured.Shape[1]) + prefix.Length + texts[i].Length - 1).CopyTo(last.Row(i));
        }

        using Ops ops = new();
        Tensor values = units.Evaluate(ops, last);
        for (int i = 0; i < texts.Length; i++)
        {
            _known[texts[i]] = Math.Max(0, values.Row(i)[unit]);
        }
    }

    private sealed class ByContent : IEqualityComparer<int[]>
    {
        public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(int[] tokens)
        {
            HashCode hash = default;
            foreach (int token in tokens)
            {
                hash.Add(token);
            }

            return hash.ToHashCode();
        }
    }
}
