using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors;

/// <summary>
/// Changes parameters by their gradients, one step at a time. Owns its state until disposed, and nothing else; for one thread at a time. A
/// step allocates nothing on the managed heap, and its bits do not depend on the number of threads.
/// </summary>
/// <example>
/// <code>
/// using AdamW adam = new([weight, bias], new AdamWOptions { LearningRate = 3e-4f, ClipNorm = 1 });
/// using Tape tape = new();
/// using Ops ops = new(tape);
/// foreach (Batch batch in batches)
/// {
///     ops.Reset();
///     Tensor loss = ops.Mean(ops.CrossEntropy(ops.Linear(batch.X, weight, bias), batch.Targets));
///     using Gradients gradients = tape.Backward(loss);
///     adam.Step(gradients);
/// }
/// </code>
/// </example>
public abstract unsafe class Optimizer : IDisposable
{
    private const string StepsKey = "steps";

    private readonly OptimizerOptions _options;
    private readonly Parameter[] _parameters;
    private readonly Tensor?[] _found;
    private readonly Dictionary<string, Tensor> _state = new(StringComparer.Ordinal);
    private readonly Tensor _steps = Tensor.Zeros(new Shape(1), DType.I32);
    private readonly Tensor _room;

    private protected Optimizer(IEnumerable<Parameter> parameters, OptimizerOptions options)
    {
        if (options is { ClipNorm: not null, ClipValue: not null })
        {
            throw new PellucidException($"Gradients can be clipped by norm ({options.ClipNorm}) or by value ({options.ClipValue}), not both. Unset one.");
        }

        (_parameters, _options) = ([.. parameters], options);
        _found = new Tensor?[_parameters.Length];
        HashSet<string> names = new(StringComparer.Ordinal);
        long most = 1;
        foreach (Parameter parameter in _parameters)
        {
            if (!names.Add(parameter.Name))
            {
                throw new PellucidException($"There are two parameters '{parameter.Name}'. Give each a name of its own.");
            }

            most = Math.Max(most, parameter.Constraint == ParameterConstraint.UnitRows ? parameter.Value.Count : Totals.Room(parameter.Value.Count));
        }

        _room = Tensor.Empty(new Shape(checked((int)most)));
        _state.Add(StepsKey, _steps);
    }

    /// <summary>The parameters, in the order in which they were given.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>Steps taken so far.</summary>
    public int Steps => _steps.AsSpan<int>()[0];

    /// <summary>The learning rate that the next step has.</summary>
    public float LearningRate => (float)(_options.LearningRate * _options.Schedule.At(Steps));

    /// <summary>The Euclidean length of all gradients of the last step together, before clipping; NaN where <see cref="OptimizerOptions.ClipNorm"/> is not set.</summary>
    public float GradientNorm { get; private set; } = float.NaN;

    /// <summary>
    /// All that a later step depends on but the parameters' values: the number of steps (I32 [1]) and arrays named after the parameters.
    /// They are the optimizer's own and change with every step: write them to a file, or copy them.
    /// </summary>
    public IReadOnlyDictionary<string, Tensor> State => _state;

    /// <summary>Takes a step by the gradients of a way back. A parameter that has none stays as it is.</summary>
    /// <param name="gradients">Gradients with respect to what <see cref="Ops.Watch(Parameter)"/> watched.</param>
    public void Step(Gradients gradients)
    {
        for (int i = 0; i < _parameters.Length; i++)
        {
            _found[i] = gradients.Find(_parameters[i]);
        }

        Step(_found);
        Array.Clear(_found);
    }

    /// <summary>Takes a step by gradients that were made by other means.</summary>
    /// <param name="gradients">One for each parameter, in order and of its shape; null leaves the parameter as it is.</param>
    /// <exception cref="ShapeException">There is another number of them, or one has another shape or is not one run of F32 values.</exception>
    public void Step(ReadOnlySpan<Tensor?> gradients)
    {
        Check(gradients);
        float factor = _options.ClipNorm is { } most ? ClipFactor(gradients, most) : 1;
        (float rate, int step) = (LearningRate, Steps + 1);
        for (int i = 0; i < _parameters.Length; i++)
        {
            if (gradients[i] is { } gradient)
            {
                Change(i, gradient, factor, rate, step);
            }
        }

        _steps.AsSpan<int>()[0] = step;
    }

