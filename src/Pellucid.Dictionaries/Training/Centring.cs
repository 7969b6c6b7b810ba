using Pellucid.Tensors;

namespace Pellucid.Dictionaries.Training;

/// <summary>Inputs with the decoder's bias taken off.</summary>
internal static class Centring
{
    private const int RowsAtOnce = 64;

    /// <summary>to [rows, width] = x [rows, width] − bias [width].</summary>
    internal static void Subtract(Tensor x, Tensor bias, Tensor to) => ComputeThreads.For(
        (x.Shape[0] + RowsAtOnce - 1) / RowsAtOnce,
        (x, bias, to),
        static (part, state) =>
        {
            ReadOnlySpan<float> bias = state.bias.AsSpan();
            for (int row = part * RowsAtOnce; row < Math.Min(state.x.Shape[0], (part + 1) * RowsAtOnce); row++)
            {
                ReadOnlySpan<float> from = state.x.Row(row);
                Span<float> centred = state.to.Row(row);
                for (int i = 0; i < centred.Length; i++)
                {
                    centred[i] = from[i] - bias[i];
                }
            }
        });
}
