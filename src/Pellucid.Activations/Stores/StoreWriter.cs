using Pellucid.Models;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Activations;

/// <summary>
/// Writes rows that are given as a store, shard by shard, as the harvester does: memory does not grow with their number, and a write that
/// was killed, or that is asked for more rows, goes on after its last full shard and ends with the bytes of an undisturbed one.
/// </summary>
public static class StoreWriter
{
    /// <summary>Writes into a folder, or opens it where it is finished.</summary>
    /// <param name="rows">What they are and how many.</param>
    /// <param name="fill">Makes them.</param>
    /// <param name="folder">Where the store goes.</param>
    /// <param name="progress">Told after each shard.</param>
    /// <param name="cancellationToken">Stops between shards; the same call goes on after the last full one.</param>
    /// <exception cref="PellucidException">
    /// The description is impossible, the folder of other rows or in use, a value not finite, a token outside the vocabulary, or the disk full.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static Task<ActivationStore> WriteAsync(
        GivenRows rows, RowFiller fill, string folder, IProgress<HarvestProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => Write(rows, fill, folder, progress, cancellationToken), cancellationToken);

    private static ActivationStore Write(
        GivenRows rows, RowFiller fill, string path, IProgress<HarvestProgress>? progress, CancellationToken cancellationToken)
    {
        Check(rows);
        DateTimeOffset started = DateTimeOffset.UtcNow;
        using HarvestFolder folder = HarvestFolder.Open(path, HarvestInputs.Of(rows));
        if (HarvestFolder.Finished(path, rows.Tokens) is { } finished)
        {
            return finished;
        }

        (UnitSummary full, List<int> shards) = (new UnitSummary(rows.Width, rows.Summary), []);
        if (folder.ReadState() is var (summary, tokens))
        {
            (full, shards) = (summary, [.. tokens]);
        }

        if (full.Tokens > rows.Tokens)
        {
            throw HarvestFolder.TooMany(path, full.Tokens, rows.Tokens);
        }

        folder.BeginWriting();
        UnitSummary whole = full;
        int shardRows = rows.SequenceLength * rows.ShardSequences;
        for (long done = full.Tokens; done < rows.Tokens; done += shards[^1])
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = (int)Math.Min(shardRows, rows.Tokens - done);
            UnitSummary part = WriteShard(rows, fill, Path.Combine(path, ActivationStore.ShardName(shards.Count)), done, count);
            shards.Add(count);
            if (count == shardRows)
            {
                full.Merge(part);
                folder.WriteState(full, shards);
            }
            else
            {
                whole = new UnitSummary(rows.Width, rows.Summary); // a shard that more rows will fill leaves the state as it is
                whole.Merge(full);
                whole.Merge(part);
            }

            progress?.Report(new HarvestProgress(done + count, rows.Tokens));
        }

        new RunRecord { Started = started, Finished = DateTimeOffset.UtcNow }.Write(path);
        folder.Finish(whole, shards);
        return ActivationStore.Open(path);
    }

    private static UnitSummary WriteShard(GivenRows rows, RowFiller fill, string path, long start, int count)
    {
        using Tensor activations = Tensor.Zeros(new Shape(count, rows.Width));
        using Tensor tokens = Tensor.Zeros(new Shape(count), DType.I32), sequences = Tensor.Empty(new Shape(count), DType.I32), positions = Tensor.Empty(new Shape(count), DType.I32);
        fill(start, activations, tokens.AsSpan<int>());
        UnitSummary summary = new(rows.Width, rows.Summary);
        for (int row = 0; row < count; row += rows.SequenceLength)
        {
            int sequence = (int)((start + row) / rows.SequenceLength), length = Math.Min(rows.SequenceLength, count - row);
            for (int position = 0; position < length; position++)
            {
                sequences.AsSpan<int>()[row + position] = sequence;
                positions.AsSpan<int>()[row + position] = position;
            }

            using Tensor values = activations.Slice(0, row, length);
            summary.Observe(sequence, 0, values);
        }

        foreach (int token in tokens.AsSpan<int>())
        {
            if ((uint)token >= (uint)rows.Vocabulary)
            {
                throw new PellucidException($"A row of {rows.Name} has token {token}; ids from 0 to {rows.Vocabulary - 1} were expected. Give a larger vocabulary.");
            }
        }

        summary.RequireRange(rows.Storage, rows.Hook);
        using Tensor stored = activations.To(rows.Storage);
        SafetensorsFile.Write(path, [new("activations", stored), new("tokens", tokens), new("sequences", sequences), new("positions", positions)]);
        return summary;
    }

    private static void Check(GivenRows rows)
    {
        string? problem = rows switch
        {
            { Tokens: < 1 } => $"{rows.Tokens} rows; at least 1 is needed",
            { Width: < 1 or > 1 << 24 } => $"a width of {rows.Width}; 1 to {1 << 24} is possible",
            { Vocabulary: < 1 } => $"a vocabulary of {rows.Vocabulary}; at least 1 is needed",
            { SequenceLength: < 1 } or { ShardSequences: < 1 } => $"sequences of {rows.SequenceLength} rows, {rows.ShardSequences} in a shard; at least 1 of each is needed",
            _ when (long)rows.SequenceLength * rows.ShardSequences > int.MaxValue => $"shards of {rows.SequenceLength} × {rows.ShardSequences} rows; at most {int.MaxValue} are possible",
            _ when rows.Tokens / rows.SequenceLength >= int.MaxValue => $"{rows.Tokens} rows in sequences of {rows.SequenceLength}; at most {int.MaxValue} sequences are possible",
            { Hash.Length: not 64 } => "a hash that is no SHA-256",
            { Storage: DType.I32 or DType.F64 } => $"storage {rows.Storage}; F32, BF16 or F16 is possible",
            _ => null,
        };
        if (problem is not null)
        {
            throw new PellucidException($"A store cannot have {problem}.");
        }
    }
}