    /// <summary>Goes on from where <see cref="State"/> was written.</summary>
    /// <param name="state">The arrays by name, whose values are copied.</param>
    /// <exception cref="PellucidException">An array is missing, or has another shape or type.</exception>
    public void Restore(IReadOnlyDictionary<string, Tensor> state)
    {
        foreach ((string name, Tensor own) in _state)
        {
            if (!state.TryGetValue(name, out Tensor? saved) || saved.Shape != own.Shape || saved.DType != own.DType)
            {
                string met = saved is null ? "nothing" : $"{saved.Shape} of {saved.DType}";
                throw new PellucidException(
                    $"The state to restore has {met} under '{name}'; {own.Shape} of {own.DType} was expected. It is that of another optimizer or of other parameters.");
            }
        }

        foreach ((string name, Tensor own) in _state)
        {
            using Tensor saved = state[name].Copy();
            Buffer.MemoryCopy(saved.RawPointer, own.RawPointer, own.Count * own.DType.Size(), own.Count * own.DType.Size());
        }
    }

    /// <summary>Frees the state.</summary>
    public void Dispose()
    {
        foreach (Tensor tensor in _state.Values)
        {
            tensor.Dispose();
        }

        _room.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>An array of zeros for each parameter, kept in <see cref="State"/>.</summary>
    private protected Tensor[] NewState(string kind)
    {
        Tensor[] arrays = Array.ConvertAll(_parameters, parameter => Tensor.Zeros(parameter.Value.Shape));
        for (int i = 0; i < arrays.Length; i++)
        {
            _state.Add($"{_parameters[i].Name}.{kind}", arrays[i]);
        }

        return arrays;
    }

    /// <summary>Changes the values of one parameter.</summary>
    private protected abstract void Update(int index, float* values, float* gradient, long length, in UpdateFactors factors);

    private void Change(int index, Tensor gradient, float factor, float rate, int step)
    {
        Parameter parameter = _parameters[index];
        float* values = parameter.Value.Pointer, slope = gradient.Pointer;
        (long count, int width) = (parameter.Value.Count, parameter.Value.Shape.Width);
        long rows = width == 0 ? 0 : count / width;
        if (parameter.Constraint == ParameterConstraint.UnitRows)
        {
            UnitRows.RemoveParallel(values, slope, _room.Pointer, rows, width);
            slope = _room.Pointer;
        }

        Update(index, values, slope, count, new UpdateFactors
        {
            Gradient = factor,
            Bound = _options.ClipValue ?? float.PositiveInfinity,
            Rate = rate * parameter.LearningRateFactor,
            Decay = parameter.Decays ? _options.WeightDecay : 0,
            Step = step,
        });
        if (parameter.Constraint == ParameterConstraint.UnitRows)
        {
            UnitRows.Normalize(values, rows, width);
        }
        else if (parameter.Constraint == ParameterConstraint.NonNegative)
        {
            Elementwise.Relu(values, values, count);
        }

        parameter.Repack();
        GC.KeepAlive(gradient);
    }

    private float ClipFactor(ReadOnlySpan<Tensor?> gradients, float most)
    {
        double sum = 0;
        foreach (Tensor? gradient in gradients)
        {
            sum += gradient is null ? 0 : Totals.SumOfSquares(gradient.Pointer, gradient.Count, _room.Pointer);
            GC.KeepAlive(gradient);
        }

        GradientNorm = (float)Math.Sqrt(sum);
        return (float)Math.Min(1, most / (Math.Sqrt(sum) + 1e-6)); // the small number is PyTorch's, so that the two agree
    }

    private void Check(ReadOnlySpan<Tensor?> gradients)
    {
        if (gradients.Length != _parameters.Length)
        {
            throw new ShapeException($"Step: {gradients.Length} gradients were given for {_parameters.Length} parameters; one for each was expected.");
        }

        for (int i = 0; i < gradients.Length; i++)
        {
            if (gradients[i] is { } gradient && (gradient.Shape != _parameters[i].Value.Shape || gradient.DType != DType.F32 || !gradient.IsContiguous))
            {
                throw new ShapeException(
                    $"Step: the gradient {gradient.Shape} of {gradient.DType} does not fit parameter '{_parameters[i].Name}' {_parameters[i].Value.Shape}; "
                    + "one run of F32 values of the same shape was expected.");
            }
        }
    }
}
