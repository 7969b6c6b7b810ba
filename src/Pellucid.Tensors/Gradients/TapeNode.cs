namespace Pellucid.Tensors;

/// <summary>A place in a recording: something watched, or the result of an operation on something recorded.</summary>
internal abstract class TapeNode
{
    internal Tape? Tape { get; set; }

    internal int Index { get; set; }

    internal Shape Shape { get; set; }

    /// <summary>How many recordings it has served before this one.</summary>
    internal int Use { get; private set; }

    /// <summary>What has come together so far of the gradient of the final result with respect to this array.</summary>
    internal Tensor? Gradient { get; set; }

    /// <summary>Whether the caller asked for this gradient.</summary>
    internal bool IsRetained { get; set; }

    /// <summary>The name under which the caller asked for it.</summary>
    internal string? Key { get; set; }

    /// <summary>The node of an outer tape that this one stands for: whose gradient is given to this one, and which is asked for with it.</summary>
    internal TapeNode? StandsFor { get; set; }

    /// <summary>The node itself, or what it stands for in the end.</summary>
    internal TapeNode Origin => StandsFor?.Origin ?? this;

    /// <summary>Gives the operands their parts of the gradient.</summary>
    internal abstract void Backward(BackwardPass pass, Tensor gradient);

    /// <summary>Frees what was kept for the way back.</summary>
    internal virtual void Forget()
    {
        Gradient?.Recycle();
        Gradient = null;
    }

    /// <summary>Ends its part in a recording and lets it serve another.</summary>
    internal virtual void Recycle()
    {
        Forget();
        Use++;
        (Tape, IsRetained, Key, StandsFor) = (null, false, null, null);
    }
}
