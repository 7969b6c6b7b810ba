using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// The gradient of attention, without an array of all scores (Dao et al. 2022, arXiv:2205.14135, appendix B.2): with weights P, made anew
/// from queries and keys, and D = Σ dZ · Z of each query, dV = Pᵀ dZ, dP = dZ Vᵀ, dS = P (dP - D), dQ = scale · dS K, dK = scale · dSᵀ Q;
/// a soft cap multiplies dS by 1 - tanh². One item is a key head with all heads of its group, in order, so that dK and dV are summed by one
/// thread. Unlike the paper's, a block of queries holds its weights of all keys, and no statistics are kept from the forward pass. Arrays
/// are transposed as in <see cref="AttentionBlocks"/>.
/// </summary>
internal readonly unsafe struct AttentionGradient(AttentionArguments arguments, float* dZ, float* dQ, float* dK, float* dV) : IRangeKernel
{
    /// <summary>Keys whose gradients of scores, 12 KB, are made and used up at once.</summary>
    internal const int KeyBlock = 64;
    private const int Lanes = QueryBlock.Lanes;
    private const int Panel = Tile.PanelRows;

    private readonly AttentionArguments _arguments = arguments;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int group = _arguments.Heads / _arguments.KeyHeads;
        AttentionGradientSpace space = new(_arguments, TSimd.Width);

        // The columns beyond the head size are computed with, but never read.
        Clear(space.QueryRows, (long)Lanes * space.Width);
        Clear(space.UpperRows, (long)Lanes * space.Width);
        for (long item = start; item < end; item++)
        {
            long keyHead = item % _arguments.KeyHeads, batch = item / _arguments.KeyHeads;
            PackKeys(space, batch, keyHead);
            for (long head = keyHead * group; head < (keyHead + 1) * group; head++)
            {
                for (int query = 0; query < _arguments.Queries; query += Lanes)
                {
                    QueryBlock block = new(_arguments, query, Math.Min(Lanes, _arguments.Queries - query), TSimd.Width);
                    PackQueries<TSimd, TVector>(space, batch, head, block);
                    Weigh<TSimd, TVector>(space, block);
                    for (int key = block.FirstKey / Panel * Panel; key < block.EndKey; key += KeyBlock)
                    {
                        int last = Math.Min(key + KeyBlock, block.EndKey);
                        Differentiate<TSimd, TVector>(space, block, key, last);
                        AddKeys<TSimd, TVector>(space, block, key, last);
                        AddQueries<TSimd, TVector>(space, block, key, last);
                    }

                    ScaleOperation scale = new(_arguments.Scale);
                    long length = (long)_arguments.Size * Lanes;
                    new UnaryKernel<ScaleOperation>(scale, space.QueryGradients, space.QueryGradients).Run<TSimd, TVector>(0, length);
                    float* target = dQ + _arguments.StridesQ.Offset(batch, query, head);
                    Packing.Interleave(space.QueryGradients, Lanes, _arguments.Size, block.Count, target, _arguments.StridesQ.Position);
                }
            }

            CopyRows(space.KeyGradients, space.Width, dK + _arguments.StridesK.Offset(batch, 0, keyHead), _arguments.StridesK.Position);
            CopyRows(space.ValueGradients, space.Width, dV + _arguments.StridesV.Offset(batch, 0, keyHead), _arguments.StridesV.Position);
        }
    }

    private void PackKeys(in AttentionGradientSpace space, long batch, long keyHead)
    {
        (int keys, int size) = (_arguments.Keys, _arguments.Size);
        float* k = _arguments.K + _arguments.StridesK.Offset(batch, 0, keyHead);
        float* v = _arguments.V + _arguments.StridesV.Offset(batch, 0, keyHead);
        Packing.PackRows(k, _arguments.StridesK.Position, 1, keys, size, space.KeyPanels);
        Packing.PackRows(k, 1, _arguments.StridesK.Position, size, keys, space.KeyColumns);
        Packing.PackRows(v, _arguments.StridesV.Position, 1, keys, size, space.ValuePanels);
        Clear(space.KeyGradients, (long)keys * space.Width);
        Clear(space.ValueGradients, (long)keys * space.Width);
    }

    /// <summary>A block's q · scale and dz as columns and as rows, D of each lane, and dq = 0.</summary>
    private void PackQueries<TSimd, TVector>(in AttentionGradientSpace space, long batch, long head, in QueryBlock block)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int size = _arguments.Size;
        float* q = _arguments.Q + _arguments.StridesQ.Offset(batch, block.First, head);
        nint offset = _arguments.StridesZ.Offset(batch, block.First, head), stride = _arguments.StridesZ.Position;
        Packing.PackColumns(q, 1, _arguments.StridesQ.Position, size, block.Count, space.Queries);
        ScaleOperation scale = new(_arguments.Scale);
        new UnaryKernel<ScaleOperation>(scale, space.Queries, space.Queries).Run<TSimd, TVector>(0, (long)size * Lanes);
        Packing.PackColumns(dZ + offset, 1, stride, size, block.Count, space.UpperColumns);
        Clear(space.QueryGradients, (long)size * Lanes);
        Clear(space.Dots, Lanes);
        for (int lane = 0; lane < block.Count; lane++)
        {
            float* row = q + (lane * _arguments.StridesQ.Position), upper = dZ + offset + (lane * stride);
            new UnaryKernel<ScaleOperation>(scale, row, space.QueryRows + (lane * space.Width)).Run<TSimd, TVector>(0, size);
            Unsafe.CopyBlockUnaligned(space.UpperRows + (lane * space.Width), upper, (uint)size * sizeof(float));
            space.Dots[lane] = Reductions.Dot<TSimd, TVector>(upper, _arguments.Z + offset + (lane * stride), size);
        }
    }

    /// <summary>A block's weights of all keys, not yet divided by their sums, whose inverses are kept.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Weigh<TSimd, TVector>(in AttentionGradientSpace space, in QueryBlock block)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int size = _arguments.Size;
        for (int key = block.FirstKey / Panel * Panel; key < block.EndKey; key += Panel)
        {
            int count = Math.Min(Panel, block.EndKey - key);
            (int lane, int lastLane) = block.LanesOf(key, count);
            PanelProduct.Multiply<TSimd, TVector>(
                count, lastLane - lane, space.KeyPanels + ((nint)key * size), space.Queries + lane, Lanes, size,
                space.Weights + ((nint)key * Lanes) + lane, Lanes, false);
        }

        for (int lane = 0; lane < block.Width; lane += TSimd.Width)
        {
            (int start, int end) = block.KeysOf(lane, block.FirstKey, block.EndKey);
            nint at = ((nint)start * Lanes) + lane;
            if (_arguments.SoftCap != 0)
            {
                LaneSoftmax.Cap<TSimd, TVector>(space.Weights + at, space.Slopes + at, end - start, _arguments.SoftCap);
            }

            block.Mask<TSimd, TVector>(space.Weights + at, lane, start, end);
            TVector largest = TSimd.Broadcast(float.MinValue), sum = TSimd.Broadcast(0);
            largest = LaneSoftmax.Largest<TSimd, TVector>(space.Weights + at, end - start, largest);
            sum = LaneSoftmax.Exponentials<TSimd, TVector>(space.Weights + at, end - start, largest, sum);
            TSimd.Store(space.Factors + lane, TSimd.Divide(TSimd.Broadcast(1), sum));
        }
    }

    /// <summary>Of a block of keys: dP, then P and dS in the places of the exponentials and of dP.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Differentiate<TSimd, TVector>(in AttentionGradientSpace space, in QueryBlock block, int first, int last)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int size = _arguments.Size;
        for (int key = first; key < last; key += Panel)
        {
            int count = Math.Min(Panel, last - key);
            (int lane, int lastLane) = block.LanesOf(key, count);
            PanelProduct.Multiply<TSimd, TVector>(
                count, lastLane - lane, space.ValuePanels + ((nint)key * size), space.UpperColumns + lane, Lanes, size,
                space.ScoreGradients + ((nint)(key - first) * Lanes) + lane, Lanes, false);
        }

        for (int lane = 0; lane < block.Width; lane += TSimd.Width)
        {
            (int start, int end) = block.KeysOf(lane, first, last);
            TVector factor = TSimd.Load(space.Factors + lane), dot = TSimd.Load(space.Dots + lane);
            float* weights = space.Weights + ((nint)first * Lanes) + lane, gradients = space.ScoreGradients + lane;
            float* slopes = space.Slopes == null ? null : space.Slopes + ((nint)first * Lanes) + lane;
            LaneSoftmax.Clear<TSimd, TVector>(weights, start - first);
            LaneSoftmax.Clear<TSimd, TVector>(gradients, start - first);
            for (nint at = (nint)(start - first) * Lanes; at < (nint)(end - first) * Lanes; at += Lanes)
            {
                TVector weight = TSimd.Multiply(TSimd.Load(weights + at), factor);
                TVector gradient = TSimd.Multiply(weight, TSimd.Subtract(TSimd.Load(gradients + at), dot));
                TSimd.Store(weights + at, weight);
                TSimd.Store(gradients + at, slopes == null ? gradient : TSimd.Multiply(gradient, TSimd.Load(slopes + at)));
            }

            LaneSoftmax.Clear<TSimd, TVector>(weights + ((nint)(end - first) * Lanes), last - end);
            LaneSoftmax.Clear<TSimd, TVector>(gradients + ((nint)(end - first) * Lanes), last - end);
        }
    }

    /// <summary>dV += Pᵀ dZ and dK += dSᵀ Q · scale, for the queries of the block; panels of P and dS are turned to [query][8 keys].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddKeys<TSimd, TVector>(in AttentionGradientSpace space, in QueryBlock block, int first, int last)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int width = space.Width;
        for (int key = first; key < last; key += Panel)
        {
            int count = Math.Min(Panel, last - key);
            (int lane, int lastLane) = block.LanesOf(key, count);
            int depth = Math.Min(lastLane, block.Count) - lane;
            nint row = (nint)lane * width, target = (nint)key * width;
            Packing.Interleave(space.Weights + ((nint)key * Lanes) + lane, Lanes, count, depth, space.Turned, Panel);
            PanelProduct.Multiply<TSimd, TVector>(
                count, width, space.Turned, space.UpperRows + row, width, depth, space.ValueGradients + target, width, true);
            Packing.Interleave(space.ScoreGradients + ((nint)(key - first) * Lanes) + lane, Lanes, count, depth, space.Turned, Panel);
            PanelProduct.Multiply<TSimd, TVector>(
                count, width, space.Turned, space.QueryRows + row, width, depth, space.KeyGradients + target, width, true);
        }
    }

    /// <summary>dQ += dS K, as [d][48].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddQueries<TSimd, TVector>(in AttentionGradientSpace space, in QueryBlock block, int first, int last)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int size = _arguments.Size;
        int key = first;
        while (key < last)
        {
            (int next, int lane, int lastLane) = block.RunFrom(key, last);
            float* gradients = space.ScoreGradients + ((nint)(key - first) * Lanes) + lane;
            for (int d = 0; d < size; d += Panel)
            {
                float* keys = space.KeyColumns + ((nint)d * _arguments.Keys) + ((nint)key * Panel);
                PanelProduct.Multiply<TSimd, TVector>(
                    Math.Min(Panel, size - d), lastLane - lane, keys, gradients, Lanes, next - key,
                    space.QueryGradients + ((nint)d * Lanes) + lane, Lanes, true);
            }

            key = next;
        }
    }

    private void CopyRows(float* source, nint width, float* target, nint stride)
    {
        for (int key = 0; key < _arguments.Keys; key++)
        {
            Unsafe.CopyBlockUnaligned(target + (key * stride), source + (key * width), (uint)_arguments.Size * sizeof(float));
        }
    }

    private static void Clear(float* target, long count) =>
        NativeMemory.Clear(target, (nuint)count * sizeof(float));
}
