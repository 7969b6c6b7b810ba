using System.Diagnostics.CodeAnalysis;

namespace Pellucid.Tensors.Memory;

/// <summary>Objects of one type that nobody holds any more, kept by each thread for its next use of one.</summary>
internal static class Spare<T>
    where T : class
{
    /// <summary>More than a recording of a deep network has; what is beyond goes to the collector.</summary>
    private const int Most = 1 << 14;

    [ThreadStatic]
    private static Stack<T>? _objects;

    internal static bool TryTake([NotNullWhen(true)] out T? one)
    {
        one = null;
        return _objects is { } objects && objects.TryPop(out one);
    }

    /// <summary>Takes an object that is as good as new.</summary>
    internal static void Put(T one)
    {
        Stack<T> objects = _objects ??= new Stack<T>();
        if (objects.Count < Most)
        {
            objects.Push(one);
        }
    }
}
