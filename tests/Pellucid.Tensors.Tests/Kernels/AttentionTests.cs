using Pellucid.Tensors.Kernels;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Tests.Kernels;

public sealed unsafe class AttentionTests
{
    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Run_EveryShape_MatchesReference(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        (int Batch, int Queries, int Keys, int Heads, int KeyHeads, int Size, int Offset, bool Causal)[] cases =
        [
            (1, 1, 1, 1, 1, 8, 0, true), (2, 1, 37, 4, 2, 8, 36, true), (1, 2, 50, 2, 1, 20, 48, true), (1, 1, 300, 6, 6, 48, 299, true),
            (2, 17, 17, 4, 4, 8, 0, true), (1, 9, 30, 4, 2, 5, 21, true), (1, 70, 70, 2, 2, 48, 0, true), (3, 10, 49, 6, 2, 64, 39, true),
            (1, 13, 100, 2, 2, 128, 87, true), (2, 11, 23, 3, 1, 16, 0, false), (1, 1, 33, 3, 3, 33, 0, false),
            (16, 12, 12, 2, 2, 24, 0, true),
            (1, 3, 8, 1, 1, 8, 0, true), (1, 8, 4, 1, 1, 1, 0, true),
        ];
        for (int index = 0; index < cases.Length; index++)
        {
            (int batch, int queries, int keys, int heads, int keyHeads, int size, int offset, bool causal) = cases[index];
            Check(batch, queries, keys, heads, keyHeads, size, offset, causal, index);
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Run_AnyThreadCount_GivesTheSameBits(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        Guarded first = new(0);
        foreach (int threads in new[] { 1, 2, 3 })
        {
            using WorkerPool pool = new(threads);
            using IDisposable use = Workers.Use(pool);
            Guarded z = Check(2, 150, 150, 4, 2, 24, 0, true, 9);
            first = threads == 1 ? z : first;
            Assert.True(first.Span.SequenceEqual(z.Span), $"{threads} threads");
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Run_FusedStrides_EqualsContiguous(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        const int Batch = 2, Positions = 21, Heads = 3, Size = 20, Width = Heads * Size;
        Guarded fused = Guarded.Random(Batch * Positions * 3 * Width, 4);
        Guarded q = new(Batch * Positions * Width), k = new(q.Length), v = new(q.Length), expected = new(q.Length), z = new(q.Length);
        for (int position = 0; position < Batch * Positions; position++)
        {
            Span<float> row = fused.Span.Slice(position * 3 * Width, 3 * Width);
            row[..Width].CopyTo(q.Span[(position * Width)..]);
            row[Width..(2 * Width)].CopyTo(k.Span[(position * Width)..]);
            row[(2 * Width)..].CopyTo(v.Span[(position * Width)..]);
        }

        HeadStrides plain = HeadStrides.Contiguous(Positions, Heads, Size), strides = new(3 * Positions * Width, 3 * Width, Size);
        AttentionArguments arguments = new()
        {
            Q = q.Pointer,
            K = k.Pointer,
            V = v.Pointer,
            Z = expected.Pointer,
            StridesQ = plain,
            StridesK = plain,
            StridesV = plain,
            StridesZ = plain,
            Batch = Batch,
            Queries = Positions,
            Keys = Positions,
            Heads = Heads,
            KeyHeads = Heads,
            Size = Size,
            Scale = 0.2f,
            Causal = true,
        };
        AttentionKernel.Run(arguments);
        AttentionKernel.Run(arguments with
        {
            Q = fused.Pointer,
            K = fused.Pointer + Width,
            V = fused.Pointer + (2 * Width),
            Z = z.Pointer,
            StridesQ = strides,
            StridesK = strides,
            StridesV = strides,
        });
        Assert.True(z.Span.SequenceEqual(expected.Span));
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Rotate_EverySize_MatchesReferenceAndTurnsBack(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach (int size in new[] { 2, 6, 8, 32, 48, 64, 66 })
        {
            const int Batch = 2, Positions = 9, Heads = 3;
            int half = size / 2;
            Guarded x = Guarded.Random(Batch * Positions * Heads * size, size), y = new(x.Length), back = new(x.Length);
            Guarded cosines = new(Positions * half), sines = new(Positions * half);
            for (int index = 0; index < cosines.Length; index++)
            {
                (float sine, float cosine) = MathF.SinCos(index);
                (sines.Span[index], cosines.Span[index]) = (sine, cosine);
            }

            double[] expected = x.Doubles;
            for (int vector = 0; vector < Batch * Positions * Heads; vector++)
            {
                int at = vector / Heads % Positions * half;
                Reference.Rotate<double>(
                    expected.AsSpan(vector * size, size), cosines.Doubles.AsSpan(at, half), sines.Doubles.AsSpan(at, half));
            }

            HeadStrides strides = HeadStrides.Contiguous(Positions, Heads, size);
            Rotary.Rotate(x.Pointer, y.Pointer, strides, Batch, Positions, Heads, size, cosines.Pointer, sines.Pointer);
            y.AssertClose(expected, 0, 3e-7); // two products below 1 and their sum
            Rotary.Rotate(y.Pointer, back.Pointer, strides, Batch, Positions, Heads, size, cosines.Pointer, sines.Pointer, inverse: true);
            back.AssertClose(x.Doubles, 0, 6e-7);
            Rotary.Rotate(x.Pointer, x.Pointer, strides, Batch, Positions, Heads, size, cosines.Pointer, sines.Pointer);
            Assert.True(x.Span.SequenceEqual(y.Span));
        }
    }

    private static Guarded Check(int batch, int queries, int keys, int heads, int keyHeads, int size, int offset, bool causal, int seed)
    {
        Guarded q = Guarded.Random(batch * queries * heads * size, seed, 3), z = new(q.Length);
        Guarded k = Guarded.Random(batch * keys * keyHeads * size, seed + 1), v = Guarded.Random(k.Length, seed + 2);
        float scale = 1 / MathF.Sqrt(size);
        AttentionArguments arguments = new()
        {
            Q = q.Pointer,
            K = k.Pointer,
            V = v.Pointer,
            Z = z.Pointer,
            StridesQ = HeadStrides.Contiguous(queries, heads, size),
            StridesK = HeadStrides.Contiguous(keys, keyHeads, size),
            StridesV = HeadStrides.Contiguous(keys, keyHeads, size),
            StridesZ = HeadStrides.Contiguous(queries, heads, size),
            Batch = batch,
            Queries = queries,
            Keys = keys,
            Heads = heads,
            KeyHeads = keyHeads,
            Size = size,
            Scale = scale,
            Causal = causal,
            QueryOffset = offset,
        };
        AttentionKernel.Run(arguments);

        double[] qs = q.Doubles, ks = k.Doubles, vs = v.Doubles, expected = new double[z.Length];
        for (int vector = 0; vector < batch * queries * heads; vector++)
        {
            int head = vector % heads, query = vector / heads % queries, item = vector / heads / queries;
            int at = ((item * keys * keyHeads) + (head / (heads / keyHeads))) * size;
            int seen = causal ? Math.Min(keys, offset + query + 1) : keys;
            Reference.Attend<double>(
                qs.AsSpan(vector * size, size), ks.AsSpan(at), vs.AsSpan(at), keyHeads * size, seen, scale,
                expected.AsSpan(vector * size, size));
        }

        // Scores of size up to 3·sqrt(d) carry some 1e-6 of rounding, which the exponential makes relative; values are below 1.
        z.AssertClose(expected, 0, 4e-6);
        return z;
    }
}
