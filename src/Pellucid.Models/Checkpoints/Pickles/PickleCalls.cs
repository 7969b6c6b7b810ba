// PyTorch's own reader calls what a pickle names. Here the names are compared with those that make tensors and their dictionaries
// (torch/_utils.py: _rebuild_tensor_v2, _rebuild_parameter; torch/serialization.py: persistent_load), and what they would make is made here.
using System.Numerics;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Pickles;

/// <summary>The functions that a pickle of tensors may name, and what they make.</summary>
/// <param name="file">The file, for messages.</param>
/// <param name="place">The storage of a key, type, and number of values; refuses what the file does not hold.</param>
internal sealed class PickleCalls(FileBytes file, Func<string, PickleType, long, PickleStorage> place)
{
    private static readonly PickleClass Dictionary = new("collections", "OrderedDict");
    private static readonly PickleClass Size = new("torch", "Size");
    private static readonly PickleClass RebuildTensor = new("torch._utils", "_rebuild_tensor_v2");
    private static readonly PickleClass RebuildParameter = new("torch._utils", "_rebuild_parameter");

    /// <summary>A name, if it is one of tensors.</summary>
    /// <exception cref="BadFileException">It is any other.</exception>
    internal PickleClass Named(string module, string name)
    {
        PickleClass met = new(module, name);
        return met == Dictionary || met == Size || met == RebuildTensor || met == RebuildParameter
            || (module == "torch" && (PickleTypes.OfStorage(name) is not null || PickleTypes.IsDType(name)))
            ? met
            : throw new BadFileException(
                file.Path, $"its pickle names {Checkpoints.JsonFile.Short(met.ToString())}, which is no class of tensors and might run code",
                "Save its tensors alone (a state_dict), or as safetensors");
    }

    /// <summary>What a function makes of its arguments.</summary>
    /// <exception cref="BadFileException">It is none that is known, or the arguments do not fit it.</exception>
    internal object Call(object? function, object?[] arguments, AllocationBudget budget)
    {
        if (function is not PickleClass called)
        {
            throw Refused($"it calls {Shown(function)}, which is no function of tensors");
        }

        return called == RebuildTensor ? Tensor(arguments)
            : called == RebuildParameter && arguments is [PickleTensor tensor, ..] ? tensor
            : called == Size && arguments is [object?[] or List<object?>] ? arguments[0] as object?[] ?? Copy((List<object?>)arguments[0]!, budget)
            : called == Dictionary && arguments.Length <= 1 ? Ordered(arguments, budget)
            : throw Refused($"it calls {called} with {arguments.Length} arguments that do not fit");
    }

    /// <summary>The storage that a tuple ('storage', type, key, device, number of values, …) describes.</summary>
    internal PickleStorage Storage(object?[] description) =>
        description is ["storage", PickleClass { Module: "torch" } type, string key, _, long count, .. object?[] view] && (view is [] or [null])
        && PickleTypes.OfStorage(type.Name) is { } known && count >= 0 && count <= file.Length
            ? place(key, known, count)
            : throw Refused($"it describes a storage as {Shown(description)}, with {string.Join(", ", description.Take(6).Select(Shown))}");

    internal static string Shown(object? value) => value switch
    {
        null => "None",
        string text => $"'{Checkpoints.JsonFile.Short(text)}'",
        bool or long or double or PickleClass => $"{value}",
        BigInteger => "a large number",
        object?[] tuple => $"a tuple of {tuple.Length}",
        List<object?> list => $"a list of {list.Count}",
        PickleDictionary dictionary => $"a dictionary of {dictionary.Count}",
        PickleStorage => "a storage",
        PickleTensor => "a tensor",
        _ => "bytes",
    };

    private PickleTensor Tensor(object?[] arguments)
    {
        if (arguments is not [PickleStorage storage, long offset, object?[] sizes, object?[] strides, _, _, ..] || sizes.Length != strides.Length
            || sizes.Length > Shape.MostAxes || arguments.Length > 7 || offset < 0)
        {
            throw Refused($"it describes a tensor by {string.Join(", ", arguments.Take(7).Select(Shown))}");
        }

        Span<int> lengths = stackalloc int[sizes.Length];
        long[] steps = new long[sizes.Length];
        Int128 last = offset;
        bool isEmpty = false;
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            if (sizes[axis] is not long size || strides[axis] is not long step || size is < 0 or > int.MaxValue || step < 0)
            {
                throw Refused($"a tensor's axis {axis} has size {Shown(sizes[axis])} and stride {Shown(strides[axis])}");
            }

            (lengths[axis], steps[axis]) = ((int)size, step);
            isEmpty |= size == 0;
            last += size == 0 ? 0 : (Int128)(size - 1) * step;
        }

        if (isEmpty ? offset > storage.Count : last >= storage.Count)
        {
            throw Refused($"a tensor [{string.Join(", ", lengths.ToArray())}] goes to value {last} of storage '{Checkpoints.JsonFile.Short(storage.Key)}', which has {storage.Count}");
        }

        Shape shape = Known(lengths);
        long most = Math.Max(file.Length, 1 << 16); // a stride of 0 makes many values of one
        return shape.Count <= most ? new PickleTensor(storage, offset, shape, steps) : throw Refused($"a tensor {shape} has more values than the file has bytes, {file.Length}");
    }

    private Shape Known(ReadOnlySpan<int> sizes)
    {
        try
        {
            return new Shape(sizes);
        }
        catch (ShapeException error)
        {
            throw Refused(error.Message.TrimEnd('.'));
        }
    }

    private static object?[] Copy(List<object?> list, AllocationBudget budget)
    {
        budget.Charge(24 + (8L * list.Count));
        return [.. list];
    }

    /// <summary>An ordered dictionary: empty, or of a list of pairs as Python 2 wrote it.</summary>
    private PickleDictionary Ordered(object?[] arguments, AllocationBudget budget)
    {
        PickleDictionary made = new();
        if (arguments is [])
        {
            return made;
        }

        if (arguments[0] is not List<object?> pairs)
        {
            throw Refused($"it makes a dictionary of {Shown(arguments[0])}; a list of pairs was expected");
        }

        budget.Charge(128L * pairs.Count);
        foreach (object? pair in pairs)
        {
            (object? key, object? value) = pair switch
            {
                object?[] { Length: 2 } tuple => (tuple[0], tuple[1]),
                List<object?> { Count: 2 } list => (list[0], list[1]),
                _ => throw Refused($"it makes a dictionary of {Shown(pair)}; a pair was expected"),
            };
            made.Set(key, value);
        }

        return made;
    }

    private BadFileException Refused(string problem) => file.Bad($"its pickle cannot be read: {problem}");
}
