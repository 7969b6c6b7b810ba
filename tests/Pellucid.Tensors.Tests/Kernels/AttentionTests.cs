using Pellucid.Tensors.Kernels;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Tests.Kernels;

public sealed unsafe class AttentionTests
{
    /// <summary>Sizes that are multiples of nothing, and each of grouped queries, cache, window and cap with and without the others.</summary>
    private static readonly AttentionArguments[] Cases =
    [
        Case(1, 1, 1, 1, 1, 8, 0), Case(2, 1, 37, 4, 2, 8, 36), Case(1, 2, 50, 2, 1, 20, 48), Case(1, 1, 300, 6, 6, 48, 299),
        Case(2, 17, 17, 4, 4, 8, 0), Case(1, 9, 30, 4, 2, 5, 21), Case(1, 70, 70, 2, 2, 48, 0), Case(3, 10, 49, 6, 2, 64, 39),
        Case(1, 13, 100, 2, 2, 128, 87), Case(2, 11, 23, 3, 1, 16, 0, causal: false), Case(1, 1, 33, 3, 3, 33, 0, causal: false),
        Case(16, 12, 12, 2, 2, 24, 0), Case(1, 3, 8, 1, 1, 8, 0), Case(1, 8, 4, 1, 1, 1, 0), Case(1, 150, 150, 1, 1, 64, 0),
        Case(1, 49, 310, 2, 1, 12, 261), Case(1, 96, 131, 1, 1, 31, 0, causal: false), Case(1, 300, 300, 1, 1, 7, 0),
        Case(1, 70, 70, 2, 2, 20, 0, window: 1), Case(1, 150, 150, 2, 1, 17, 0, window: 5), Case(1, 60, 333, 1, 1, 9, 273, window: 100),
        Case(1, 1, 50, 2, 1, 20, 49, window: 7), Case(2, 2, 50, 2, 2, 64, 48, window: 64), Case(1, 190, 190, 1, 1, 8, 0, window: 48),
        Case(1, 51, 51, 2, 1, 16, 0, cap: 2), Case(1, 1, 40, 2, 1, 8, 39, cap: 0.5f), Case(1, 99, 140, 1, 1, 24, 41, window: 33, cap: 1),
        Case(1, 60, 60, 1, 1, 8, 0, causal: false, window: 20), Case(2, 5, 5, 2, 1, 3, 0, causal: false, cap: 3),
    ];

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Run_EveryShape_MatchesReference(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        for (int index = 0; index < Cases.Length; index++)
        {
            new AttentionCase(Cases[index], index).CheckForward();
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Gradient_EveryShape_MatchesReference(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        for (int index = 0; index < Cases.Length; index++)
        {
            new AttentionCase(Cases[index], index).CheckGradient();
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void RunAndGradient_AnyThreadCount_GiveTheSameBits(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        float[] first = [];
        foreach (int threads in new[] { 1, 2, 3 })
        {
            using WorkerPool pool = new(threads);
            using IDisposable use = Workers.Use(pool);
            AttentionCase checkedCase = new(Case(2, 150, 150, 4, 2, 24, 0), 9);
            float[] bits = [.. checkedCase.CheckForward().Span, .. checkedCase.CheckGradient()];
            first = threads == 1 ? bits : first;
            Assert.Equal(first, bits);
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Run_ScoresFarApart_DoNotOverflow(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);

        // Later blocks of keys have far larger scores than earlier ones, and the other way round.
        const int Count = 300;
        foreach (float sign in new[] { 1f, -1f })
        {
            Guarded q = new(Count), k = new(Count), v = new(Count), z = new(Count);
            for (int index = 0; index < Count; index++)
            {
                (q.Span[index], k.Span[index], v.Span[index]) = (1, sign * index * 5, index);
            }

            AttentionArguments arguments = Case(1, Count, Count, 1, 1, 1, 0);
            AttentionKernel.Run(arguments with { Q = q.Pointer, K = k.Pointer, V = v.Pointer, Z = z.Pointer, Scale = 1 });

            // The neighbours of the largest score weigh e^-5 and its powers.
            double share = Math.Exp(-5) / (1 - Math.Exp(-5));
            double[] expected = [.. Enumerable.Range(0, Count).Select(index => sign > 0 ? index - share : share)];
            for (int index = 20; index < Count; index++)
            {
                Assert.Equal(expected[index], z.Span[index], 1e-4); // of values up to 300
            }
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
            RotaryAngles angles = new(cosines.Pointer, sines.Pointer, size);
            Rotary.Rotate(x.Pointer, y.Pointer, strides, Batch, Positions, Heads, size, angles);
            y.AssertClose(expected, 0, 3e-7); // two products below 1 and their sum
            Rotary.Rotate(y.Pointer, back.Pointer, strides, Batch, Positions, Heads, size, angles, inverse: true);
            back.AssertClose(x.Doubles, 0, 6e-7);
            Rotary.Rotate(x.Pointer, x.Pointer, strides, Batch, Positions, Heads, size, angles);
            Assert.True(x.Span.SequenceEqual(y.Span));
        }
    }

    /// <summary>Some dimensions of a head alone, at positions of each row's own, as in a batch that is padded in front.</summary>
    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Rotate_PartAtPlaces_MatchesReferenceAndLeavesTheRest(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach ((int size, int turned) in new[] { (2, 2), (7, 4), (16, 4), (48, 34), (66, 32) })
        {
            const int Batch = 3, Positions = 5, Heads = 2;
            int half = turned / 2;
            Guarded x = Guarded.Random(Batch * Positions * Heads * size, size), y = new(x.Length), back = new(x.Length);
            Guarded cosines = new(11 * half), sines = new(11 * half);
            for (int index = 0; index < cosines.Length; index++)
            {
                (sines.Span[index], cosines.Span[index]) = MathF.SinCos(index);
            }

            int[] places = [.. Enumerable.Range(0, Batch * Positions).Select(item => item * 7 % 11)];
            double[] expected = x.Doubles;
            for (int vector = 0; vector < Batch * Positions * Heads; vector++)
            {
                int at = places[vector / Heads] * half;
                Reference.Rotate<double>(
                    expected.AsSpan(vector * size, turned), cosines.Doubles.AsSpan(at, half), sines.Doubles.AsSpan(at, half));
            }

            HeadStrides strides = HeadStrides.Contiguous(Positions, Heads, size);
            fixed (int* place = places)
            {
                RotaryAngles angles = new(cosines.Pointer, sines.Pointer, turned, place);
                Rotary.Rotate(x.Pointer, y.Pointer, strides, Batch, Positions, Heads, size, angles);
                Rotary.Rotate(y.Pointer, back.Pointer, strides, Batch, Positions, Heads, size, angles, inverse: true);
            }

            y.AssertClose(expected, 0, 3e-7); // two products below 1 and their sum
            back.AssertClose(x.Doubles, 0, 6e-7);
        }
    }

    /// <summary>A sequence that is padded, in front or behind, has the same bits as alone; what padding asks is answered with zeros.</summary>
    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void RunAndGradient_RangesOfKeys_AreEachSequenceAlone(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        (AttentionArguments Case, int[] Ranges)[] cases =
        [
            (Case(3, 60, 60, 4, 2, 12, 0), [0, 60, 13, 60, 59, 60]), (Case(4, 20, 20, 2, 2, 8, 0, causal: false), [0, 20, 0, 7, 5, 20, 9, 9]),
            (Case(3, 1, 31, 2, 1, 16, 30), [0, 31, 30, 31, 4, 31]), (Case(3, 50, 50, 2, 1, 9, 0, window: 6, cap: 1), [0, 50, 20, 50, 0, 11]),
            (Case(2, 5, 40, 2, 1, 20, 35), [38, 40, 0, 40]), (Case(5, 3, 3, 1, 1, 4, 0), [0, 3, 0, 3, 1, 3, 1, 3, 2, 3]),
            (Case(2, 2, 9, 2, 2, 8, 7, window: 3), [0, 9, 8, 9]),
        ];
        foreach ((AttentionArguments one, int[] ranges) in cases)
        {
            new AttentionCase(one, 5).CheckRanges(ranges);
        }
    }

    private static AttentionArguments Case(
        int batch, int queries, int keys, int heads, int keyHeads, int size, int offset, bool causal = true, int window = 0, float cap = 0) =>
        new()
        {
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
            Scale = 1 / MathF.Sqrt(size),
            Causal = causal,
            QueryOffset = offset,
            Window = window,
            SoftCap = cap,
        };
}
