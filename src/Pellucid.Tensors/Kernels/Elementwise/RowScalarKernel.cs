using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>z [rows, width] = f(x [rows, width], y [rows]): one number for each row; z may be x.</summary>
internal readonly unsafe struct RowScalarKernel<TOperation>(TOperation operation, float* x, float* y, float* z, int width) : IRangeKernel
    where TOperation : struct, IBinaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TOperation function = operation;
        for (long row = start; row < end; row++)
        {
            float* from = x + (row * width);
            float* to = z + (row * width);
            TVector scalar = TSimd.Broadcast(y[row]);
            int index = 0;
            for (; index <= width - TSimd.Width; index += TSimd.Width)
            {
                TSimd.Store(to + index, function.Apply<TSimd, TVector>(TSimd.Load(from + index), scalar));
            }

            int rest = width - index;
            if (rest > 0)
            {
                TSimd.StoreFirst(to + index, function.Apply<TSimd, TVector>(TSimd.LoadFirst(from + index, rest), scalar), rest);
            }
        }
    }
}
