using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.GroundTruth.Tests.Toys;

/// <summary>Against another implementation: its loss is a mean over features too, so ours is that times the number of features.</summary>
public sealed class PeerTests
{
    [Fact]
    public void LossAndGradients_EqualThePeers()
    {
        using SafetensorsFile file = SafetensorsFile.Open(Golden.Path("peer_TMS.safetensors"));
        float[] turned = Read("W(input,hidden)"), b = Read("b"), x = Read("x"), y = Read("y"), importance = Read("importance");
        int n = b.Length, m = turned.Length / n, batch = x.Length / n;
        float[] w = [.. Enumerable.Range(0, m).SelectMany(k => Enumerable.Range(0, n).Select(i => turned[(i * m) + k]))];
        ToyModel model = new()
        {
            Task = new ToyTask { Hidden = m, Sparsity = 0, Importance = [.. importance.Select(value => (double)value)] },
            Weights = [.. w],
            Bias = [.. b],
        };

        double loss = 0;
        for (int example = 0; example < batch; example++)
        {
            double[] input = [.. x.AsSpan(example * n, n).ToArray().Select(value => (double)value)], output = model.Forward(input);
            Assert.All(Enumerable.Range(0, n), i => Assert.Equal(y[(example * n) + i], output[i], 2e-6)); // float sums of ten terms
            loss += ToyLoss.OfInput(model, input) / batch;
        }

        double expected = Read("loss_mean_over_batch_and_features")[0];
        Assert.Equal(expected * n, loss, 1e-5);

        // The gradient by central differences of our loss on their batch; its error is some 1e-7 / 1e-3.
        float[] dw = Read("grad.W"), db = Read("grad.b");
        for (int i = 0; i < n; i++)
        {
            Assert.Equal(db[i], Slope(step => model with { Bias = model.Bias.SetItem(i, b[i] + step) }), 2e-4);
            for (int k = 0; k < m; k++)
            {
                int at = (k * n) + i;
                Assert.Equal(dw[(i * m) + k], Slope(step => model with { Weights = model.Weights.SetItem(at, w[at] + step) }), 2e-4);
            }
        }

        double Slope(Func<float, ToyModel> moved) => (Loss(moved(1e-3f)) - Loss(moved(-1e-3f))) / 2e-3 / n;

        double Loss(ToyModel one) => Enumerable.Range(0, batch).Average(example => ToyLoss.OfInput(one, [.. x.AsSpan(example * n, n).ToArray().Select(value => (double)value)]));

        float[] Read(string name)
        {
            using Tensor tensor = file.Read(name);
            return tensor.ToArray();
        }
    }
}
