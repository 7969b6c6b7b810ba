using System.Collections;

namespace Pellucid.Models.Pickles;

/// <summary>
/// A Python dictionary from a pickle, in its order. Keys and values are plain objects: null, <see cref="bool"/>, <see cref="long"/>,
/// <see cref="System.Numerics.BigInteger"/>, <see cref="double"/>, <see cref="string"/>, <c>byte[]</c>, a tuple as <c>object?[]</c>, a list as
/// <c>List&lt;object?&gt;</c>, <see cref="PickleDictionary"/>, <see cref="PickleTensor"/> and <see cref="PickleClass"/>. As in Python, an object may
/// hold itself.
/// </summary>
public sealed class PickleDictionary : IReadOnlyCollection<KeyValuePair<object?, object?>>
{
    private readonly List<KeyValuePair<object?, object?>> _entries = [];
    private Dictionary<string, int>? _byText;

    internal PickleDictionary()
    {
    }

    /// <inheritdoc/>
    public int Count => _entries.Count;

    /// <summary>The value under a text.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public object? this[string key] => TryGetValue(key, out object? value)
        ? value
        : throw new KeyNotFoundException($"The dictionary has no key '{key}'. It has: {string.Join(", ", _entries.Take(12).Select(entry => entry.Key))}.");

    /// <summary>The value under a text, if there is one.</summary>
    public bool TryGetValue(string key, out object? value)
    {
        if (_byText is not null && _byText.TryGetValue(key, out int at))
        {
            value = _entries[at].Value;
            return true;
        }

        value = null;
        return false;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<object?, object?>> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Adds a value, or replaces that of a text which is there. Keys of other kinds are kept as they come.</summary>
    internal void Set(object? key, object? value)
    {
        if (key is string text)
        {
            _byText ??= new(StringComparer.Ordinal);
            if (!_byText.TryAdd(text, _entries.Count))
            {
                _entries[_byText[text]] = new(key, value);
                return;
            }
        }

        _entries.Add(new(key, value));
    }
}
