using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors;

/// <summary>
/// An array in native aligned memory: a shape, a storage type, and strides into a buffer that it may share with views of itself.
/// </summary>
/// <remarks>
/// Owned by whoever made it and freed by <see cref="Dispose"/> (a finalizer is the net below); a view keeps its buffer alive by itself.
/// Reading is safe from any number of threads; writing through a span is not synchronized.
/// </remarks>
public sealed unsafe class Tensor : IDisposable
{
    private readonly long[] _strides;
    private readonly long _offset;
    private NativeBuffer? _buffer;

    private Tensor(NativeBuffer buffer, long offset, Shape shape, long[] strides, DType type)
    {
        _buffer = buffer;
        _offset = offset;
        Shape = shape;
        _strides = strides;
        DType = type;
    }

    /// <summary>The sizes of the axes, outermost first.</summary>
    public Shape Shape { get; }

    /// <summary>How values are stored.</summary>
    public DType DType { get; }

    /// <summary>Distance between neighbours along each axis, in values.</summary>
    public ReadOnlySpan<long> Strides => _strides;

    /// <summary>Number of values.</summary>
    public long Count => Shape.Count;

    /// <summary>Whether the values lie one after another in row-major order.</summary>
    public bool IsContiguous
    {
        get
        {
            long expected = 1;
            for (int axis = Shape.Rank - 1; axis >= 0; axis--)
            {
                if (Shape[axis] != 1 && _strides[axis] != expected)
                {
                    return false;
                }

                expected *= Shape[axis];
            }

            return true;
        }
    }

    /// <summary>First value, for kernels; the type is not checked.</summary>
    internal void* RawPointer => Buffer.Pointer + (_offset * DType.Size());

    /// <summary>First value of an F32 array, for kernels.</summary>
    internal float* Pointer => DType == DType.F32 ? (float*)RawPointer : throw WrongType(DType.F32);

    private NativeBuffer Buffer => _buffer ?? throw new ObjectDisposedException(nameof(Tensor));

    /// <summary>Reads one value as a float.</summary>
    /// <param name="index">One index an axis.</param>
    /// <exception cref="ShapeException">Too many or too few indices, or one out of range.</exception>
    public float this[params ReadOnlySpan<int> index]
    {
        get
        {
            if (index.Length != Shape.Rank)
            {
                throw new ShapeException($"{Shape} takes {Shape.Rank} indices; {index.Length} were given.");
            }

            long at = 0;
            for (int axis = 0; axis < index.Length; axis++)
            {
                if ((uint)index[axis] >= (uint)Shape[axis])
                {
                    throw new ShapeException($"Index {index[axis]} is outside axis {axis} of {Shape}.");
                }

                at += index[axis] * _strides[axis];
            }

            return Read(at);
        }
    }

    /// <summary>An array of undefined contents, to be written whole.</summary>
    public static Tensor Empty(Shape shape, DType type = DType.F32) =>
        new(NativeBuffer.Rent(shape.Count * type.Size()), 0, shape, RowMajor(shape), type);

    /// <summary>An array of zeros.</summary>
    public static Tensor Zeros(Shape shape, DType type = DType.F32)
    {
        Tensor tensor = Empty(shape, type);
        System.Runtime.InteropServices.NativeMemory.Clear(tensor.RawPointer, (nuint)(shape.Count * type.Size()));
        return tensor;
    }

    /// <summary>An F32 array with a copy of the values.</summary>
    /// <param name="values">Row-major, exactly as many as the shape holds.</param>
    /// <param name="shape">The shape.</param>
    /// <exception cref="ShapeException">The number of values is not the shape's.</exception>
    public static Tensor From(ReadOnlySpan<float> values, Shape shape) => From<float>(values, shape);

    /// <summary>An array with a copy of the values; the storage type follows from <typeparamref name="T"/> (float, double, Half, int).</summary>
    /// <param name="values">Row-major, exactly as many as the shape holds.</param>
    /// <param name="shape">The shape.</param>
    /// <exception cref="ShapeException">The number of values is not the shape's.</exception>
    public static Tensor From<T>(ReadOnlySpan<T> values, Shape shape)
        where T : unmanaged
    {
        if (values.Length != shape.Count)
        {
            throw new ShapeException($"{values.Length} values do not fill {shape}, which holds {shape.Count}.");
        }

        Tensor tensor = Empty(shape, TypeOf<T>());
        values.CopyTo(tensor.AsSpan<T>());
        return tensor;
    }

