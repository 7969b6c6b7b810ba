using System.Globalization;

namespace Pellucid.Models.Pickles;

/// <summary>
/// Finds the dictionary of tensors in what a training script saved, and gives each tensor one name. What was saved is often a dictionary of the
/// model's tensors beside the step, the options and the optimizer's state.
/// </summary>
internal sealed class StateDictionary
{
    private const int Deepest = 16;
    private const int LongestName = 512;

    /// <summary>What training scripts call the model's part, in the order in which it is looked for.</summary>
    private static readonly string[] Names = ["state_dict", "model_state_dict", "model", "module"];

    private readonly FileBytes _file;
    private readonly AllocationBudget _budget;
    private readonly Dictionary<string, PickleTensor> _tensors = new(StringComparer.Ordinal);
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private long _bytes;

    private StateDictionary(FileBytes file, AllocationBudget budget) => (_file, _budget) = (file, budget);

    /// <summary>The tensors by name: keys joined by dots below the dictionary that was found.</summary>
    /// <exception cref="Pellucid.Tensors.Files.BadFileException">A name is too long or stands twice, or all together are far more than the file.</exception>
    internal static Dictionary<string, PickleTensor> Of(FileBytes file, object? root, AllocationBudget budget)
    {
        StateDictionary state = new(file, budget);
        state.Add("", Found(root), 0);
        return state._tensors;
    }

    /// <summary>A part under one of the usual names; else the dictionary itself if a tensor is in it; else the only part that leads to tensors.</summary>
    private static object? Found(object? root)
    {
        object? found = root;
        for (int depth = 0; depth < Deepest && found is PickleDictionary dictionary; depth++)
        {
            object? part = Names.Select(name => dictionary.TryGetValue(name, out object? named) ? named : null).FirstOrDefault(LeadsToTensors);
            if (part is null && !dictionary.Any(entry => entry.Value is PickleTensor))
            {
                object?[] parts = [.. dictionary.Select(entry => entry.Value).Where(LeadsToTensors).Take(2)];
                part = parts.Length == 1 ? parts[0] : null;
            }

            if (part is null)
            {
                break;
            }

            found = part;
        }

        return found;
    }

    private static bool LeadsToTensors(object? value)
    {
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        return value is PickleDictionary && Leads(value, 0);

        bool Leads(object? node, int depth) => node is PickleTensor
            || (depth < Deepest && node is PickleDictionary dictionary && seen.Add(dictionary) && dictionary.Any(entry => Leads(entry.Value, depth + 1)));
    }

    private void Add(string name, object? value, int depth)
    {
        if (value is PickleTensor tensor)
        {
            AddTensor(name.Length == 0 ? "tensor" : name, tensor);
            return;
        }

        if (depth >= Deepest || value is not (PickleDictionary or List<object?> or object?[] { Length: > 0 }) || !_seen.Add(value))
        {
            return;
        }

        _budget.Charge(64);
        switch (value)
        {
            case PickleDictionary dictionary:
                foreach ((object? key, object? item) in dictionary)
                {
                    AddPart(name, key as string ?? (key is long number ? number.ToString(CultureInfo.InvariantCulture) : null), item, depth);
                }

                break;
            case IReadOnlyList<object?> list:
                for (int i = 0; i < list.Count; i++)
                {
                    AddPart(name, i.ToString(CultureInfo.InvariantCulture), list[i], depth);
                }

                break;
        }
    }

    private void AddPart(string name, string? key, object? item, int depth)
    {
        if (key is null || item is not (PickleTensor or PickleDictionary or List<object?> or object?[]))
        {
            return;
        }

        if (name.Length + key.Length > LongestName)
        {
            throw _file.Bad($"it has a tensor with a name of more than {LongestName} characters ('{Checkpoints.JsonFile.Short(key)}')");
        }

        _budget.Charge(32 + (2 * (name.Length + key.Length)));
        Add(name.Length == 0 ? key : $"{name}.{key}", item, depth + 1);
    }

    private void AddTensor(string name, PickleTensor tensor)
    {
        _budget.Charge(64);
        if (!_tensors.TryAdd(name, tensor))
        {
            throw _file.Bad($"tensor '{Checkpoints.JsonFile.Short(name)}' is in it twice");
        }

        _bytes += tensor.Shape.Count * tensor.Type.Size();
        if (_bytes > (4 * _file.Length) + (1 << 16))
        {
            throw _file.Bad($"its tensors have more than four times the {_file.Length} bytes of the file: they are views of the same few values");
        }
    }
}
