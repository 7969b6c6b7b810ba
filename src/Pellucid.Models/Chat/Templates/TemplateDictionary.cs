namespace Pellucid.Models.Chat;

/// <summary>A mapping in the order in which it was written. Keys are texts, numbers, booleans or none; 1, 1.0 and true are one key.</summary>
internal sealed class TemplateDictionary
{
    private static readonly object None = new();

    private readonly Dictionary<object, int> _places = [];
    private readonly List<KeyValuePair<object?, object?>> _entries = [];

    internal IReadOnlyList<KeyValuePair<object?, object?>> Entries => _entries;

    internal IEnumerable<object?> Keys => _entries.Select(entry => entry.Key);

    /// <summary>Whether a value can be a key.</summary>
    internal static bool CanBeKey(object? key) => key is null or string or long or double or bool;

    /// <summary>Adds an entry, or replaces the value of one.</summary>
    internal void Set(object? key, object? value)
    {
        if (_places.TryGetValue(Normal(key), out int place))
        {
            _entries[place] = new(_entries[place].Key, value);
        }
        else
        {
            _places.Add(Normal(key), _entries.Count);
            _entries.Add(new(key, value));
        }
    }

    internal bool TryGet(object? key, out object? value)
    {
        bool found = CanBeKey(key) & _places.TryGetValue(CanBeKey(key) ? Normal(key) : None, out int place);
        value = found ? _entries[place].Value : null;
        return found;
    }

    private static object Normal(object? key) => key switch
    {
        null => None,
        bool flag => flag ? 1L : 0L,
        double number when number == Math.Floor(number) && Math.Abs(number) < 1e15 => (long)number,
        _ => key,
    };
}
