using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>The product of a single row, which is bound by reading B once: panels are read in pairs, straight from the matrix.</summary>
internal readonly unsafe struct RowProduct<TStorage>(ProductArguments arguments) : IRangeKernel
    where TStorage : struct, IPanelStorage
{
    private const int Pair = 2 * PackedMatrix.PanelWidth;

    /// <summary>Elements of B in a part: some ten microseconds of reading.</summary>
    private const long PartLength = 128 * 1024;

    private readonly ProductArguments _arguments = arguments;

    internal static void Run(in ProductArguments arguments)
    {
        long pairs = ((long)arguments.Columns + Pair - 1) / Pair;
        long grain = Math.Max(1, PartLength / Math.Max(1, (long)arguments.Depth * Pair));
        Dispatch.Run(new RowProduct<TStorage>(arguments), pairs, grain);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int step = 6 * TSimd.Width;
        float* edge = stackalloc float[Pair];
        float* edgeBias = stackalloc float[Pair];
        nint panelLength = (nint)_arguments.Depth * PackedMatrix.PanelWidth * TStorage.Size;
        long last = Math.Min(end * Pair, _arguments.Columns);
        for (long column = start * Pair; column < last; column += step)
        {
            int within = (int)(column % PackedMatrix.PanelWidth);
            byte* first = _arguments.Panels + ((nint)(column / PackedMatrix.PanelWidth) * panelLength) + (within * TStorage.Size);
            byte* second = step == Pair ? first + panelLength : first + (3 * TSimd.Width * TStorage.Size);
            float* c = _arguments.C + column;
            float* bias = _arguments.Bias == null ? null : _arguments.Bias + column;
            int count = (int)Math.Min(step, _arguments.Columns - column);
            if (count == step)
            {
                RowTile.Multiply<TSimd, TVector, TStorage>(_arguments.A, first, second, _arguments.Depth, c, _arguments.Accumulate, bias);
                ProductEnd.Apply<TSimd, TVector>(_arguments.Activation, c, 0, 1, step);
                continue;
            }

            // The last columns go through a buffer; where the last pair has one panel only, that panel is read twice.
            second = step == Pair && count <= PackedMatrix.PanelWidth ? first : second;
            Unsafe.CopyBlockUnaligned(edge, c, (uint)count * sizeof(float));
            if (bias != null)
            {
                Unsafe.CopyBlockUnaligned(edgeBias, bias, (uint)count * sizeof(float));
                bias = edgeBias;
            }

            RowTile.Multiply<TSimd, TVector, TStorage>(_arguments.A, first, second, _arguments.Depth, edge, _arguments.Accumulate, bias);
            Unsafe.CopyBlockUnaligned(c, edge, (uint)count * sizeof(float));
            ProductEnd.Apply<TSimd, TVector>(_arguments.Activation, c, 0, 1, count);
        }
    }
}
