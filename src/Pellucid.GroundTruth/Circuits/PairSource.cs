using Pellucid.GroundTruth.Compilation;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.GroundTruth.Circuits;

/// <summary>
/// Draws pairs of clean and corrupted inputs as embeddings. Clean inputs are taken in turn from those of each value of a variable, so that
/// rare ones occur. Of the corrupted ones a third differ in one token, a third are other inputs, and a third are other inputs with gaps and
/// with their positions in another order.
/// </summary>
internal sealed class PairSource
{
    private const int Candidates = 2000;

    private readonly CompiledProgram _compiled;
    private readonly SeededRandom _random;
    private readonly float[][] _tokens;
    private readonly float[][] _positions;
    private readonly float[] _absent;
    private readonly int _width;

    internal PairSource(CompiledProgram compiled, long seed)
    {
        (_compiled, _random, _width) = (compiled, new SeededRandom(seed, stream: 0xED6E), compiled.Model.Config.DModel);
        using ModelParameters parameters = compiled.Model.CopyParameters();
        _tokens = [.. Enumerable.Range(0, compiled.Model.Config.Vocabulary).Select(token => parameters["embed.W_E"].Row(token).ToArray())];
        _positions = [.. Enumerable.Range(0, compiled.Options.Length + 1).Select(position => parameters["pos_embed.W_pos"].Row(position).ToArray())];
        _absent = [.. compiled.Truth.Constant];
    }

    /// <summary>
    /// Draws pairs whose clean inputs are spread over the values of one variable: the output in round 0, then each variable in turn.
    /// </summary>
    internal (float[][] Clean, float[][] Corrupted) Draw(int pairs, int round)
    {
        Value[][][] groups = Groups(_compiled.Program.Variables[^(1 + (round % _compiled.Program.Variables.Count))]);
        List<float[]> clean = [], corrupted = [];
        for (int i = 0; i < pairs; i++)
        {
            Value[] input = _random.Any(groups[i % groups.Length]);
            Value[] other = i % 3 == 0 ? OneTokenChanged(input) : _random.Any(_random.Any(groups));
            int[] order = [.. Enumerable.Range(1, _compiled.Options.Length)];
            clean.Add(Embedded(input, order));
            corrupted.Add(Embedded(i % 3 == 2 ? WithGaps(other) : other, i % 3 == 2 ? Shuffled(order) : order));
        }

        return ([.. clean], [.. corrupted]);
    }

    /// <summary>Inputs by the values of a variable, the rarest first.</summary>
    private Value[][][] Groups(string variable)
    {
        var options = new EvaluationOptions { Causal = _compiled.Options.Causal };
        return
        [
            .. InputSpace.Of(_compiled.Options, Candidates, _random.NextWord())
                .GroupBy(input => string.Join(' ', _compiled.Program.Evaluate(input, options)[variable]))
                .OrderBy(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => group.ToArray()),
        ];
    }

    private Value[] OneTokenChanged(Value[] input)
    {
        Value[] changed = [.. input];
        changed[_random.NextInt(changed.Length)] = _random.Any(_compiled.Options.Vocabulary);
        return changed;
    }

    /// <summary>The input with each third position or so absent.</summary>
    private Value[] WithGaps(Value[] input) => [.. input.Select(token => _random.NextInt(3) == 0 ? Value.Undefined : token)];

    private int[] Shuffled(int[] order)
    {
        int[] shuffled = [.. order];
        _random.Shuffle<int>(shuffled);
        return shuffled;
    }

    /// <summary>The input node: BOS, tokens with positions in an order, and the constant alone where there is none.</summary>
    private float[] Embedded(Value[] input, int[] order)
    {
        float[] embedded = new float[_positions.Length * _width];
        _tokens[_compiled.Options.Vocabulary.Count].CopyTo(embedded, 0);
        for (int p = 1; p < _positions.Length; p++)
        {
            bool isPresent = p <= input.Length && input[p - 1].IsDefined;
            float[] token = isPresent ? _tokens[_compiled.Options.Vocabulary.Index().First(entry => entry.Item == input[p - 1]).Index] : _absent;
            for (int d = 0; d < _width; d++)
            {
                embedded[(p * _width) + d] = token[d] + (isPresent ? _positions[order[p - 1]][d] : 0);
            }
        }

        return embedded;
    }
}
