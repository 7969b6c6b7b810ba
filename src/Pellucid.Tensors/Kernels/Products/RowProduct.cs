using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>The product of a single row, which is bound by reading B once: panel after panel, straight from the matrix.</summary>
internal readonly unsafe struct RowProduct<TStorage>(ProductArguments arguments) : IRangeKernel
    where TStorage : struct, IPanelStorage
{
    private const int Width = PackedMatrix.PanelWidth;

    private readonly ProductArguments _arguments = arguments;

    internal static void Run(in ProductArguments arguments)
    {
        int panels = ProductBlocks.CeilingDivide(arguments.Columns, Width);
        int grain = ProductBlocks.PanelsOfRowPart(arguments.Columns, (long)arguments.Depth * Width * TStorage.Size);
        Dispatch.Run(new RowProduct<TStorage>(arguments), panels, grain);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int step = RowTile.Columns<TSimd, TVector>();
        float* edge = stackalloc float[Width];
        float* edgeBias = stackalloc float[Width];
        long last = Math.Min(end * Width, _arguments.Columns);
        for (long column = start * Width; column < last; column += step)
        {
            int within = (int)(column % Width);
            byte* b = _arguments.Panels + ((((nint)(column - within) * _arguments.Depth) + within) * TStorage.Size);
            float* c = _arguments.C + column;
            float* bias = _arguments.Bias == null ? null : _arguments.Bias + column;
            int count = (int)Math.Min(step, _arguments.Columns - column);
            if (count == step)
            {
                RowTile.Multiply<TSimd, TVector, TStorage>(_arguments.A, b, _arguments.Depth, c, _arguments.Accumulate, bias);
                ProductEnd.Apply<TSimd, TVector>(_arguments.Activation, c, 0, 1, step);
                continue;
            }

            // The last columns go through a buffer.
            Unsafe.CopyBlockUnaligned(edge, c, (uint)count * sizeof(float));
            if (bias != null)
            {
                Unsafe.CopyBlockUnaligned(edgeBias, bias, (uint)count * sizeof(float));
                bias = edgeBias;
            }

            RowTile.Multiply<TSimd, TVector, TStorage>(_arguments.A, b, _arguments.Depth, edge, _arguments.Accumulate, bias);
            Unsafe.CopyBlockUnaligned(c, edge, (uint)count * sizeof(float));
            ProductEnd.Apply<TSimd, TVector>(_arguments.Activation, c, 0, 1, count);
        }
    }
}
