using System.Numerics;
using Pellucid.Tensors.Autoencoders;

namespace Pellucid.Tensors.Kernels;

internal static partial class Reference
{
    /// <summary>
    /// Adds the gradients of Σ Iᵢ (yᵢ − targetᵢ)² of one example and returns that loss. W and its gradient are [m, n]; V and its gradient
    /// [n, m], used where the form has them.
    /// </summary>
    internal static T AutoencoderGradient<T>(
        AutoencoderForm form, ReadOnlySpan<T> x, ReadOnlySpan<T> importance, ReadOnlySpan<T> w, ReadOnlySpan<T> v, ReadOnlySpan<T> b, Span<T> dw, Span<T> dv, Span<T> db)
        where T : IFloatingPointIeee754<T>
    {
        int n = x.Length, m = w.Length / n;
        bool apart = form == AutoencoderForm.RectifiedHidden;
        T two = T.One + T.One, loss = T.Zero;
        T[] h = new T[m], dh = new T[m];
        for (int k = 0; k < m; k++)
        {
            for (int i = 0; i < n; i++)
            {
                h[k] += w[(k * n) + i] * x[i];
            }

            h[k] = apart ? T.Max(h[k], T.Zero) : h[k];
        }

        for (int i = 0; i < n; i++)
        {
            T y = b[i];
            for (int k = 0; k < m; k++)
            {
                y += (apart ? v[(i * m) + k] : w[(k * n) + i]) * h[k];
            }

            bool moves = form == AutoencoderForm.Linear || y > T.Zero;
            T error = (moves ? y : T.Zero) - (apart ? T.Abs(x[i]) : x[i]), g = moves ? two * importance[i] * error : T.Zero;
            loss += importance[i] * error * error;
            db[i] += g;
            for (int k = 0; k < m; k++)
            {
                dh[k] += (apart ? v[(i * m) + k] : w[(k * n) + i]) * g;
                (apart ? dv : dw)[apart ? (i * m) + k : (k * n) + i] += g * h[k];
            }
        }

        for (int k = 0; k < m; k++)
        {
            for (int i = 0; i < n && (!apart || h[k] > T.Zero); i++)
            {
                dw[(k * n) + i] += dh[k] * x[i];
            }
        }

        return loss;
    }

    /// <summary>One step of Adam (β 0.9 and 0.999, ε 1e-8) with bias correction; <paramref name="step"/> is from 1.</summary>
    internal static void AdamStep<T>(Span<T> x, ReadOnlySpan<T> gradient, Span<T> mean, Span<T> square, T rate, int step)
        where T : IFloatingPointIeee754<T>
    {
        T one = T.One, b1 = T.CreateChecked(0.9), b2 = T.CreateChecked(0.999), t = T.CreateChecked(step);
        for (int i = 0; i < x.Length; i++)
        {
            mean[i] = (b1 * mean[i]) + ((one - b1) * gradient[i]);
            square[i] = (b2 * square[i]) + ((one - b2) * gradient[i] * gradient[i]);
            x[i] -= rate * (mean[i] / (one - T.Pow(b1, t))) / (T.Sqrt(square[i] / (one - T.Pow(b2, t))) + T.CreateChecked(1e-8));
        }
    }
}
