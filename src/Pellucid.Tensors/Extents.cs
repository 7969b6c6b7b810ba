using System.Runtime.CompilerServices;

namespace Pellucid.Tensors;

/// <summary>A number for each axis, held in place so that shapes and strides allocate nothing.</summary>
[InlineArray(Shape.MostAxes)]
internal struct Extents<T>
    where T : unmanaged
{
    private T _first;
}
