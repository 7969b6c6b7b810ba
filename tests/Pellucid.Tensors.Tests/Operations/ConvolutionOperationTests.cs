using System.Text.Json;
using Pellucid.Tensors.Tests.Kernels;
using static Pellucid.Tensors.Tests.Operations.ConvolutionGoldens;

namespace Pellucid.Tensors.Tests.Operations;

public sealed class ConvolutionOperationTests
{
    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Convolve_EveryConfiguration_AgreesWithPyTorchInItsGradientsToo(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach (JsonElement golden in Root.GetProperty("convolutions").EnumerateArray())
        {
            int[] padding = golden.Ints("padding"), weights = golden.Ints("weight");
            Convolution2D options = new()
            {
                Stride = golden.Size("stride"),
                Dilation = golden.Size("dilation"),
                Padding = new(padding[0], padding[1], padding[2], padding[3]),
                Groups = golden.GetProperty("groups").GetInt32(),
                Relu = golden.GetProperty("relu").GetBoolean(),
            };
            Check(
                golden,
                (ops, operands) => ops.Convolve(operands[0], operands[1], operands[2], options),
                ("x", Values(1, 1, golden.Ints("x"))),
                ("weight", Values(2, 1, weights)),
                ("bias", Values(3, 1, weights[0])));

            using Tensor weight = Values(2, 1, weights), bias = Values(3, 1, weights[0]);
            using PackedConvolution packed = PackedConvolution.Pack(weight, bias, options);
            Check(golden, (ops, operands) => ops.Convolve(operands[0], packed), ("x", Values(1, 1, golden.Ints("x"))));
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Pool_EveryConfiguration_AgreesWithPyTorchInItsGradientToo(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach (JsonElement golden in Root.GetProperty("pools").EnumerateArray())
        {
            Size2D padding = golden.Size("padding");
            Pooling2D options = new()
            {
                Kernel = golden.Size("kernel"),
                Stride = golden.Size("stride"),
                Padding = new(padding.Height, padding.Width, padding.Height, padding.Width),
                CeilingMode = golden.GetProperty("ceil").GetBoolean(),
                CountIncludesPadding = golden.GetProperty("count").GetBoolean(),
            };
            bool maximum = golden.GetProperty("kind").GetString() == "max";
            Check(
                golden,
                (ops, operands) => maximum ? ops.MaxPool(operands[0], options) : ops.AveragePool(operands[0], options),
                ("x", Values(1, 1, golden.Ints("x"))));
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Resize_EveryMethodAndGrid_AgreesWithPyTorchInItsGradientToo(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach (JsonElement golden in Root.GetProperty("resizes").EnumerateArray())
        {
            ResizeMethod method = Enum.Parse<ResizeMethod>(golden.GetProperty("method").GetString()!);
            ResizeGrid grid = Enum.Parse<ResizeGrid>(golden.GetProperty("grid").GetString()!);
            Check(
                golden, (ops, operands) => ops.Resize(operands[0], golden.Size("size"), method, grid), ("x", Values(1, 1, golden.Ints("x"))));
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void LocalResponseNorm_TwoSizes_AgreesWithPyTorchInItsGradientToo(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach (JsonElement golden in Root.GetProperty("norms").GetProperty("local").EnumerateArray())
        {
            Check(
                golden,
                (ops, operands) => ops.LocalResponseNorm(
                    operands[0], golden.GetProperty("n").GetInt32(), golden.GetProperty("alpha").GetSingle(), golden.GetProperty("beta").GetSingle(),
                    golden.GetProperty("k").GetSingle()),
                ("x", Values(1, 1, 2, 3, 4, 5)));
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void BatchNormalization_AsAffineOrFolded_AgreesWithPyTorch(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        JsonElement golden = Root.GetProperty("norms").GetProperty("batch");
        using Tensor x = Values(1, 1, 2, 3, 4, 5), weight = Values(2, 1, 5), bias = Values(3, 1, 5), mean = Values(4, 1, 5), variance = Values(5, 1, 5);
        foreach (ref float value in variance.AsSpan())
        {
            value += 1.5f;
        }

        BatchNormalization norm = new(mean, variance, weight, bias, 1e-3f);
        (Tensor factor, Tensor addend) = norm.ToAffine();
        using Ops ops = new();
        AssertClose(golden.GetProperty("output"), ops.Affine(x, ops.Own(factor), ops.Own(addend)), "affine");

        using Tensor kernel = Values(7, 1, 5, 5, 3, 3), before = Values(8, 1, 5);
        Convolution2D options = new() { Padding = Padding2D.All(1) };
        (factor, addend) = norm.ToAffine();
        Tensor apart = ops.Affine(ops.Convolve(x, kernel, before, options), ops.Own(factor), ops.Own(addend));
        (Tensor folded, Tensor foldedBias) = norm.Fold(kernel, before);
        float[] together = ops.Convolve(x, ops.Own(folded), ops.Own(foldedBias), options).ToArray();
        for (int i = 0; i < together.Length; i++)
        {
            // Forty-five products around one: the same sum, rounded in another order.
            Assert.InRange(together[i] - apart.AsSpan()[i], -2e-5, 2e-5);
        }

        Assert.Throws<ShapeException>(() => norm.Fold(Values(7, 1, 4, 5, 3, 3), null));
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Network_WithBranches_AgreesWithPyTorchInEveryGradient(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        JsonElement golden = Root.GetProperty("network");
        (string Name, int[] Shape)[] layers = [("stem", [8, 3, 5, 5]), ("left", [6, 8, 1, 1]), ("right", [4, 8, 3, 3]), ("deep", [10, 1, 3, 3])];
        using Tape tape = new();
        using Ops ops = new(tape);
        Dictionary<string, Tensor> leaves = new() { ["x"] = ops.Watch(ops.Own(Values(1, 1, 3, 15, 13, 3))) };
        for (int i = 0; i < layers.Length; i++)
        {
            leaves[layers[i].Name + ".weight"] = ops.Watch(ops.Own(Values(10 + i, 0.5, layers[i].Shape)));
            leaves[layers[i].Name + ".bias"] = ops.Watch(ops.Own(Values(20 + i, 0.1, layers[i].Shape[0])));
        }

        leaves["head.weight"] = ops.Watch(ops.Own(Values(30, 1, 10, 4)));
        Tensor Layer(Tensor x, string name, int stride = 1, int padding = 0, int groups = 1) => ops.Convolve(
            x,
            leaves[name + ".weight"],
            leaves[name + ".bias"],
            new Convolution2D { Stride = stride, Padding = Padding2D.All(padding), Groups = groups, Relu = true });

        Tensor h = ops.MaxPool(Layer(leaves["x"], "stem", 2, 2), new Pooling2D { Kernel = 3, Stride = 1, Padding = Padding2D.All(1) });
        h = ops.LocalResponseNorm(h, 5, 0.1f);
        h = ops.ConcatenateChannels(Layer(h, "left"), Layer(h, "right", 1, 1));
        h = ops.AveragePool(Layer(h, "deep", 1, 1, 10), new Pooling2D { Kernel = 2, CeilingMode = true });
        Tensor logits = ops.MatMul(ops.GlobalAveragePool(h), leaves["head.weight"]);
        Tensor loss = ops.Sum(ops.CrossEntropy(logits, [1, 3, 0]));
        AssertClose(golden.GetProperty("logits"), logits, "logits");
        Assert.InRange(loss.AsSpan()[0] - golden.GetProperty("loss").GetDouble(), -1e-5, 1e-5);
        using Tensors.Gradients gradients = tape.Backward(loss);
        foreach ((string name, Tensor leaf) in leaves)
        {
            AssertClose(golden.GetProperty("gradients").GetProperty(name), gradients[leaf], name);
        }
    }

    [Fact]
    public void Layouts_ThereAndBack_AreTheSameImages()
    {
        using Tape tape = new();
        using Ops ops = new(tape);
        Tensor x = ops.Watch(ops.Own(Values(1, 1, 2, 3, 5, 70))), turned = ops.ToChannelsFirst(x);
        Assert.Equal(x[1, 2, 3, 65], turned[1, 65, 2, 3]);
        Tensor back = ops.ToChannelsLast(turned);
        Assert.Equal(x.ToArray(), back.ToArray());
        using Tensor seed = Values(4, 1, 2, 3, 5, 70);
        using Tensors.Gradients gradients = tape.Backward(back, seed);
        Assert.Equal(seed.ToArray(), gradients[x].ToArray());
    }

    [Fact]
    public void Pad_EachSide_PutsTheValueThereAndGivesItNoGradient()
    {
        using Tape tape = new();
        using Ops ops = new(tape);
        Tensor x = ops.Watch(ops.Own(Values(1, 1, 2, 3, 4, 2))), padded = ops.Pad(x, new Padding2D(1, 2, 0, 3), -7);
        Assert.Equal([2, 4, 9, 2], padded.Shape.Sizes.ToArray());
        Assert.Equal(-7, padded[1, 0, 4, 1]);
        Assert.Equal(-7, padded[1, 2, 1, 1]);
        Assert.Equal(x[1, 2, 3, 1], padded[1, 3, 5, 1]);
        using Tensor seed = Values(3, 1, 2, 4, 9, 2);
        using Tensors.Gradients gradients = tape.Backward(padded, seed);
        Assert.Equal(seed[1, 3, 5, 1], gradients[x][1, 2, 3, 1]);
        Assert.Equal(seed[0, 1, 2, 0], gradients[x][0, 0, 0, 0]);
    }

    [Fact]
    public void Convolve_WhatDoesNotFit_IsRefusedWithBothShapes()
    {
        using Ops ops = new();
        Tensor x = ops.Zeros(new Shape(1, 4, 4, 3)), weight = ops.Zeros(new Shape(8, 4, 3, 3));
        string message = Assert.Throws<ShapeException>(() => ops.Convolve(x, weight, null, new Convolution2D())).Message;
        Assert.Contains("[1, 4, 4, 3]", message);
        Assert.Contains("in_channel 4", message);
        Tensor fitting = ops.Zeros(new Shape(8, 3, 5, 5));
        Assert.Throws<ShapeException>(() => ops.Convolve(x, fitting, null, new Convolution2D()));
        Assert.Throws<ShapeException>(() => ops.Convolve(x, fitting, ops.Zeros(new Shape(7)), new Convolution2D()));
        Assert.Throws<ShapeException>(() => ops.Convolve(x, fitting, null, new Convolution2D { Stride = 0 }));
        Assert.Throws<ShapeException>(() => ops.Convolve(x, fitting, null, new Convolution2D { Groups = 3 }));
        Assert.Throws<ShapeException>(() => ops.MaxPool(x, new Pooling2D { Kernel = 2, Padding = Padding2D.All(2) }));
        Assert.Throws<ShapeException>(() => ops.MaxPool(ops.Reshape(x, new Shape(4, 4, 3)), new Pooling2D { Kernel = 2 }));
    }
}
