using Pellucid.Tensors.Files;

namespace Pellucid.Tensors.Tests.Gradients;

/// <summary>
/// Dictionaries 8 → 24 written in operations, against a training step of the programs that the field trains them with: loss, every gradient,
/// and the parameters after three steps.
/// </summary>
public sealed class DictionaryTests : IDisposable
{
    private readonly Dictionary<string, Parameter> _parameters = [];
    private SafetensorsFile? _file;

    public void Dispose()
    {
        foreach (Parameter parameter in _parameters.Values)
        {
            parameter.Value.Dispose();
        }

        _file?.Dispose();
    }

    [Fact]
    public void ReluWithL1_ThreeSteps_IsThatOfDictionaryLearning()
    {
        Open("dictlearn_standard_relu_l1", "decoder.weight", "bias", "encoder.weight", "encoder.bias");

        // The learning rate warms up from 0 and the penalty in tenths.
        AdamOptions options = new() { LearningRate = 2e-3f, Schedule = Schedule.Of(step => Math.Min(1, step / 2.0)) };
        Check(options, (ops, x, step) =>
        {
            Tensor f = ops.Relu(ops.Add(ops.MatMul(ops.Subtract(x, W(ops, "bias")), W(ops, "encoder.weight"), transposeRight: true), W(ops, "encoder.bias")));
            Tensor reconstruction = ops.Add(ops.MatMul(f, W(ops, "decoder.weight")), W(ops, "bias"));
            return ops.Add(SquaredError(ops, x, reconstruction), ops.Scale(RowSum(ops, ops.Abs(f)), 0.08f * 0.1f * (step + 1)));
        });
    }

    [Fact]
    public void JumpReluWithSteps_ThreeSteps_IsThatOfSaeLens()
    {
        const float Bandwidth = 0.3f;
        Open("saelens_jumprelu_step", "", "b_dec", "W_dec", "W_enc", "b_enc", "log_threshold");
        Check(new AdamOptions { LearningRate = 1e-3f, ClipNorm = 1 }, (ops, x, _) =>
        {
            Tensor pre = ops.Add(ops.MatMul(ops.Subtract(x, W(ops, "b_dec")), W(ops, "W_enc")), W(ops, "b_enc"));
            Tensor threshold = ops.Exp(W(ops, "log_threshold"));
            Tensor f = ops.JumpRelu(pre, threshold, Bandwidth);
            Tensor reconstruction = ops.Add(ops.MatMul(f, W(ops, "W_dec")), W(ops, "b_dec"));
            return ops.Add(SquaredError(ops, x, reconstruction), ops.Scale(RowSum(ops, ops.Step(pre, threshold, Bandwidth)), 0.05f));
        });
    }

    [Fact]
    public void Gated_ThreeSteps_IsThatOfDictionaryLearning()
    {
        Open("dictlearn_gated", "decoder.weight", "decoder_bias", "r_mag", "gate_bias", "mag_bias", "encoder.weight");
        Check(new AdamOptions { LearningRate = 2e-3f, Beta1 = 0 }, (ops, x, _) =>
        {
            Tensor projected = ops.MatMul(ops.Subtract(x, W(ops, "decoder_bias")), W(ops, "encoder.weight"), transposeRight: true);
            Tensor gate = ops.Add(projected, W(ops, "gate_bias"));
            Tensor open = ops.Step(ops.Freeze(gate), ops.Zeros(new Shape(24)), 1);
            Tensor magnitude = ops.Relu(ops.Add(ops.Multiply(projected, ops.Exp(W(ops, "r_mag"))), W(ops, "mag_bias")));
            Tensor decoder = W(ops, "decoder.weight"), bias = W(ops, "decoder_bias"), positive = ops.Relu(gate);
            Tensor reconstruction = ops.Add(ops.MatMul(ops.Multiply(open, magnitude), decoder), bias);
            Tensor auxiliary = ops.Add(ops.MatMul(positive, ops.Freeze(decoder)), ops.Freeze(bias));
            Tensor penalty = ops.Scale(RowSum(ops, positive), 0.08f);
            return ops.Add(ops.Add(SquaredError(ops, x, reconstruction), penalty), SquaredError(ops, x, auxiliary));
        });
    }

    private void Check(AdamOptions options, Func<Ops, Tensor, int, Tensor> lossOf)
    {
        using Adam adam = new(_parameters.Values, options);
        using Tensor batches = _file!.Read("x");
        for (int step = 0; step < 3; step++)
        {
            using Tape tape = new();
            using Ops ops = new(tape);
            Tensor x = ops.Reshape(ops.Slice(batches, 0, step, 1), new Shape(batches.Shape[1], batches.Shape[2]));
            Tensor loss = lossOf(ops, x, step);
            using Tensors.Gradients gradients = tape.Backward(loss);
            if (step == 0)
            {
                using Tensor expected = _file.Read("loss");
                Assert.Equal(expected[0], loss[[]], expected[0] * 1e-5f);
                foreach (string name in _parameters.Keys)
                {
                    Compare($"grad.{name}", gradients[name].ToArray(), name, 1e-5, 1e-4);
                }
            }

            adam.Step(gradients);
        }

        foreach ((string name, Parameter parameter) in _parameters)
        {
            Compare($"after3.{name}", parameter.Value.ToArray(), name, 2e-5, 0);
        }
    }

    private void Compare(string key, float[] actual, string name, double absolute, double relative)
    {
        using Tensor golden = Read(key, name);
        float[] expected = golden.ToArray();
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(actual[i] - expected[i]) <= absolute + (relative * Math.Abs(expected[i])), $"{key} [{i}] is {actual[i]:R}; {expected[i]:R} was expected.");
        }
    }

    /// <summary>The parameters; a decoder that is kept at unit norm has its latents as rows here, as columns there.</summary>
    private void Open(string folder, string decoder, params string[] others)
    {
        _file = SafetensorsFile.Open(Path.Combine(AppContext.BaseDirectory, "goldens", "dictionaries", folder, "tensors.safetensors"));
        foreach (string name in others.Append(decoder).Where(name => name != ""))
        {
            ParameterConstraint constraint = name == "decoder.weight" ? ParameterConstraint.UnitRows : ParameterConstraint.None;
            _parameters.Add(name, new Parameter(name, Read($"init.{name}", name)) { Constraint = constraint });
        }
    }

    private Tensor Read(string key, string name)
    {
        Tensor stored = _file!.Read(key);
        if (name != "decoder.weight")
        {
            return stored;
        }

        using (stored)
        {
            using Tensor turned = stored.Transpose(1, 0);
            return turned.Copy();
        }
    }

    private Tensor W(Ops ops, string name) => ops.Watch(_parameters[name]);

    private static Tensor RowSum(Ops ops, Tensor x) => ops.Mean(ops.Sum(x, 1));

    private static Tensor SquaredError(Ops ops, Tensor x, Tensor reconstruction) => RowSum(ops, ops.Square(ops.Subtract(x, reconstruction)));
}
