using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors;

public sealed unsafe partial class Tensor
{
    /// <summary>A contiguous copy in memory of its own.</summary>
    public Tensor Copy() => To(DType);

    /// <summary>
    /// A contiguous copy in another storage type, rounded to nearest even; in I32 values beyond its range take its ends and NaN becomes 0.
    /// </summary>
    public Tensor To(DType type)
    {
        Tensor result = Empty(Shape, type);
        if (Shape.Rank == 2 && DType == DType.F32 && type == DType.F32 && _strides[0] == 1 && _strides[1] >= Shape[0])
        {
            CopyTurned(Pointer, _strides[1], result.Pointer, Shape[0], Shape[1]);
            GC.KeepAlive(this);
            return result;
        }

        byte* from = (byte*)RawPointer, to = (byte*)result.RawPointer;
        (int run, int bytes) = (RunAxes(), type.Size());
        long length = 1;
        foreach (int size in Shape.Sizes[run..])
        {
            length *= size;
        }

        Span<long> index = stackalloc long[run];
        index.Clear();
        for (long done = 0; done < Count; done += length)
        {
            long at = 0;
            for (int axis = 0; axis < run; axis++)
            {
                at += index[axis] * _strides[axis];
            }

            Convert(from + (at * DType.Size()), DType, to + (done * bytes), type, length);
            for (int axis = run - 1; axis >= 0 && ++index[axis] == Shape[axis]; axis--)
            {
                index[axis] = 0;
            }
        }

        GC.KeepAlive(this);
        return result;
    }

    /// <summary>The values as a managed array, row-major, in single precision.</summary>
    /// <exception cref="ShapeException">There are more than 2^31 − 1 values.</exception>
    public float[] ToArray()
    {
        using Tensor whole = DType == DType.F32 && IsContiguous ? Share() : To(DType.F32);
        return whole.AsSpan().ToArray();
    }

    /// <summary>
    /// Copies a matrix that is a turned view, in square blocks, so that each line of memory that is read or written is used whole while it is in
    /// the cache: the gradient of a vocabulary's matrix, 154 MB, would take a quarter of a second element by element.
    /// </summary>
    private static void CopyTurned(float* from, long stride, float* to, int rows, int columns)
    {
        const int block = 32;
        Workers.For((rows + block - 1) / block, (From: (nint)from, stride, To: (nint)to, rows, columns), static (part, state) =>
        {
            int start = part * block, end = Math.Min(start + block, state.rows);
            for (int left = 0; left < state.columns; left += block)
            {
                int right = Math.Min(left + block, state.columns);
                for (int row = start; row < end; row++)
                {
                    float* source = (float*)state.From + row;
                    float* target = (float*)state.To + ((long)row * state.columns);
                    for (int column = left; column < right; column++)
                    {
                        target[column] = source[column * state.stride];
                    }
                }
            }
        });
    }

    /// <summary>The first of the last axes that together are one run of values; the rank where not even the last one is.</summary>
    private int RunAxes()
    {
        long expected = 1;
        int axis = Shape.Rank;
        while (axis > 0 && (Shape[axis - 1] == 1 || _strides[axis - 1] == expected))
        {
            expected *= Shape[--axis];
        }

        return axis;
    }

    /// <summary>Converts one run; stores and checkpoints need the pairs of F32 with the half types by the gigabyte.</summary>
    internal static void Convert(void* from, DType source, void* to, DType target, long count)
    {
        if (source == target)
        {
            System.Buffer.MemoryCopy(from, to, count * target.Size(), count * target.Size());
            return;
        }

        switch (source, target)
        {
            case (DType.F32, DType.BF16):
                for (long i = 0; i < count; i++)
                {
                    ((ushort*)to)[i] = DTypes.ToBFloat16(((float*)from)[i]);
                }

                break;
            case (DType.BF16, DType.F32):
                for (long i = 0; i < count; i++)
                {
                    ((float*)to)[i] = DTypes.FromBFloat16(((ushort*)from)[i]);
                }

                break;
            case (DType.F32, DType.F16):
                for (long i = 0; i < count; i++)
                {
                    ((Half*)to)[i] = (Half)((float*)from)[i];
                }

                break;
            case (DType.F16, DType.F32):
                for (long i = 0; i < count; i++)
                {
                    ((float*)to)[i] = (float)((Half*)from)[i];
                }

                break;
            default:
                for (long i = 0; i < count; i++)
                {
                    Write(to, target, i, Read(from, source, i));
                }

                break;
        }
    }

    private static double Read(void* from, DType type, long at) => type switch
    {
        DType.F32 => ((float*)from)[at],
        DType.F64 => ((double*)from)[at],
        DType.F16 => (double)((Half*)from)[at],
        DType.BF16 => DTypes.FromBFloat16(((ushort*)from)[at]),
        _ => ((int*)from)[at],
    };

    private static void Write(void* to, DType type, long at, double value)
    {
        switch (type)
        {
            case DType.F32: ((float*)to)[at] = (float)value; break;
            case DType.F64: ((double*)to)[at] = value; break;
            case DType.F16: ((Half*)to)[at] = (Half)value; break;
            case DType.BF16: ((ushort*)to)[at] = DTypes.ToBFloat16(value); break;
            default: ((int*)to)[at] = (int)Math.Clamp(Math.Round(value), int.MinValue, int.MaxValue); break;
        }
    }
}
