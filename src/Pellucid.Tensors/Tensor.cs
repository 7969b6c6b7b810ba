using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors;

/// <summary>
/// An array in native aligned memory: a shape, a storage type, and strides into a buffer that it may share with views of itself.
/// </summary>
/// <remarks>
/// Owned by whoever made it and freed by <see cref="Dispose"/> (a finalizer is the net below); a view keeps its buffer alive by itself.
/// A span or a row of an array does not: hold the array, best in a <c>using</c>, for as long as its span is read or written.
/// Reading is safe from any number of threads; writing through a span is not synchronized, nor is disposing what another thread reads.
/// </remarks>
public sealed unsafe partial class Tensor : IDisposable
{
    private Extents<long> _strides;
    private long _offset;
    private NativeBuffer? _buffer;

    private Tensor()
    {
    }

    /// <summary>The sizes of the axes, outermost first.</summary>
    public Shape Shape { get; private set; }

    /// <summary>How values are stored.</summary>
    public DType DType { get; private set; }

    /// <summary>Distance between neighbours along each axis, in values.</summary>
    public ReadOnlySpan<long> Strides => ((ReadOnlySpan<long>)_strides)[..Shape.Rank];

    /// <summary>Number of values.</summary>
    public long Count => Shape.Count;

    /// <summary>Whether the values lie one after another in row-major order.</summary>
    public bool IsContiguous => RunAxes() == 0;

    /// <summary>
    /// First value, for kernels; the type is not checked. A pointer keeps nothing alive: <see cref="Ops"/> holds its operands while a
    /// kernel runs, and whoever else takes one ends with <see cref="GC.KeepAlive"/>.
    /// </summary>
    internal void* RawPointer => Buffer.Pointer + (_offset * DType.Size());

    /// <summary>First value of an F32 array, for kernels.</summary>
    internal float* Pointer => DType == DType.F32 ? (float*)RawPointer : throw WrongType(DType.F32);

    /// <summary>Where a tape recorded this array, if one did.</summary>
    internal TapePlace Place { get; set; }

    /// <summary>Whether this is a view, made outside of any scope, of an array that a tape recorded.</summary>
    internal bool IsCutOff { get; set; }

    /// <summary>Whether this is the one owner of memory that holds these values and no others, so that they may be written over.</summary>
    internal bool IsAlone => DType == DType.F32 && IsContiguous && !Buffer.IsShared;

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

            float value = (float)Read(RawPointer, DType, at);
            GC.KeepAlive(this);
            return value;
        }
    }

    /// <summary>An array of undefined contents, to be written whole.</summary>
    /// <exception cref="PellucidException">Arrays are not stored in this type.</exception>
    public static Tensor Empty(Shape shape, DType type = DType.F32) => type == DType.Q8
        ? throw new PellucidException("An array cannot be stored as Q8, which has a scale for each 32 inputs of an output. Pack a matrix, or use another type.")
        : Over(NativeBuffer.Rent(shape.Count * type.Size()), 0, shape, RowMajor(shape), type);

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

    /// <summary>The values of a contiguous F32 array, row-major, in place; valid while the array is held and not disposed.</summary>
    /// <exception cref="ShapeException">The array is a view with gaps, or is not F32, or holds more than 2^31 − 1 values.</exception>
    public Span<float> AsSpan() => AsSpan<float>();

    /// <summary>The values of a contiguous array, row-major, in place; valid while the array is held and not disposed.</summary>
    /// <typeparam name="T">float, double, Half, ushort (bfloat16 bits) or int, as stored.</typeparam>
    /// <exception cref="ShapeException">The array is a view with gaps, is stored otherwise, or holds more than 2^31 − 1 values.</exception>
    public Span<T> AsSpan<T>()
        where T : unmanaged
    {
        if (TypeOf<T>() != DType)
        {
            throw WrongType(TypeOf<T>());
        }

        if (!IsContiguous)
        {
            throw new ShapeException($"{Shape} with strides [{string.Join(", ", Strides.ToArray())}] is not one run of values. Copy it first.");
        }

        return Count <= int.MaxValue
            ? new Span<T>(RawPointer, (int)Count)
            : throw new ShapeException($"{Shape} holds {Count} values; a span holds {int.MaxValue} at most. Slice it first.");
    }

    /// <summary>One row of the innermost axis of a contiguous F32 array, in place; valid while the array is held and not disposed.</summary>
    /// <param name="row">0 to <c>Shape.Rows</c> − 1.</param>
    /// <exception cref="ShapeException">There is no such row, or the array is a view with gaps or is not F32.</exception>
    public Span<float> Row(int row) => (uint)row < (uint)Shape.Rows && IsContiguous
        ? new Span<float>(Pointer + ((long)row * Shape.Width), Shape.Width)
        : throw new ShapeException($"Row {row} is outside {Shape}, which has {Shape.Rows} rows, or the array is a view with gaps.");

    /// <summary>Gives the memory back once no view needs it.</summary>
    public void Dispose() => Interlocked.Exchange(ref _buffer, null)?.Release();

    /// <inheritdoc/>
    public override string ToString() => $"{DType} {Shape}";

    private static Extents<long> RowMajor(in Shape shape)
    {
        Extents<long> strides = default;
        long stride = 1;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
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
}
