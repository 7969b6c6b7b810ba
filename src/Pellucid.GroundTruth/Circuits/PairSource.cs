using Pellucid.GroundTruth.Compilation;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.GroundTruth.Circuits;

/// <summary>
/// Draws pairs of clean and corrupted inputs as embeddings. Clean inputs are taken in turn from those of each output that the program gives, so that rare outputs occur. Of
/// the corrupted ones a third differ in one token, a third are other inputs, and a third are other inputs with their positions in another order.
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
        _absent = Absent();
    }

    internal (float[][] Clean, float[][] Corrupted) Draw(int pairs)
    {
        Value[][][] groups = Groups();
        List<float[]> clean = [], corrupted = [];
        for (int i = 0; i < pairs; i++)
        {
            Value[] input = Chosen(groups[i % groups.Length]);
            Value[] other = i % 3 == 0 ? OneTokenChanged(input) : Chosen(groups[_random.NextInt(groups.Length)]);
            int[] order = [.. Enumerable.Range(1, _compiled.Options.Length)];
            clean.Add(Embedded(input, order));
            if (i % 3 == 2)
            {
                _random.Shuffle<int>(order);
            }

            corrupted.Add(Embedded(other, order));
        }

        return ([.. clean], [.. corrupted]);
    }

    /// <summary>Inputs by what the program gives for them, the rarest outputs first.</summary>
    private Value[][][] Groups()
    {
        var options = new EvaluationOptions { Causal = _compiled.Options.Causal };
        return
        [
            .. InputSpace.Of(_compiled.Options, Candidates, _random.NextWord())
                .GroupBy(input => string.Join(' ', _compiled.Program.Evaluate(input, options).Output))
                .OrderBy(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => group.ToArray()),
        ];
    }

    private Value[] Chosen(Value[][] inputs) => inputs[_random.NextInt(inputs.Length)];

    private Value[] OneTokenChanged(Value[] input)
    {
        Value[] changed = [.. input];
        changed[_random.NextInt(changed.Length)] = _compiled.Options.Vocabulary[_random.NextInt(_compiled.Options.Vocabulary.Count)];
        return changed;
    }

    /// <summary>The input node: BOS, tokens with positions in an order, and nothing but the constant after them.</summary>
    private float[] Embedded(Value[] input, int[] order)
    {
        float[] embedded = new float[_positions.Length * _width];
        _tokens[_compiled.Options.Vocabulary.Count].CopyTo(embedded, 0);
        for (int p = 1; p < _positions.Length; p++)
        {
            bool isPresent = p <= input.Length;
            float[] token = isPresent ? _tokens[_compiled.Options.Vocabulary.Index().First(entry => entry.Item == input[p - 1]).Index] : _absent;
            for (int d = 0; d < _width; d++)
            {
                embedded[(p * _width) + d] = token[d] + (isPresent ? _positions[order[p - 1]][d] : 0);
            }
        }

        return embedded;
    }

    /// <summary>What every token holds: PAD without its own direction.</summary>
    private float[] Absent()
    {
        float[] absent = [.. _tokens[^1]];
        for (int d = 0; d < _width; d++)
        {
            absent[d] = _tokens.All(token => token[d] == absent[d]) ? absent[d] : 0;
        }

        return absent;
    }
}
