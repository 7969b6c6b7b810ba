using Pellucid.Tensors;

namespace Pellucid.Activations;

/// <summary>One shard of a store in memory. Owns its arrays.</summary>
/// <param name="Activations">[rows, width], F32.</param>
/// <param name="Tokens">[rows] token ids.</param>
/// <param name="Sequences">[rows] sequence of each row.</param>
/// <param name="Positions">[rows] position of each row in its sequence.</param>
public sealed record StoreShard(Tensor Activations, Tensor Tokens, Tensor Sequences, Tensor Positions) : IDisposable
{
    /// <summary>The rows of each sequence: index of the sequence, first row, number of rows.</summary>
    public IEnumerable<(int Sequence, int FirstRow, int Rows)> BySequence()
    {
        int[] ids = Sequences.AsSpan<int>().ToArray();
        for (int start = 0, row = 1; row <= ids.Length; row++)
        {
            if (row == ids.Length || ids[row] != ids[start])
            {
                yield return (ids[start], start, row - start);
                start = row;
            }
        }
    }

    /// <summary>The position of a row in its sequence.</summary>
    internal int PositionOf(int row) => Positions.AsSpan<int>()[row];

    /// <inheritdoc/>
    public void Dispose()
    {
        Activations.Dispose();
        Tokens.Dispose();
        Sequences.Dispose();
        Positions.Dispose();
    }
}
