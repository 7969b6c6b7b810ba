using Pellucid.Tensors;

namespace Pellucid.Models.Interventions;

/// <summary>What can be seen of a recording from outside.</summary>
internal static class Recording
{
    /// <summary>
    /// Whether a gradient goes back through an array. Watching returns an array that is recorded as it is, and any other under a new handle;
    /// a view that was taken behind the tape's back it refuses.
    /// </summary>
    internal static bool Reaches(Ops ops, Tensor x)
    {
        try
        {
            return ReferenceEquals(ops.Watch(x), x);
        }
        catch (PellucidException)
        {
            return false;
        }
    }
}