    /// <summary>A one-dimensional F32 array with a copy of the values.</summary>
    public static Tensor From(params ReadOnlySpan<float> values) => From(values, new Shape(values.Length));

    /// <summary>The values of a contiguous F32 array, row-major, in place.</summary>
    /// <exception cref="ShapeException">The array is a view with gaps, or is not F32, or holds more than 2^31 values.</exception>
    public Span<float> AsSpan() => AsSpan<float>();

    /// <summary>The values of a contiguous array, row-major, in place.</summary>
    /// <typeparam name="T">float, double, Half or int, as stored.</typeparam>
    /// <exception cref="ShapeException">The array is a view with gaps, is stored otherwise, or holds more than 2^31 values.</exception>
    public Span<T> AsSpan<T>()
        where T : unmanaged
    {
        if (TypeOf<T>() != DType)
        {
            throw WrongType(TypeOf<T>());
        }

        return IsContiguous && Count <= int.MaxValue
            ? new Span<T>(RawPointer, (int)Count)
            : throw new ShapeException($"{Shape} with strides [{string.Join(", ", _strides)}] is not one run of values. Copy it first.");
    }

    /// <summary>One row of the innermost axis of a contiguous F32 array, in place.</summary>
    /// <param name="row">0 to <c>Shape.Rows</c> − 1.</param>
    public Span<float> Row(int row) => (uint)row < (uint)Shape.Rows && IsContiguous
        ? new Span<float>(Pointer + ((long)row * Shape.Width), Shape.Width)
        : throw new ShapeException($"Row {row} is outside {Shape}, which has {Shape.Rows} rows, or the array is a view with gaps.");

    /// <summary>The same values under another shape; shares memory.</summary>
    /// <exception cref="ShapeException">The number of values differs, or the array is a view with gaps.</exception>
    public Tensor Reshape(Shape shape)
    {
        if (shape.Count != Count || !IsContiguous)
        {
            throw new ShapeException($"{Shape} cannot be seen as {shape}: {Count} against {shape.Count} values, or a view with gaps.");
        }

        return new Tensor(Buffer.AddReference(), _offset, shape, RowMajor(shape), DType);
    }

    /// <summary>A range of one axis; shares memory.</summary>
    /// <param name="axis">The axis, 0 outermost.</param>
    /// <param name="start">First index kept.</param>
    /// <param name="length">How many are kept.</param>
    /// <exception cref="ShapeException">The range is not inside the axis.</exception>
    public Tensor Slice(int axis, int start, int length)
    {
        if ((uint)axis >= (uint)Shape.Rank || start < 0 || length < 0 || start > Shape[axis] - length)
        {
            throw new ShapeException($"{start}..{start + length} of axis {axis} is outside {Shape}.");
        }

        int[] sizes = Shape.Sizes.ToArray();
        sizes[axis] = length;
        return new Tensor(Buffer.AddReference(), _offset + (start * _strides[axis]), Renamed(sizes, Shape.Axes), _strides, DType);
    }

    /// <summary>The axes in another order; shares memory.</summary>
    /// <param name="order">Each axis once: <c>Transpose(1, 0)</c> turns a matrix.</param>
    /// <exception cref="ShapeException">The order is not a permutation of the axes.</exception>
    public Tensor Transpose(params ReadOnlySpan<int> order)
    {
        int[] axes = order.ToArray();
        if (!axes.Order().SequenceEqual(Enumerable.Range(0, Shape.Rank)))
        {
            throw new ShapeException($"[{string.Join(", ", axes)}] is not an order of the {Shape.Rank} axes of {Shape}.");
        }

        int[] sizes = Array.ConvertAll(axes, axis => Shape[axis]);
        string[] names = Shape.Axes.Length == 0 ? [] : Array.ConvertAll(axes, axis => Shape.Axes[axis]);
        return new Tensor(Buffer.AddReference(), _offset, Renamed(sizes, names), Array.ConvertAll(axes, axis => _strides[axis]), DType);
    }

    /// <summary>The same array under axis names; shares memory.</summary>
    public Tensor Named(params ReadOnlySpan<string> axes) => new(Buffer.AddReference(), _offset, Shape.Named(axes), _strides, DType);

    /// <summary>A second owner of the same memory.</summary>
    public Tensor Share() => new(Buffer.AddReference(), _offset, Shape, _strides, DType);

    /// <summary>A contiguous copy in memory of its own.</summary>
    public Tensor Copy() => To(DType);

