using System.Text;
using Microsoft.Win32.SafeHandles;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Checkpoints.Gguf;

/// <summary>What a GGUF file says of itself, by key. Texts and arrays are read from the file when they are asked for. Safe for many threads.</summary>
internal sealed class GgufMetadata
{
    /// <summary>A chat template, a vocabulary's precompiled character map: the longest texts that there are.</summary>
    private const int LongestText = 1 << 24;

    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly Dictionary<string, GgufValue> _values;

    internal GgufMetadata(string path, SafeFileHandle file, Dictionary<string, GgufValue> values) => (_path, _file, _values) = (path, file, values);

    /// <summary>All keys.</summary>
    internal IReadOnlyCollection<string> Keys => _values.Keys;

    internal bool Contains(string key) => _values.ContainsKey(key);

    /// <summary>Whether there is an array under a key.</summary>
    internal bool IsArray(string key) => _values.TryGetValue(key, out GgufValue value) && value.IsArray;

    /// <summary>Elements of an array; 0 where there is none.</summary>
    internal long Count(string key) => _values.TryGetValue(key, out GgufValue value) && value.IsArray ? value.Count : 0;

    /// <summary>A whole number of 32 bits, or null where the key is not there.</summary>
    /// <exception cref="BadFileException">There is something else under the key.</exception>
    internal int? Int32(string key) => !_values.TryGetValue(key, out GgufValue value) ? null
        : !value.IsArray && IsWhole(value.Type) && value.Bits is >= int.MinValue and <= int.MaxValue && !(value.Type == GgufValueType.UInt64 && value.Bits < 0)
            ? (int)value.Bits
            : throw Unexpected(key, "a whole number of 31 bits", value);

    /// <summary>A whole number, or null where the key is not there. Where there is an array, one for each layer, its values must be equal.</summary>
    /// <param name="key">The key.</param>
    /// <param name="most">The most values that an array may have.</param>
    /// <exception cref="BadFileException">There is something else under the key.</exception>
    internal int? Int32(string key, long most)
    {
        if (!IsArray(key))
        {
            return Int32(key);
        }

        int[] values = Int32s(key, most)!;
        return values.Length > 0 && Array.TrueForAll(values, value => value == values[0])
            ? values[0]
            : throw new BadFileException(_path, $"its metadata has {values.Length} values under '{JsonFile.Short(key)}', which are not all equal", "Open a model whose layers are of one size");
    }

    /// <summary>A number, or null where the key is not there.</summary>
    /// <exception cref="BadFileException">There is something else under the key, or it is not finite.</exception>
    internal double? Number(string key)
    {
        if (!_values.TryGetValue(key, out GgufValue value))
        {
            return null;
        }

        double number = IsWhole(value.Type) ? value.Bits : BitConverter.Int64BitsToDouble(value.Bits);
        return !value.IsArray && value.Type is not (GgufValueType.String or GgufValueType.Bool) && double.IsFinite(number)
            ? number
            : throw Unexpected(key, "a finite number", value);
    }

    /// <summary>A truth value, or null where the key is not there.</summary>
    /// <exception cref="BadFileException">There is something else under the key.</exception>
    internal bool? Flag(string key) => !_values.TryGetValue(key, out GgufValue value) ? null
        : !value.IsArray && value.Type == GgufValueType.Bool ? value.Bits != 0 : throw Unexpected(key, "a truth value", value);

    /// <summary>A text, or null where the key is not there.</summary>
    /// <exception cref="BadFileException">There is something else under the key, or it is too long.</exception>
    internal string? Text(string key)
    {
        if (!_values.TryGetValue(key, out GgufValue value))
        {
            return null;
        }

        return !value.IsArray && value.Type == GgufValueType.String && value.Count <= LongestText
            ? Reading(() => new GgufCursor(_path, _file, value.Start).Utf8((int)value.Count))
            : throw Unexpected(key, $"a text of at most {LongestText} bytes", value);
    }

