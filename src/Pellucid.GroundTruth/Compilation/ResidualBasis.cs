// The declared order of the directions: tokens in the vocabulary's order, BOS, PAD, positions, the constant, then the variables in the
// order of the program's graph, each with its values in order, and after a width the direction of its head.
namespace Pellucid.GroundTruth.Compilation;

/// <summary>The directions of the residual stream, in one declared order that nothing sorts again.</summary>
internal sealed class ResidualBasis
{
    private readonly int[] _first;
    private readonly Dictionary<Value, int>[] _byValue;
    private readonly int[] _heads;
    private readonly List<string> _labels = [];

    internal ResidualBasis(VariableSpace[] spaces, CompileOptions options)
    {
        (_first, _heads, _byValue) = (new int[spaces.Length], new int[spaces.Length], new Dictionary<Value, int>[spaces.Length]);
        Tokens = options.Vocabulary.Count;
        Length = options.Length;
        _labels.AddRange(options.Vocabulary.Select(token => $"tokens:{token}"));
        _labels.AddRange([$"tokens:{options.Bos}", $"tokens:{options.Pad}"]);
        _labels.AddRange(Enumerable.Range(0, Length).Select(i => $"indices:{i}"));
        One = spaces.Any(space => NeedsOne(space, spaces)) ? Add("one") : -1;
        foreach (VariableSpace space in spaces)
        {
            int index = space.Variable.Index;
            bool isCategorical = !space.IsNumerical;
            _first[index] = space.Expression switch
            {
                TokensExpression => 0,
                IndicesExpression => Tokens + 2,
                _ => _labels.Count,
            };
            _byValue[index] = isCategorical ? space.Values.Index().ToDictionary(entry => entry.Item, entry => entry.Index) : [];
            if (space.Expression is not (TokensExpression or IndicesExpression))
            {
                _labels.AddRange(isCategorical ? space.Values.Select(value => $"{space.Name}:{value}") : [space.Name]);
            }

            _heads[index] = space.Expression is SelectorWidthExpression ? Add($"{space.Name}_selector_width_attn_output") : -1;
        }

        if (_labels.Count > CompilerLimits.Directions)
        {
            throw new RaspException(
                $"The residual stream needs {_labels.Count} dimensions; at most {CompilerLimits.Directions} are built. "
                + "Use fewer values or a shorter input.");
        }
    }

    internal IReadOnlyList<string> Labels => _labels;

    internal int Size => _labels.Count;

    internal int Tokens { get; }

    internal int Length { get; }

    internal int Bos => Tokens;

    internal int FirstIndex => Tokens + 2;

    /// <summary>The direction that is 1 at every position; −1 where no block needs it.</summary>
    internal int One { get; }

    /// <summary>The direction of a categorical variable's value.</summary>
    internal int Of(VariableSpace space, Value value) => _first[space.Variable.Index] + _byValue[space.Variable.Index][value];

    /// <summary>The directions of a variable: one of a numerical one, one a value of a categorical one.</summary>
    internal IEnumerable<int> Of(VariableSpace space) => Enumerable.Range(_first[space.Variable.Index], space.IsNumerical ? 1 : space.Values.Length);

    /// <summary>The only direction of a numerical variable.</summary>
    internal int Number(VariableSpace space) => _first[space.Variable.Index];

    /// <summary>The direction to which a width's head writes.</summary>
    internal int HeadOf(VariableSpace space) => _heads[space.Variable.Index];

    private int Add(string label)
    {
        _labels.Add(label);
        return _labels.Count - 1;
    }

    private static bool NeedsOne(VariableSpace space, VariableSpace[] spaces) => space.Expression switch
    {
        AggregateExpression or SelectorWidthExpression => true,
        SequenceMapExpression map => !ReferenceEquals(map.First, map.Second),
        MapExpression map => spaces.First(other => ReferenceEquals(other.Expression, map.Operand)).IsNumerical,
        _ => false,
    };
}
