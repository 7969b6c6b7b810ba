using Pellucid.Activations;
using Pellucid.Tensors;

namespace Pellucid.Dictionaries.Training;

/// <summary>
/// The rows of a store in a seeded random order, epoch after epoch, from any place on. Each epoch the shards come in a new order and are
/// taken into memory in groups that fit the buffer (at least one shard); within a group the rows come in a new order. The order depends
/// on the store, the seed and the buffer's size alone. Owns its buffer.
/// </summary>
internal sealed class RowStream(ActivationStore store, long seed, long maxBufferBytes) : IDisposable
{
    private const ulong ShardOrder = 0x5A4D;
    private const ulong RowOrder = 0x0DE4;

    private readonly int _width = store.Manifest.Width;
    private long _epoch = -1;
    private int[][] _groups = [];
    private (long Epoch, int Group) _current = (-1, -1);
    private int[] _loaded = [];
    private int[] _order = [];
    private Tensor? _buffer;

    /// <summary>Copies the rows from place <paramref name="start"/> of the stream on.</summary>
    /// <param name="start">Rows that came before.</param>
    /// <param name="to">[rows, d_in].</param>
    internal void Read(long start, Tensor to)
    {
        for (int row = 0; row < to.Shape[0];)
        {
            (long epoch, long place) = Math.DivRem(start + row, store.Rows);
            int first = Enter(epoch, place);
            int count = Math.Min(_order.Length - first, to.Shape[0] - row);
            for (int i = 0; i < count; i++)
            {
                _buffer!.Row(_order[first + i]).CopyTo(to.Row(row + i));
            }

            row += count;
        }
    }

    public void Dispose() => _buffer?.Dispose();

    /// <summary>Brings the group that holds a place of an epoch into memory; returns the place within the group.</summary>
    private int Enter(long epoch, long place)
    {
        if (epoch != _epoch)
        {
            (_epoch, _groups) = (epoch, Groups(epoch));
        }

        int group = 0;
        for (long rows; place >= (rows = RowsOf(_groups[group])); group++)
        {
            place -= rows;
        }

        if (_current != (epoch, group))
        {
            Load(_groups[group]);
            _order = [.. Enumerable.Range(0, _buffer!.Shape[0])];
            Random(RowOrder, epoch, group).Shuffle<int>(_order);
            _current = (epoch, group);
        }

        return (int)place;
    }

    private int[][] Groups(long epoch)
    {
        int[] shards = [.. Enumerable.Range(0, store.Shards)];
        Random(ShardOrder, epoch, 0).Shuffle<int>(shards);
        List<int[]> groups = [];
        List<int> group = [];
        long most = Math.Min(maxBufferBytes / (_width * sizeof(float)), int.MaxValue), rows = 0;
        foreach (int shard in shards)
        {
            int more = store.Manifest.ShardTokens[shard];
            if (group.Count > 0 && rows + more > most)
            {
                groups.Add([.. group.Order()]);
                group.Clear();
                rows = 0;
            }

            group.Add(shard);
            rows += more;
        }

        return [.. groups, [.. group.Order()]];
    }

    private void Load(int[] shards)
    {
        if (_loaded.AsSpan().SequenceEqual(shards))
        {
            return;
        }

        _buffer?.Dispose();
        _buffer = Tensor.Empty(new Shape((int)RowsOf(shards), _width));
        int at = 0;
        foreach (int shard in shards)
        {
            using StoreShard rows = store.ReadShard(shard);
            int count = rows.Activations.Shape[0];
            using Tensor place = _buffer.Slice(0, at, count);
            rows.Activations.AsSpan().CopyTo(place.AsSpan());
            at += count;
        }

        _loaded = shards;
    }

    private long RowsOf(int[] shards) => shards.Sum(shard => (long)store.Manifest.ShardTokens[shard]);

    private SeededRandom Random(ulong purpose, long epoch, int group) =>
        new(seed, unchecked((long)SeededRandom.Hash(purpose, (ulong)epoch, (ulong)group)));
}
