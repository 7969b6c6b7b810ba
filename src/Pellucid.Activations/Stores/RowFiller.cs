using Pellucid.Tensors;

namespace Pellucid.Activations;

/// <summary>Makes consecutive rows of a store. The same rows must come of every call, in whatever blocks they are asked for.</summary>
/// <param name="start">The first row, from 0.</param>
/// <param name="activations">[rows, width] to fill.</param>
/// <param name="tokens">[rows] token ids to fill; 0 where left alone.</param>
public delegate void RowFiller(long start, Tensor activations, Span<int> tokens);
