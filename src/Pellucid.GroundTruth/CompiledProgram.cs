// Lindner et al. 2023, Tracr: Compiled Transformers as a Laboratory for Interpretability (arXiv:2301.05062). Where the construction departs
// from it is said in the files of Compilation/ that do: BlockBuilder, StepMap, ProgramLowering, ValueInference.
using Pellucid.GroundTruth.Circuits;
using Pellucid.GroundTruth.Compilation;
using Pellucid.Models;

namespace Pellucid.GroundTruth;

/// <summary>
/// A RASP program as the weights of a transformer, with the truth about it: which direction holds which variable, and the circuit that
/// computes it. The network is an ordinary <see cref="Models.Model"/> without norms. Position 0 holds BOS; position p holds the input's
/// token p − 1 and the direction <c>indices:p−1</c>. Tokens have the vocabulary's ids, then BOS, then PAD, which stands for no input and
/// which nothing hides: run inputs of one length together. Owns the model. Safe for any number of threads.
/// </summary>
public sealed partial class CompiledProgram : IDisposable
{
    private readonly Dictionary<Value, int> _ids;

    /// <summary>Takes a network with its truth.</summary>
    /// <param name="program">The causal model: its variables are those of the truth.</param>
    /// <param name="options">What the network was made for.</param>
    /// <param name="model">The network, which this object owns from now on.</param>
    /// <param name="truth">What is known of it.</param>
    internal CompiledProgram(RaspProgram program, CompileOptions options, Model model, CompiledTruth truth)
    {
        (Program, Options, Model, Truth) = (program, options, model, truth);
        _ids = options.Vocabulary.Index().ToDictionary(token => token.Item, token => token.Index);
    }

    /// <summary>
    /// The program in the form that the network computes: its high-level causal model. Selectors that compared several variables compare
    /// one that holds them, and constants are gone; otherwise it is the program that was compiled.
    /// </summary>
    public RaspProgram Program { get; }

    /// <summary>Vocabulary, length, causality.</summary>
    public CompileOptions Options { get; }

    /// <summary>The network.</summary>
    public Model Model { get; }

    /// <summary>Variables, directions, circuit.</summary>
    public CompiledTruth Truth { get; }

    /// <summary>Compiles a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="options">Vocabulary, length, causality.</param>
    /// <exception cref="RaspException">The program cannot be computed by a network, or needs too many dimensions; the message names the
    /// expression.</exception>
    public static CompiledProgram Compile(RaspProgram program, CompileOptions options)
    {
        options.Check();
        var network = CraftNetwork.Build(program, options);
        Selections.Check(network);
        return new CompiledProgram(network.Program, options, Assembler.Assemble(network), TruthBuilder.Of(network));
    }

    /// <summary>Compiles a built-in program for what it is shown with, or for other options.</summary>
    /// <exception cref="RaspException">There is no such program, or it cannot be compiled for these options.</exception>
    public static CompiledProgram Compile(string builtIn, CompileOptions? options = null)
    {
        BuiltInProgram program = BuiltInPrograms.Get(builtIn);
        return Compile(program.Create(options), options ?? program.Options);
    }

    /// <summary>Runs the network on one input.</summary>
    /// <param name="tokens">1 to <c>Options.Length</c> tokens of the vocabulary, without BOS.</param>
    /// <returns>The decoded output at each position; undefined where no value of a categorical output has a coordinate of one
    /// half.</returns>
    /// <exception cref="RaspException">The input is too long, empty, or holds a token that is not in the vocabulary.</exception>
    public IReadOnlyList<Value> Run(IReadOnlyList<Value> tokens)
    {
        using Run run = Model.Run(Batch([tokens]));
        return [.. Enumerable.Range(1, tokens.Count).Select(position => Decode(run.Logits.Row(position)))];
    }

    /// <summary>Token ids of inputs, BOS first.</summary>
    /// <param name="inputs">Inputs, of one length where attention is not causal.</param>
    /// <exception cref="RaspException">An input is too long, empty, or holds a token that is not in the vocabulary.</exception>
    public TokenBatch Batch(IReadOnlyList<IReadOnlyList<Value>> inputs) => TokenBatch.From([.. inputs.Select(Ids)]);

