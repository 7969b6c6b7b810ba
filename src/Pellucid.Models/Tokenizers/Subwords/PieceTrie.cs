namespace Pellucid.Models.Tokenizers.Subwords;

/// <summary>All pieces that begin at a place of a text, found in one walk: a tree whose edges are UTF-16 units. Immutable.</summary>
internal sealed class PieceTrie
{
    internal const int Root = 0;

    private readonly int[] _firstEdge;
    private readonly char[] _units;
    private readonly int[] _targets;
    private readonly int[] _values;

    private PieceTrie(int[] firstEdge, char[] units, int[] targets, int[] values) => (_firstEdge, _units, _targets, _values) = (firstEdge, units, targets, values);

    /// <summary>A tree of pieces, none of them empty, each with a value of 0 or more.</summary>
    internal static PieceTrie Of(IEnumerable<(string Piece, int Value)> pieces)
    {
        (string Piece, int Value)[] sorted = [.. pieces.Where(piece => piece.Piece.Length > 0)];
        Array.Sort(sorted, static (left, right) => string.CompareOrdinal(left.Piece, right.Piece));
        List<int> firstEdge = [], targets = [], values = [];
        List<char> units = [];
        Queue<(int From, int To, int Depth)> nodes = new();
        nodes.Enqueue((0, sorted.Length, 0));
        for (int made = 1; nodes.TryDequeue(out (int From, int To, int Depth) node);)
        {
            firstEdge.Add(units.Count);
            int at = node.From, value = -1;
            for (; at < node.To && sorted[at].Piece.Length == node.Depth; at++)
            {
                value = value < 0 ? sorted[at].Value : value;
            }

            values.Add(value);
            while (at < node.To)
            {
                int first = at;
                char unit = sorted[at].Piece[node.Depth];
                while (at < node.To && sorted[at].Piece[node.Depth] == unit)
                {
                    at++;
                }

                units.Add(unit);
                targets.Add(made++);
                nodes.Enqueue((first, at, node.Depth + 1));
            }
        }

        firstEdge.Add(units.Count);
        return new PieceTrie([.. firstEdge], [.. units], [.. targets], [.. values]);
    }

    /// <summary>The node after a unit; −1 where no piece goes on so.</summary>
    internal int Next(int node, char unit)
    {
        (int low, int high) = (_firstEdge[node], _firstEdge[node + 1]);
        int at = _units.AsSpan(low, high - low).BinarySearch(unit);
        return at < 0 ? -1 : _targets[low + at];
    }

    /// <summary>The value of the piece that ends at a node; −1 where none does.</summary>
    internal int ValueAt(int node) => _values[node];

    /// <summary>The longest piece that begins at a place.</summary>
    /// <returns>Its length and value; (0, −1) where there is none.</returns>
    internal (int Length, int Value) Longest(ReadOnlySpan<char> text)
    {
        (int length, int value) = (0, -1);
        for (int node = Root, at = 0; at < text.Length && (node = Next(node, text[at])) >= 0;)
        {
            at++;
            if (_values[node] >= 0)
            {
                (length, value) = (at, _values[node]);
            }
        }

        return (length, value);
    }

    /// <summary>The units with which pieces begin.</summary>
    internal ReadOnlySpan<char> FirstUnits => _units.AsSpan(0, _firstEdge[1]);
}
