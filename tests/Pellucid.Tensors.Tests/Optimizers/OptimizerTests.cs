using System.Text.Json;
using Pellucid.Tensors.Tests.Gradients;
using Pellucid.Tensors.Tests.Memory;

namespace Pellucid.Tensors.Tests.Optimizers;

public sealed class OptimizerTests : IDisposable
{
    private static readonly JsonElement Golden = GoldenJson.Open("optimizers", "optimizers.json");

    private readonly List<Tensor> _values = [];

    public void Dispose() => _values.ForEach(tensor => tensor.Dispose());

    public static TheoryData<string, InstructionSet> Runs
    {
        get
        {
            TheoryData<string, InstructionSet> data = [];
            foreach (InstructionSet set in Processor.Supported)
            {
                foreach (JsonProperty run in Golden.GetProperty("runs").EnumerateObject())
                {
                    data.Add(run.Name, set);
                }
            }

            return data;
        }
    }

    /// <summary>
    /// Twenty steps whose gradients depend on the values, so that nothing averages out. Values are about 1, and each step rounds a few times:
    /// 1e-6 of the largest value.
    /// </summary>
    [Theory]
    [MemberData(nameof(Runs))]
    public void Step_TwentyTimes_EndsWherePyTorchDoes(string name, InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        JsonElement golden = Golden.GetProperty("runs").GetProperty(name);
        Parameter[] parameters = Start(golden, name == "adam-unit" ? ParameterConstraint.UnitRows : ParameterConstraint.None);
        using Optimizer optimizer = Create(name, parameters);
        double[] norms = golden.GetProperty("norms").Doubles();
        for (int step = 0; step < 20; step++)
        {
            Walk(optimizer, step);
            if (norms.Length > 0)
            {
                Assert.Equal(norms[step], optimizer.GradientNorm, norms[step] * 1e-6);
            }
        }

        Assert.Equal(20, optimizer.Steps);
        for (int i = 0; i < parameters.Length; i++)
        {
            Numbers.AssertClose(golden.GetProperty("end")[i].Doubles(), parameters[i].Value.ToArray(), 1e-6, name);
        }
    }

