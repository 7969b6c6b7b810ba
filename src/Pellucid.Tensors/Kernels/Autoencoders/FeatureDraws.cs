using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Pellucid.Tensors.Autoencoders;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// The examples that the models of a block share. A feature of an example is two numbers: p, uniform on (0, 1), and a value v; a model of
/// sparsity S has the feature v where p &gt; S, and 0 elsewhere. So each model sees examples of its own distribution, and models of one block
/// see the same chance. Each number depends on seed, block, step, example and feature alone.
/// </summary>
internal readonly unsafe struct FeatureDraws(AutoencoderOptions options)
{
    /// <summary>Features that are drawn at once, from eight Philox blocks: their first and second words, then their third and fourth.</summary>
    internal const int Unit = 2 * Counters;

    private const int Counters = 8;
    private const float Step = 1f / (1 << 23);

    private readonly int _features = options.Features;
    private readonly int _batch = options.Batch;
    private readonly int _group = options.Group;
    private readonly FeatureDependence _dependence = options.Dependence;
    private readonly uint _sign = options.Signed ? 1u : 0;
    private readonly ulong _seed = (ulong)options.Seed;

    /// <summary>Floats that <see cref="Fill"/> writes for so many examples.</summary>
    internal static long Floats(long examples, int features) => ((examples * features) + Unit - 1) / Unit * Unit * 2;

    /// <summary>Draws examples of a step: [example, feature, (p, v)].</summary>
    /// <param name="stream">The block.</param>
    /// <param name="step">From 0.</param>
    /// <param name="example">The first in the step's batch; a multiple of <see cref="Unit"/>.</param>
    /// <param name="count">How many.</param>
    /// <param name="wide">Whether to use 256-bit vectors, which gives the same bits.</param>
    /// <param name="draws">Receives them; as long as <see cref="Floats"/> says.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Fill(long stream, long step, int example, int count, bool wide, float* draws)
    {
        long units = Floats(count, _features) / (2 * Unit), stepUnits = Floats(_batch, _features) / (2 * Unit);
        ulong first = (ulong)((step * stepUnits) + ((long)example * _features / Unit)) * Counters;
        for (long unit = 0; unit < units; unit++)
        {
            ulong* words = (ulong*)(draws + (unit * 2 * Unit));
            ulong counter = first + ((ulong)unit * Counters);
            if (wide)
            {
                Words(counter, (ulong)stream, words);
                Words(counter + (Counters / 2), (ulong)stream, words + (Counters / 2));
            }
            else
            {
                PlainWords(counter, (ulong)stream, words);
            }

            Convert((uint*)words);
        }

        if (_dependence != FeatureDependence.Independent)
        {
            for (int at = 0; at < count; at++)
            {
                Relate(draws + ((nint)at * _features * 2));
            }
        }
    }

    /// <summary>Four Philox blocks at once, a block a 64-bit lane: a product takes the lower half of a lane, whatever its upper half holds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Words(ulong counter, ulong stream, ulong* words)
    {
        Vector256<uint> m0 = Vector256.Create(0xD2511F53UL).AsUInt32(), m1 = Vector256.Create(0xCD9E8D57UL).AsUInt32();
        Vector256<ulong> c0 = Vector256.Create(counter) + Vector256.Create(0UL, 1, 2, 3), c1 = Vector256.ShiftRightLogical(c0, 32);
        Vector256<ulong> c2 = Vector256.Create(stream), c3 = Vector256.ShiftRightLogical(c2, 32);
        uint k0 = (uint)_seed, k1 = (uint)(_seed >> 32);
        for (int round = 0; round < 10; round++)
        {
            Vector256<ulong> p0 = Avx2.Multiply(m0, c0.AsUInt32()), p1 = Avx2.Multiply(m1, c2.AsUInt32());
            c0 = Vector256.ShiftRightLogical(p1, 32) ^ c1 ^ Vector256.Create((ulong)k0);
            c2 = Vector256.ShiftRightLogical(p0, 32) ^ c3 ^ Vector256.Create((ulong)k1);
            (c1, c3) = (p1, p0);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }

        Vector256<ulong> lower = Vector256.Create(0xFFFFFFFFUL);
        Vector256.Store((c0 & lower) | Vector256.ShiftLeft(c1, 32), words);
        Vector256.Store((c2 & lower) | Vector256.ShiftLeft(c3, 32), words + Counters);
    }

    private void PlainWords(ulong counter, ulong stream, ulong* words)
    {
        Span<uint> block = stackalloc uint[4];
        for (int at = 0; at < Counters; at++)
        {
            SeededRandom.Philox(counter + (ulong)at, stream, _seed, block);
            words[at] = block[0] | ((ulong)block[1] << 32);
            words[at + Counters] = block[2] | ((ulong)block[3] << 32);
        }
    }

    /// <summary>Words to numbers, in place: the upper 23 bits to the middles of as many parts of (0, 1); the lowest bit, which is in no number, is a sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Convert(uint* words)
    {
        Vector256<uint> sign = Vector256.Create((ulong)_sign << 32).AsUInt32(); // of values, every second number
        Vector256<float> half = Vector256.Create(0.5f * Step), scale = Vector256.Create(Step);
        for (int at = 0; at < 2 * Unit; at += Vector256<uint>.Count)
        {
            Vector256<uint> word = Vector256.Load(words + at);

            // Both the product and the sum are exact, so that fused or not gives the same.
            Vector256<float> number = (Vector256.ConvertToSingle(Vector256.ShiftRightLogical(word, 9).AsInt32()) * scale) + half;
            Vector256.Store(number.AsUInt32() ^ Vector256.ShiftLeft(word & sign, 31), words + at);
        }
    }

    /// <summary>Lets the first of a group speak for all of it; of an exclusive group, the second's number says which one it is.</summary>
    private void Relate(float* row)
    {
        for (int first = 0; first < _features; first += _group)
        {
            float* group = row + (2 * first);
            float presence = group[0];
            int chosen = _dependence == FeatureDependence.Exclusive ? Math.Min((int)(group[2] * _group), _group - 1) : -1;
            for (int member = 0; member < _group; member++)
            {
                group[2 * member] = chosen < 0 || member == chosen ? presence : -1;
            }
        }
    }
}
