using System.Runtime.CompilerServices;

namespace Pellucid.Tensors;

/// <summary>Something for each operand of an operation, held in place.</summary>
[InlineArray(Most)]
internal struct OperandSlots<T>
{
    /// <summary>The most operands that one operation can have, and the most arrays that its derivative can keep.</summary>
    internal const int Most = 6;

    private T _first;
}
