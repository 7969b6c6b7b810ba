using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors.Sparse;

/// <summary>
/// The latents of some rows where many are active: dense, in panels of 48 latents, <c>[panel][row][48]</c>, as the encoder's product makes
/// them. A <see cref="SparseEncoder"/> fills it; filling it again reuses its memory, 4 bytes a row and latent. A backward pass
/// (<see cref="LatentGradients"/>) turns the values into their gradients in place. Owns native memory. Not for use from several threads.
/// </summary>
public sealed unsafe class LatentPanels : IDisposable
{
    internal const int Width = PackedMatrix.PanelWidth;

    private readonly GrowingBuffer _values = new();

    /// <summary>Number of rows.</summary>
    public int Rows { get; private set; }

    /// <summary>Number of latents.</summary>
    public int Latents { get; private set; }

    /// <summary>How many were above 0 when it was filled.</summary>
    public long Count { get; internal set; }

    /// <summary>The sum of all values when it was filled.</summary>
    public double Sum { get; internal set; }

    internal float* Pointer => (float*)_values.Pointer;

    internal int Panels => (Latents + Width - 1) / Width;

    /// <summary>Value of one latent on one row, 0 where it is not active.</summary>
    /// <param name="row">0 to <see cref="Rows"/> − 1.</param>
    /// <param name="latent">0 to <see cref="Latents"/> − 1.</param>
    public float this[int row, int latent]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)latent, (uint)Latents);
            return Pointer[((((nint)(latent / Width) * Rows) + row) * Width) + (latent % Width)];
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        Rows = 0;
        _values.Dispose();
    }

    /// <summary>Makes room for new contents, all of them undefined.</summary>
    internal void Reserve(int rows, int latents)
    {
        (Rows, Latents) = (rows, latents);
        _values.Reserve(Math.Max(1, (long)Panels * rows * Width) * sizeof(float));
    }
}
