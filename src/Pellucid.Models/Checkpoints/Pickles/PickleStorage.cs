namespace Pellucid.Models.Pickles;

/// <summary>Values that lie one after another in the file; tensors are views of them. Several tensors may share one.</summary>
public sealed class PickleStorage
{
    internal PickleStorage(string key, PickleType type, long count, long start) => (Key, Type, Count, Start) = (key, type, count, start);

    /// <summary>Its name in the file.</summary>
    public string Key { get; }

    /// <summary>How its values are held.</summary>
    public PickleType Type { get; }

    /// <summary>Number of values.</summary>
    public long Count { get; }

    /// <summary>The first byte in the file; negative until it is known.</summary>
    internal long Start { get; set; }
}
