using Pellucid.Tensors.Sparse;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Active places in the order in which they were found, a list for each part of the work, and the way from there to codes: rows counted,
/// then each place put where its row's next one goes. A row's latents come in rising order. Grows; not for use from several threads,
/// though the parts may fill their own lists at once.
/// </summary>
internal sealed unsafe class EntryLists : IDisposable
{
    private readonly GrowingBuffer _counts = new();
    private List[] _lists = [];
    private int _parts;

    /// <summary>The list of a part.</summary>
    internal List this[int part] => _lists[part];

    internal void Begin(int parts)
    {
        int made = _lists.Length;
        if (made < parts)
        {
            Array.Resize(ref _lists, parts);
            for (int part = made; part < parts; part++)
            {
                _lists[part] = new List();
            }
        }

        _parts = parts;
        for (int part = 0; part < parts; part++)
        {
            _lists[part].Length = 0;
        }
    }

    /// <summary>Fills codes with the places that are larger than a value, and those equal to it whose key is at most <paramref name="lastTie"/>.</summary>
    internal void Write(SparseCodes codes, int rows, int latents, float threshold, ulong lastTie, int* names)
    {
        int* next = (int*)_counts.Reserve((rows + 1L) * sizeof(int));
        new Span<int>(next, rows + 1).Clear();
        long places = 0;
        for (int part = 0; part < _parts; part++)
        {
            places += _lists[part].Select(threshold, lastTie, next);
        }

        codes.Reserve(rows, latents, places);
        int* offsets = codes.OffsetsPointer;
        offsets[0] = 0;
        for (int row = 0; row < rows; row++)
        {
            offsets[row + 1] = offsets[row] + next[row];
            next[row] = offsets[row];
        }

        // Parts that share rows are ranges of latents: they follow each other. Parts of other rows write elsewhere.
        for (int part = 0; part < _parts; part++)
        {
            _lists[part].Scatter(next, codes.IndicesPointer, codes.ValuesPointer, names);
        }
    }

    /// <summary>The least of the <paramref name="count"/> largest of all lists, and the key of the last of equals that belongs to them.</summary>
    internal (float Threshold, ulong LastTie) Cut<TSimd, TVector>(long count, List scratch)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        scratch.Length = 0;
        for (int part = 0; part < _parts; part++)
        {
            scratch.Append(_lists[part]);
        }

        return scratch.Cut<TSimd, TVector>(count);
    }

    public void Dispose()
    {
        _counts.Dispose();
        foreach (List list in _lists)
        {
            list.Dispose();
        }

        _lists = [];
    }

    /// <summary>Values with their keys: row · 2^32 + latent.</summary>
    internal sealed class List : IDisposable
    {
        private readonly GrowingBuffer _values = new();
        private readonly GrowingBuffer _keys = new();
        private readonly GrowingBuffer _ties = new();
        private int _capacity;

        internal int Length { get; set; }

        internal float* Values => (float*)_values.Pointer;

        internal ulong* Keys => (ulong*)_keys.Pointer;

        /// <summary>Room for some more.</summary>
        internal void Extend(int more)
        {
            if (Length + more > _capacity)
            {
                int capacity = checked(Math.Max(Length + more, Math.Max(4096, _capacity * 2)));
                _values.Extend((long)Length * sizeof(float), (long)capacity * sizeof(float));
                _keys.Extend((long)Length * sizeof(ulong), (long)capacity * sizeof(ulong));
                _capacity = capacity;
            }
        }

        internal void Append(List other)
        {
            Extend(other.Length);
            new Span<float>(other.Values, other.Length).CopyTo(new Span<float>(Values + Length, other.Length));
            new Span<ulong>(other.Keys, other.Length).CopyTo(new Span<ulong>(Keys + Length, other.Length));
            Length += other.Length;
        }

        /// <summary>What separates the largest; of equal values those with the lowest keys are the larger.</summary>
        internal (float Threshold, ulong LastTie) Cut<TSimd, TVector>(long count)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            if (Length <= count)
            {
                return (0, 0);
            }

            (float threshold, int ties) = Candidates.Threshold<TSimd, TVector>(Values, Length, count);
            if (ties == 0)
            {
                return (threshold, 0);
            }

            ulong* tied = (ulong*)_ties.Reserve((long)Length * sizeof(ulong));
            int found = 0;
            for (int index = 0; index < Length; index++)
            {
                tied[found] = Keys[index];
                found += Values[index] == threshold ? 1 : 0;
            }

            new Span<ulong>(tied, found).Sort();
            return (threshold, tied[ties - 1]);
        }

        /// <summary>Keeps what <see cref="Cut"/> says; counts the rows of what is kept unless told not to.</summary>
        internal int Select(float threshold, ulong lastTie, int* counts)
        {
            int kept = 0;
            float* values = Values;
            ulong* keys = Keys;
            for (int index = 0; index < Length; index++)
            {
                float value = values[index];
                ulong key = keys[index];
                if (value > threshold || (value == threshold && key <= lastTie))
                {
                    values[kept] = value;
                    keys[kept++] = key;
                    if (counts != null)
                    {
                        counts[key >> 32]++;
                    }
                }
            }

            return Length = kept;
        }

        internal void Scatter(int* next, int* indices, float* to, int* names)
        {
            for (int index = 0; index < Length; index++)
            {
                int at = next[Keys[index] >> 32]++, latent = (int)(uint)Keys[index];
                indices[at] = names == null ? latent : names[latent];
                to[at] = Values[index];
            }
        }

        public void Dispose()
        {
            _values.Dispose();
            _keys.Dispose();
            _ties.Dispose();
            _capacity = 0;
        }
    }
}
