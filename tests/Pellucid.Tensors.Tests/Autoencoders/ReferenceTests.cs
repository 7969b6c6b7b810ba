using Pellucid.Tensors.Autoencoders;
using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors.Tests.Autoencoders;

/// <summary>The plain version, which the kernels are held against, against differences of its own loss.</summary>
public sealed class ReferenceTests
{
    [Theory]
    [InlineData(AutoencoderForm.RectifiedOutput)]
    [InlineData(AutoencoderForm.Linear)]
    [InlineData(AutoencoderForm.RectifiedHidden)]
    public void AutoencoderGradient_EveryForm_EqualsCentralDifferences(AutoencoderForm form)
    {
        const int n = 5, m = 3;
        const double step = 1e-6;
        SeededRandom random = new(4);
        for (int example = 0; example < 20; example++)
        {
            double[] x = Draw(n), importance = [.. Draw(n).Select(Math.Abs)], w = Draw(n * m), v = Draw(form == AutoencoderForm.RectifiedHidden ? n * m : 0), b = Draw(n);
            double[][] parameters = [w, v, b], gradients = [new double[w.Length], new double[v.Length], new double[n]];
            double loss = Reference.AutoencoderGradient<double>(form, x, importance, w, v, b, gradients[0], gradients[1], gradients[2]);
            for (int array = 0; array < 3; array++)
            {
                for (int i = 0; i < parameters[array].Length; i++)
                {
                    // The loss has 16 digits, so that the quotient has an error of some 1e-10 of it; no rectifier switches within the step.
                    Assert.Equal((Loss(array, i, step) - Loss(array, i, -step)) / (2 * step), gradients[array][i], 1e-9 * (1 + loss));
                }
            }

            double Loss(int array, int i, double change)
            {
                double[][] moved = [.. parameters.Select(values => (double[])values.Clone())];
                moved[array][i] += change;
                return Reference.AutoencoderGradient<double>(
                    form, x, importance, moved[0], moved[1], moved[2], new double[w.Length], new double[v.Length], new double[n]);
            }
        }

        double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextNormal())];
    }
}