    /// <summary>
    /// A contiguous copy in another storage type, rounded to nearest even; in I32 values beyond its range take its ends and NaN becomes 0.
    /// </summary>
    public Tensor To(DType type)
    {
        Tensor result = Empty(Shape, type);
        if (type == DType && IsContiguous)
        {
            long bytes = Count * type.Size();
            System.Buffer.MemoryCopy(RawPointer, result.RawPointer, bytes, bytes);
        }
        else if (!IsContiguous || !TryConvertFloats(result))
        {
            ConvertEach(result);
        }

        return result;
    }

    /// <summary>The values as a managed array, row-major, in single precision.</summary>
    public float[] ToArray()
    {
        if (DType == DType.F32 && IsContiguous)
        {
            return AsSpan().ToArray();
        }

        using Tensor copy = To(DType.F32);
        return copy.AsSpan().ToArray();
    }

    /// <summary>Gives the memory back once no view needs it.</summary>
    public void Dispose() => Interlocked.Exchange(ref _buffer, null)?.Release();

    /// <inheritdoc/>
    public override string ToString() => $"{DType} {Shape}";

    /// <summary>The conversions between F32 and the half types, which stores and checkpoints need by the gigabyte.</summary>
    private bool TryConvertFloats(Tensor result)
    {
        void* from = RawPointer, to = result.RawPointer;
        switch ((DType, result.DType))
        {
            case (DType.F32, DType.BF16):
                for (long i = 0; i < Count; i++)
                {
                    ((ushort*)to)[i] = DTypes.ToBFloat16(((float*)from)[i]);
                }

                return true;
            case (DType.BF16, DType.F32):
                for (long i = 0; i < Count; i++)
                {
                    ((float*)to)[i] = DTypes.FromBFloat16(((ushort*)from)[i]);
                }

                return true;
            case (DType.F32, DType.F16):
                for (long i = 0; i < Count; i++)
                {
                    ((Half*)to)[i] = (Half)((float*)from)[i];
                }

                return true;
            case (DType.F16, DType.F32):
                for (long i = 0; i < Count; i++)
                {
                    ((float*)to)[i] = (float)((Half*)from)[i];
                }

                return true;
            default:
                return false;
        }
    }

    private void ConvertEach(Tensor result)
    {
        long[] index = new long[Shape.Rank];
        for (long i = 0; i < Count; i++)
        {
            long at = 0;
            for (int axis = 0; axis < index.Length; axis++)
            {
                at += index[axis] * _strides[axis];
            }

            result.Write(i, ReadDouble(at));
            for (int axis = index.Length - 1; axis >= 0 && ++index[axis] == Shape[axis]; axis--)
            {
                index[axis] = 0;
            }
        }
    }

    private static Shape Renamed(int[] sizes, ReadOnlySpan<string> axes) =>
        axes.Length == 0 ? new Shape(sizes) : new Shape(sizes).Named(axes);

    private static long[] RowMajor(Shape shape)
    {
        long[] strides = new long[shape.Rank];
        long stride = 1;
        for (int axis = strides.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }

        return strides;
    }

    private static DType TypeOf<T>() => default(T) switch
    {
        float => DType.F32,
        double => DType.F64,
        Half => DType.F16,
        ushort => DType.BF16,
        int => DType.I32,
        _ => throw new ShapeException($"{typeof(T).Name} is not a storage type: use float, double, Half, ushort (bfloat16 bits) or int."),
    };

    private ShapeException WrongType(DType wanted) => new($"{Shape} is stored as {DType}; {wanted} was expected. Convert it with To({wanted}).");

    private float Read(long at) => (float)ReadDouble(at);

    private double ReadDouble(long at) => DType switch
    {
        DType.F32 => ((float*)RawPointer)[at],
        DType.F64 => ((double*)RawPointer)[at],
        DType.F16 => (double)((Half*)RawPointer)[at],
        DType.BF16 => DTypes.FromBFloat16(((ushort*)RawPointer)[at]),
        _ => ((int*)RawPointer)[at],
    };

    private void Write(long at, double value)
    {
        switch (DType)
        {
            case DType.F32: ((float*)RawPointer)[at] = (float)value; break;
            case DType.F64: ((double*)RawPointer)[at] = value; break;
            case DType.F16: ((Half*)RawPointer)[at] = (Half)value; break;
            case DType.BF16: ((ushort*)RawPointer)[at] = DTypes.ToBFloat16(value); break;
            default: ((int*)RawPointer)[at] = (int)Math.Clamp(Math.Round(value), int.MinValue, int.MaxValue); break;
        }
    }
}
