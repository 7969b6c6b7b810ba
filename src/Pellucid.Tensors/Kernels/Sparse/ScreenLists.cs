using System.Numerics;
using System.Runtime.CompilerServices;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// The candidates of a block of rows: of each the ends of the interval that its value is proven to lie in (see <see cref="ScreenKernel"/>).
/// Values of 0 and below are of no interest, so lower ends are raised to 0.
/// </summary>
internal unsafe struct ScreenLists
{
    private readonly ScreenArguments _arguments;
    private readonly int _k;
    private readonly int _capacity;
    private readonly float* _x;
    private readonly ScreenNorms* _norms;
    private readonly ulong* _keys;
    private readonly float* _exact;
    private readonly float* _upper;
    private readonly float* _lower;
    private readonly int* _places;
    private readonly float* _thresholds;
    private readonly int* _lengths;

    internal ScreenLists(in ScreenArguments arguments, int k, int rows, float* x, ScreenNorms* norms)
    {
        (_arguments, _k) = (arguments, k);
        _x = x;
        _norms = norms;
        _capacity = TopKSink.Capacity(k) + PackedMatrix.PanelWidth;
        long lists = (long)rows * _capacity;
        float* memory = Scratch.Rent(3, (3 * lists) + (3L * _capacity) + (2L * rows));
        _keys = (ulong*)memory;
        _exact = memory + (2 * _capacity);
        _upper = _exact + _capacity;
        _lower = _upper + lists;
        _places = (int*)(_lower + lists);
        _thresholds = _lower + (2 * lists);
        _lengths = (int*)(_thresholds + rows);
        new Span<float>(_thresholds, 2 * rows).Clear();
    }

    /// <summary>A row's sums of products for the 48 latents from <paramref name="latent"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Take<TSimd, TVector>(int row, float* sums, int latent)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        ScreenNorms norms = _norms[row];
        TVector threshold = TSimd.Broadcast(_thresholds[row]), scale = TSimd.Broadcast(norms.Scale);
        TVector norm = TSimd.Broadcast(norms.Norm), residue = TSimd.Broadcast(norms.Residue);
        ulong mask = 0;
        for (int column = 0; column < PackedMatrix.PanelWidth; column += TSimd.Width)
        {
            int at = latent + column;
            TVector slack = TSimd.MultiplyAdd(residue, TSimd.Load(_arguments.OfResidue + at), TSimd.Load(_arguments.Fixed + at));
            slack = TSimd.MultiplyAdd(norm, TSimd.Load(_arguments.OfNorm + at), slack);
            TVector scaled = TSimd.Multiply(TSimd.Load(sums + column), TSimd.Load(_arguments.Scales + at));
            TVector upper = TSimd.Add(TSimd.MultiplyAdd(scaled, scale, TSimd.Load(_arguments.Bias + at)), slack);
            TSimd.Store(sums + column, upper);
            mask |= (ulong)TSimd.GreaterMask(upper, threshold) << column;
        }

        if (mask != 0)
        {
            Append<TSimd, TVector>(row, sums, latent, mask);
        }
    }

    /// <summary>Computes what is left of a row in float32: its k largest positive values, largest first. Lasts until the next call.</summary>
    internal int Finish<TSimd, TVector>(int row, out float* values, out int* places)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        values = _exact;
        places = _places + ((nint)row * _capacity);
        int length = _lengths[row] > _k ? Drop<TSimd, TVector>(row) : _lengths[row];
        length = Compute<TSimd, TVector>(row, length);
        Candidates.Sort(values, places, length, _keys);
        return length;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Append<TSimd, TVector>(int row, float* upper, int latent, ulong mask)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        nint list = (nint)row * _capacity;
        int length = _lengths[row];
        if (length + PackedMatrix.PanelWidth > _capacity)
        {
            length = Drop<TSimd, TVector>(row);
            if (length + PackedMatrix.PanelWidth > _capacity)
            {
                length = Compute<TSimd, TVector>(row, length);
                new Span<float>(_exact, length).CopyTo(new Span<float>(_upper + list, length));
                new Span<float>(_exact, length).CopyTo(new Span<float>(_lower + list, length));
            }
        }

        ScreenNorms norms = _norms[row];
        for (; mask != 0; mask &= mask - 1)
        {
            int column = BitOperations.TrailingZeroCount(mask), at = latent + column;
            float slack = (norms.Norm * _arguments.OfNorm[at]) + (norms.Residue * _arguments.OfResidue[at]) + _arguments.Fixed[at];
            _upper[list + length] = upper[column];
            _lower[list + length] = Math.Max(0, upper[column] - (2 * slack));
            _places[list + length++] = at;
        }

        _lengths[row] = length;
    }

    /// <summary>Drops the candidates that cannot be among the k largest, and raises the threshold of those to come.</summary>
    private int Drop<TSimd, TVector>(int row)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        nint list = (nint)row * _capacity;
        int length = _lengths[row];
        (float bound, int ties) = Candidates.Threshold<TSimd, TVector>(_lower + list, length, _k);

        // Without ties the bound is below the k-th largest lower end, else it is that end, and an upper end equal to it is kept.
        float threshold = ties > 0 && bound > 0 ? MathF.BitDecrement(bound) : bound;
        _thresholds[row] = threshold = Math.Max(threshold, _thresholds[row]);
        int kept = 0;
        for (int index = 0; index < length; index++)
        {
            float upper = _upper[list + index], lower = _lower[list + index];
            int place = _places[list + index];
            _upper[list + kept] = upper;
            _lower[list + kept] = lower;
            _places[list + kept] = place;
            kept += upper > threshold ? 1 : 0;
        }

        return kept;
    }

    /// <summary>The float32 values of a row's candidates, the k largest positive ones of them, in the order of their places.</summary>
    private int Compute<TSimd, TVector>(int row, int length)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int* places = _places + ((nint)row * _capacity);
        ExactValues.Compute(_x + ((nint)row * _arguments.Width), _arguments.Weights, _arguments.Bias, _arguments.Width, places, length, _exact);
        int positive = 0;
        for (int index = 0; index < length; index++)
        {
            (_exact[positive], places[positive]) = (_exact[index], places[index]);
            positive += _exact[positive] > 0 ? 1 : 0;
        }

        if (positive > _k)
        {
            _thresholds[row] = Math.Max(_thresholds[row], Candidates.Reduce<TSimd, TVector>(_exact, places, positive, _k));
            positive = _k;
        }

        return positive;
    }
}