    /// <summary>An array of texts, or null where the key is not there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="most">The most elements that it may have.</param>
    /// <exception cref="BadFileException">There is something else under the key, or it is too long.</exception>
    internal string[]? Texts(string key, long most) => Elements(key, most, "texts", value => value.Type == GgufValueType.String, static (file, _) =>
    {
        long bytes = file.Count("bytes of a text", 1);
        return bytes <= LongestText ? file.Utf8((int)bytes) : throw file.Bad($"a text has {bytes} bytes; at most {LongestText} were expected");
    });

    /// <summary>An array of numbers, or null where the key is not there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="most">The most elements that it may have.</param>
    /// <exception cref="BadFileException">There is something else under the key, or it is too long.</exception>
    internal float[]? Singles(string key, long most) => Elements(
        key, most, "numbers", value => value.Type is GgufValueType.Float32 or GgufValueType.Float64, static (file, type) => (float)BitConverter.Int64BitsToDouble(GgufHeader.Number(file, type)));

    /// <summary>An array of whole numbers or truth values, or null where the key is not there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="most">The most elements that it may have.</param>
    /// <exception cref="BadFileException">There is something else under the key, it is too long, or a number does not fit 32 bits.</exception>
    internal int[]? Int32s(string key, long most) => Elements(
        key, most, "whole numbers", value => IsWhole(value.Type) || value.Type == GgufValueType.Bool, static (file, type) =>
        {
            long bits = GgufHeader.Number(file, type);
            return bits is >= int.MinValue and <= int.MaxValue ? (int)bits : throw file.Bad($"a whole number is {bits}, which does not fit 32 bits");
        });

    /// <summary>A GGUF file without arrays, of the entries whose keys begin so, as they stand here.</summary>
    /// <param name="prefixes">How their keys begin.</param>
    /// <param name="most">The most bytes that they may have.</param>
    /// <exception cref="BadFileException">They have more, or cannot be read.</exception>
    internal byte[] Copy(string[] prefixes, int most) => Reading(() =>
    {
        KeyValuePair<string, GgufValue>[] entries = [.. _values.Where(entry => Array.Exists(prefixes, prefix => entry.Key.StartsWith(prefix, StringComparison.Ordinal)))];
        if (entries.Sum(entry => entry.Value.Bytes) is var bytes && bytes > most)
        {
            throw new BadFileException(_path, $"its metadata has {bytes} bytes under {string.Join(" and ", prefixes)}; at most {most} were expected", "Get the file again or convert the model anew");
        }

        using MemoryStream copy = new();
        using BinaryWriter writer = new(copy);
        GgufHeader.Write(writer, entries, value => new GgufCursor(_path, _file, value.Start).Bytes((int)value.Bytes));
        return copy.ToArray();
    });

    private T[]? Elements<T>(string key, long most, string kind, Func<GgufValue, bool> fits, Func<GgufCursor, GgufValueType, T> read)
    {
        if (!_values.TryGetValue(key, out GgufValue value))
        {
            return null;
        }

        if (!value.IsArray || value.Count > most || !fits(value))
        {
            throw Unexpected(key, $"an array of at most {most} {kind}", value);
        }

        return Reading(() =>
        {
            GgufCursor file = new(_path, _file, value.Start);
            T[] elements = new T[value.Count];
            for (int i = 0; i < elements.Length; i++)
            {
                elements[i] = read(file, value.Type);
            }

            return elements;
        });
    }

    private T Reading<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (IOException error)
        {
            throw new BadFileException(_path, $"it cannot be read ({JsonFile.Short(error.Message.TrimEnd('.'))})", "Check the path", error);
        }
    }

    private static bool IsWhole(GgufValueType type) => type is not (GgufValueType.Float32 or GgufValueType.Float64 or GgufValueType.Bool or GgufValueType.String);

    private BadFileException Unexpected(string key, string expected, GgufValue value)
    {
        StringBuilder met = new(value.IsArray ? $"an array of {value.Count} of type {value.Type}" : $"a value of type {value.Type}");
        if (!value.IsArray && IsWhole(value.Type))
        {
            met.Append($" ({value.Bits})");
        }

        return new BadFileException(_path, $"its metadata has {met} under '{JsonFile.Short(key)}'; {expected} was expected", "Get the file again or convert the model anew");
    }
}