    /// <summary>The value of an output: the number, or the value of the largest coordinate.</summary>
    /// <param name="logits">Logits of one position.</param>
    public Value Decode(ReadOnlySpan<float> logits)
    {
        if (Truth.Output.Encoding == ValueEncoding.Numerical)
        {
            return logits[0];
        }

        int largest = Largest(logits);
        return logits[largest] < 0.5f ? Value.Undefined : Truth.Output.Values[largest];
    }

    /// <summary>Holds the network against the program, on all inputs or on drawn ones.</summary>
    public CheckResult Check(CheckOptions? options = null)
    {
        options ??= new CheckOptions();
        const int Chunk = 512;
        (double maxError, int count, long wrong, long positions) = (0, 0, 0, 0);
        foreach (IGrouping<int, Value[]> group in InputSpace.Of(Options, options.Inputs, options.Seed).GroupBy(input => input.Length))
        {
            foreach (Value[][] inputs in group.Chunk(Chunk))
            {
                options.CancellationToken.ThrowIfCancellationRequested();
                using Run run = Model.Run(Batch(inputs));
                for (int i = 0; i < inputs.Length; i++)
                {
                    IReadOnlyList<Value> expected = Program.Evaluate(inputs[i], new EvaluationOptions { Causal = Options.Causal }).Output;
                    for (int p = 0; p < expected.Count; p++)
                    {
                        if (expected[p].IsDefined)
                        {
                            ReadOnlySpan<float> logits = run.Logits.Row((i * (group.Key + 1)) + p + 1);
                            maxError = Math.Max(maxError, Error(logits, expected[p]));
                            wrong += IsRight(logits, expected[p]) ? 0 : 1;
                            positions++;
                        }
                    }
                }

                count += inputs.Length;
            }
        }

        return new CheckResult(maxError, count, wrong, positions);
    }

    /// <summary>Frees the network.</summary>
    public void Dispose() => Model.Dispose();

    /// <summary>How far logits are from a defined value.</summary>
    internal double Error(ReadOnlySpan<float> logits, Value expected)
    {
        if (Truth.Output.Encoding == ValueEncoding.Numerical)
        {
            return Math.Abs(logits[0] - expected.Number);
        }

        double error = Truth.Output.Values[Largest(logits)] == expected ? 0 : 1;
        for (int i = 0; i < logits.Length; i++)
        {
            error = Math.Max(error, Math.Abs(logits[i] - (Truth.Output.Values[i] == expected ? 1 : 0)));
        }

        return error;
    }

    /// <summary>Whether an output decodes to a value; numbers are right within a twentieth.</summary>
    internal bool IsRight(ReadOnlySpan<float> logits, Value expected) => Truth.Output.Encoding == ValueEncoding.Numerical
        ? Math.Abs(logits[0] - expected.Number) < 0.05
        : Truth.Output.Values[Largest(logits)] == expected;

    /// <summary>The output that stands for a value: its number, or one at its coordinate.</summary>
    internal void Encode(Value value, Span<float> output)
    {
        for (int i = 0; i < output.Length; i++)
        {
            output[i] = Truth.Output.Encoding == ValueEncoding.Numerical ? (float)value.Number : Truth.Output.Values[i] == value ? 1 : 0;
        }
    }

    private static int Largest(ReadOnlySpan<float> logits)
    {
        int largest = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            largest = logits[i] > logits[largest] ? i : largest;
        }

        return largest;
    }

    private int[] Ids(IReadOnlyList<Value> tokens)
    {
        if (tokens.Count < 1 || tokens.Count > Options.Length)
        {
            throw new RaspException($"'{Program.Name}' was compiled for 1 to {Options.Length} tokens, BOS not counted; the input has {tokens.Count}.");
        }

        return [Options.Vocabulary.Count, .. tokens.Select(token => _ids.TryGetValue(token, out int id)
            ? id
            : throw new RaspException($"The token {token.Describe()} is not in the vocabulary of '{Program.Name}': {string.Join(", ", Options.Vocabulary)}."))];
    }
}
