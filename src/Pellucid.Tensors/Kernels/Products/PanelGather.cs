using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>Outputs of a packed matrix as rows, each of all its inputs. An item is an index.</summary>
internal readonly unsafe struct PanelGather(byte* panels, int inputs, DType storage, int* outputs, float* rows) : IRangeKernel
{
    private const int Width = PackedMatrix.PanelWidth;
    private const int Cost = 4; // a line of memory for each value

    internal static void Run(PackedMatrix matrix, int* outputs, int count, float* rows)
    {
        Dispatch.RunRows(new PanelGather(matrix.Data, matrix.Inputs, matrix.Storage, outputs, rows), count, matrix.Inputs, Cost);
        GC.KeepAlive(matrix);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (long item = start; item < end; item++)
        {
            (int panel, int column) = Math.DivRem(outputs[item], Width);
            float* to = rows + (item * inputs);
            switch (storage)
            {
                case DType.F32:
                    float* wide = (float*)panels + ((nint)panel * inputs * Width) + column;
                    for (int input = 0; input < inputs; input++)
                    {
                        to[input] = wide[(nint)input * Width];
                    }

                    break;
                case DType.BF16:
                    ushort* narrow = (ushort*)panels + ((nint)panel * inputs * Width) + column;
                    for (int input = 0; input < inputs; input++)
                    {
                        to[input] = DTypes.FromBFloat16(narrow[(nint)input * Width]);
                    }

                    break;
                default:
                    byte* blocks = panels + (panel * QuantizedLayout.PanelBytes(inputs));
                    for (int input = 0; input < inputs; input++)
                    {
                        to[input] = QuantizedPacking.Value(blocks + (input / QuantizedLayout.Block * QuantizedLayout.BlockBytes), input % QuantizedLayout.Block, column);
                    }

                    break;
            }
        }
    }
}
