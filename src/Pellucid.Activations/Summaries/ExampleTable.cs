using Pellucid.Tensors;

namespace Pellucid.Activations;

/// <summary>For each group, the few examples with the smallest keys, in order; the result does not depend on the order of insertion.</summary>
internal sealed class ExampleTable(int groups, int slots)
{
    private readonly Example[] _examples = new Example[groups * slots];
    private readonly ulong[] _keys = new ulong[groups * slots];
    private readonly int[] _counts = new int[groups];

    internal ReadOnlySpan<Example> this[int group] => _examples.AsSpan(group * slots, _counts[group]);

    /// <summary>A key that puts larger values first; 0 and −0 are one value.</summary>
    internal static ulong Descending(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value + 0f);
        return ~((bits & 0x8000_0000) == 0 ? bits | 0x8000_0000 : ~bits);
    }

    internal void Insert(int group, ulong key, Example example)
    {
        int first = group * slots, count = _counts[group];
        if (slots == 0 || (count == slots && !Before(key, example, first + slots - 1)))
        {
            return;
        }

        int at = first + (count == slots ? slots - 1 : _counts[group]++);
        for (; at > first && Before(key, example, at - 1); at--)
        {
            (_keys[at], _examples[at]) = (_keys[at - 1], _examples[at - 1]);
        }

        (_keys[at], _examples[at]) = (key, example);
    }

    internal void Merge(ExampleTable other)
    {
        for (int group = 0; group < groups; group++)
        {
            for (int i = 0; i < other._counts[group]; i++)
            {
                Insert(group, other._keys[(group * slots) + i], other._examples[(group * slots) + i]);
            }
        }
    }

    /// <summary>[group, slot, 4]: sequence, start, length and the bits of the maximum; sequence −1 in an empty slot.</summary>
    internal Tensor ToTensor()
    {
        Tensor tensor = Tensor.Empty(new Shape(groups, slots, 4), DType.I32);
        Span<int> values = tensor.AsSpan<int>();
        for (int i = 0; i < _examples.Length; i++)
        {
            Example example = i % Math.Max(slots, 1) < _counts[i / Math.Max(slots, 1)] ? _examples[i] : new Example(-1, 0, 0, 0);
            ReadOnlySpan<int> row = [example.Sequence, example.Start, example.Length, BitConverter.SingleToInt32Bits(example.Max)];
            row.CopyTo(values[(i * 4)..]);
        }

        return tensor;
    }

    /// <summary>Takes in what <see cref="ToTensor"/> gave; false where an example is none.</summary>
    internal bool TryLoad(Tensor tensor, int window, Func<int, Example, ulong> key)
    {
        ReadOnlySpan<int> values = tensor.AsSpan<int>();
        for (int i = 0; i < _examples.Length; i++)
        {
            ReadOnlySpan<int> row = values.Slice(i * 4, 4);
            Example example = new(row[0], row[1], row[2], BitConverter.Int32BitsToSingle(row[3]));
            if (example.Sequence < 0)
            {
                continue;
            }

            if (example.Start < 0 || example.Length < 1 || example.Length > window || !float.IsFinite(example.Max))
            {
                return false;
            }

            Insert(i / slots, key(i / slots, example), example);
        }

        return true;
    }

    /// <summary>By key, then by place in the text, so that ties fall the same way in every order of insertion.</summary>
    private bool Before(ulong key, Example example, int at)
    {
        if (key != _keys[at])
        {
            return key < _keys[at];
        }

        Example other = _examples[at];
        return example.Sequence != other.Sequence ? example.Sequence < other.Sequence : example.Start < other.Start;
    }
}