    [Theory]
    [InlineData("adamw")]
    [InlineData("nesterov")]
    public void Restore_HalfWay_GoesOnWithTheSameBits(string name)
    {
        JsonElement golden = Golden.GetProperty("runs").GetProperty(name);
        Parameter[] whole = Start(golden), second = Start(golden);
        using Optimizer once = Create(name, whole), begun = Create(name, second), resumed = Create(name, second);
        for (int step = 0; step < 20; step++)
        {
            Walk(once, step);
            if (step == 10)
            {
                resumed.Restore(begun.State);
            }

            Walk(step < 10 ? begun : resumed, step);
        }

        Assert.Equal(Array.ConvertAll(whole, p => p.Value.ToArray()), Array.ConvertAll(second, p => p.Value.ToArray()));
        Parameter[] other = [new("other", whole[0].Value)];
        using Optimizer stranger = Create(name, other);
        Assert.Contains("other.", Assert.Throws<PellucidException>(() => stranger.Restore(once.State)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Step_UnitRows_KeepsLengthAndRemovesTheParallelPart()
    {
        JsonElement golden = Golden.GetProperty("runs").GetProperty("adam-unit");
        Parameter[] parameters = Start(golden, ParameterConstraint.UnitRows);
        using Sgd sgd = new(parameters, new SgdOptions { LearningRate = 0.1f });
        float[] before = parameters[0].Value.ToArray();
        using Tensor along = parameters[0].Value.Copy();
        sgd.Step([along, null]);
        Assert.All(before.Zip(parameters[0].Value.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-7f)); // the gradient is the row itself
        Walk(sgd, 0);
        Assert.All(parameters[0].Value.ToArray().Chunk(5), row => Assert.Equal(1, row.Sum(value => value * value), 1e-6f));
        Assert.NotEqual(before, parameters[0].Value.ToArray());
    }

    [Fact]
    public void Step_NonNegative_StopsAtZero()
    {
        Parameter parameter = new("p", Value([0.05f, 2])) { Constraint = ParameterConstraint.NonNegative };
        using Sgd sgd = new([parameter], new SgdOptions { LearningRate = 1 });
        using Tensor gradient = Tensor.From(1, 1);
        sgd.Step([gradient]);
        Assert.Equal([0, 1], parameter.Value.ToArray());
    }

    [Fact]
    public void Step_ParameterOfItsOwnRateWithoutDecay_IsChangedByThat()
    {
        Parameter slow = new("slow", Value([1, 1])) { LearningRateFactor = 0.5f, Decays = false }, plain = new("plain", Value([1, 1]));
        using Sgd sgd = new([slow, plain], new SgdOptions { LearningRate = 0.5f, WeightDecay = 0.5f });
        using Tensor gradient = Tensor.From(1, 2);
        sgd.Step([gradient, gradient]);
        Assert.Equal([0.75f, 0.5f], slow.Value.ToArray());
        Assert.Equal([0.25f, -0.25f], plain.Value.ToArray());
    }

    [Fact]
    public void Step_OnceWarm_AllocatesNothing()
    {
        JsonElement golden = Golden.GetProperty("runs").GetProperty("adamw-clip");
        Parameter[] parameters = Start(golden, ParameterConstraint.UnitRows);
        using Optimizer optimizer = Create("adamw-clip", parameters);
        Tensor[] gradients = Array.ConvertAll(parameters, parameter => Value(parameter.Value.ToArray()));
        using Tensor matrix = gradients[0].Reshape(parameters[0].Value.Shape);
        gradients[0] = matrix;
        Assert.Equal(0, ManagedMemory.OfAStep(_ => optimizer.Step(gradients)));
    }

    [Fact]
    public void Step_AnyThreadCount_GivesTheSameBits()
    {
        float[][] results = [.. new[] { 1, 2, 3 }.Select(threads =>
        {
            using Threading.WorkerPool pool = new(threads);
            using IDisposable use = Threading.Workers.Use(pool);
            Parameter parameter = new("p", Value([.. Enumerable.Range(0, 50_021).Select(i => i % 100 / 50f)]));
            using AdamW adam = new([parameter], new AdamWOptions { ClipNorm = 1 });
            using Tensor gradient = Tensor.From([.. Enumerable.Range(0, 50_021).Select(i => (i % 77 / 50f) - 0.5f)]);
            adam.Step([gradient]);
            adam.Step([gradient]);
            return parameter.Value.ToArray();
        })];
        Assert.Equal(results[0], results[1]);
        Assert.Equal(results[0], results[2]);
    }

    [Fact]
    public void Optimizer_WhatDoesNotFit_IsRefusedByName()
    {
        Parameter parameter = new("weight", Value([1, 2]));
        Assert.Contains("weight", Assert.Throws<PellucidException>(() => new Sgd([parameter, parameter], new())).Message, StringComparison.Ordinal);
        Assert.Throws<PellucidException>(() => new Sgd([parameter], new() { ClipNorm = 1, ClipValue = 1 }));
        Assert.Throws<PellucidException>(() => new Sgd([parameter], new() { IsNesterov = true }));
        using Sgd sgd = new([parameter], new());
        using Tensor wrong = Tensor.From(1, 2, 3);
        Assert.Contains("weight", Assert.Throws<ShapeException>(() => sgd.Step([wrong])).Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => sgd.Step([]));
        using Tensor half = Value([1, 2]).To(DType.BF16);
        Assert.Throws<ShapeException>(() => new Parameter("half", half));
    }

    private static Optimizer Create(string name, Parameter[] parameters) => name switch
    {
        "sgd" => new Sgd(parameters, new() { LearningRate = 0.05f }),
        "sgd-decay" => new Sgd(parameters, new() { LearningRate = 0.05f, WeightDecay = 0.1f }),
        "sgd-clip" => new Sgd(parameters, new() { LearningRate = 0.05f, ClipNorm = 0.5f }),
        "sgd-value" => new Sgd(parameters, new() { LearningRate = 0.05f, ClipValue = 0.3f }),
        "momentum" => new Sgd(parameters, new() { LearningRate = 0.05f, Momentum = 0.9f }),
        "nesterov" => new Sgd(parameters, new() { LearningRate = 0.05f, Momentum = 0.9f, IsNesterov = true, WeightDecay = 0.1f }),
        "adam" or "adam-unit" => new Adam(parameters, new() { LearningRate = 0.05f }),
        "adam-decay" => new Adam(parameters, new() { LearningRate = 0.05f, Beta1 = 0.8f, Beta2 = 0.99f, Epsilon = 1e-6f, WeightDecay = 0.1f }),
        "adamw" => new AdamW(parameters, new() { LearningRate = 0.05f }),
        _ => new AdamW(parameters, new() { LearningRate = 0.05f, WeightDecay = 0.2f, ClipNorm = 0.5f }),
    };

    /// <summary>A step by the gradients that the script made: given numbers and half of the value.</summary>
    private static void Walk(Optimizer optimizer, int step)
    {
        using Ops ops = new();
        optimizer.Step([.. optimizer.Parameters.Select((parameter, i) => ops.Add(
            ops.Own(Tensor.From(Golden.GetProperty("gradients")[step][i].Floats(), parameter.Value.Shape)), ops.Scale(parameter.Value, 0.5f)))]);
    }

    private Parameter[] Start(JsonElement golden, ParameterConstraint first = ParameterConstraint.None) =>
    [
        new("matrix", Value(golden.GetProperty("start")[0].Floats(), 3, 5)) { Constraint = first },
        new("vector", Value(golden.GetProperty("start")[1].Floats())),
    ];

    private Tensor Value(float[] values, params int[] shape)
    {
        Tensor value = Tensor.From(values, shape.Length == 0 ? new Shape(values.Length) : new Shape(shape));
        _values.Add(value);
        return value;
    }
}
