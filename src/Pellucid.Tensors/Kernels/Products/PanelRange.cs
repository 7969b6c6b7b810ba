namespace Pellucid.Tensors.Kernels;

/// <summary>A part of a packed matrix that is written at once.</summary>
/// <param name="Depth">Inputs of the whole matrix.</param>
/// <param name="FirstInput">The first input of the part.</param>
/// <param name="Inputs">Its inputs.</param>
/// <param name="FirstOutput">Its first output, the first of a panel.</param>
/// <param name="Outputs">Its outputs; whole panels, but for the last of the matrix.</param>
internal readonly record struct PanelRange(int Depth, int FirstInput, int Inputs, int FirstOutput, int Outputs)
{
    /// <summary>The whole of a matrix.</summary>
    internal static PanelRange All(int inputs, int outputs) => new(inputs, 0, inputs, 0, outputs);
}
