namespace Pellucid.Tensors;

/// <summary>
/// Where a tape recorded an array. A node serves another recording once its tape is reset, so what it was recorded for is remembered with it: an array
/// from before does not pass for one of the recording that came after.
/// </summary>
internal readonly struct TapePlace(TapeNode node)
{
    private readonly TapeNode? _node = node;
    private readonly int _use = node.Use;

    /// <summary>Whether a tape recorded the array, be it one that has been reset since.</summary>
    internal bool IsRecorded => _node is not null;

    /// <summary>The node; null where there is none, or it is of a recording that is gone.</summary>
    internal TapeNode? Node => _node?.Use == _use ? _node : null;
}
