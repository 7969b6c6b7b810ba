using Pellucid.Models;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Activations;

/// <summary>Runs the sequences of one shard, writes what the hook gave at each token but BOS, and summarizes it in the same pass.</summary>
internal sealed class ShardWriter(Model model, HarvestOptions options, int width)
{
    private const float LargestHalf = 65504;

    private readonly int _prefix = model.Config.BosId is null ? 0 : 1;

    /// <summary>As many sequences as the budget allows, the last one shortened; and whether anything was left out.</summary>
    internal (TokenSequence[] Sequences, bool Cut) Budget(TokenSequence[] sequences, long budget)
    {
        List<TokenSequence> kept = [];
        foreach (TokenSequence sequence in sequences)
        {
            int rows = (int)Math.Min(Rows(sequence), budget);
            if (rows < Rows(sequence))
            {
                if (rows > 0)
                {
                    kept.Add(sequence with { Ids = [.. sequence.Ids.Take(rows + _prefix)] });
                }

                return ([.. kept], true);
            }

            kept.Add(sequence);
            budget -= rows;
        }

        return ([.. kept], false);
    }

    /// <summary>Writes the shard and returns its summary.</summary>
    /// <exception cref="PellucidException">A value is not finite or does not fit the storage type, or the file cannot be written.</exception>
    internal UnitSummary Write(string path, TokenSequence[] sequences, CancellationToken cancellationToken)
    {
        int rows = sequences.Sum(Rows), row = 0;
        using Tensor activations = Tensor.Empty(new Shape(rows, width));
        using Tensor tokens = Tensor.Empty(new Shape(rows), DType.I32), indices = Tensor.Empty(new Shape(rows), DType.I32), positions = Tensor.Empty(new Shape(rows), DType.I32);
        UnitSummary summary = new(width, options.Summary);
        foreach (TokenSequence[] batch in sequences.Chunk(options.BatchSequences).SelectMany(Together))
        {
            using Run run = model.Run(
                TokenBatch.From([.. batch.Select(sequence => sequence.Ids)]),
                new RunOptions { Capture = Capture.Of(options.Hook), Logits = LogitsWanted.None, CancellationToken = cancellationToken });
            Tensor captured = run[options.Hook];
            for (int item = 0; item < batch.Length; item++)
            {
                int first = row;
                for (int position = _prefix; position < batch[item].Ids.Count; position++, row++)
                {
                    captured.Row((item * captured.Shape[1]) + position).CopyTo(activations.Row(row));
                    tokens.AsSpan<int>()[row] = batch[item].Ids[position];
                    indices.AsSpan<int>()[row] = batch[item].Index;
                    positions.AsSpan<int>()[row] = position;
                }

                using Tensor values = activations.Slice(0, first, row - first);
                summary.Observe(batch[item].Index, _prefix, values);
            }
        }

        RequireRange(summary);
        using Tensor stored = activations.To(options.Storage);
        SafetensorsFile.Write(path, [new("activations", stored), new("tokens", tokens), new("sequences", indices), new("positions", positions)]);
        return summary;
    }

    /// <summary>What can be run at once: of a model that attends both ways only neighbours of one length, since it would look at padding.</summary>
    private IEnumerable<TokenSequence[]> Together(TokenSequence[] batch)
    {
        for (int start = 0, end; start < batch.Length; start = end)
        {
            int length = batch[start].Ids.Count;
            end = model.Config.IsCausal ? batch.Length : Array.FindIndex(batch, start, sequence => sequence.Ids.Count != length);
            end = end < 0 ? batch.Length : end;
            yield return batch[start..end];
        }
    }

    private int Rows(TokenSequence sequence) => sequence.Ids.Count - _prefix;

    private void RequireRange(UnitSummary summary)
    {
        for (int unit = 0; options.Storage == DType.F16 && unit < width; unit++)
        {
            float largest = Math.Max(summary.Max(unit), -summary.Min(unit));
            if (largest > LargestHalf)
            {
                throw new PellucidException($"Unit {unit} of {options.Hook} reaches {largest}, beyond the {LargestHalf} of F16. Store as BF16 or F32.");
            }
        }
    }
}
