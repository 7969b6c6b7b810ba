using Pellucid.GroundTruth.Compilation;
using Pellucid.Models;

namespace Pellucid.GroundTruth.Circuits;

/// <summary>Reads the truth off a compiled program.</summary>
internal sealed class TruthBuilder
{
    private readonly CraftNetwork _network;
    private readonly string[] _writers;
    private readonly string?[] _heads;
    private readonly int[] _layers;

    private TruthBuilder(CraftNetwork network)
    {
        _network = network;
        _writers = [.. network.Spaces.Select(_ => "input")];
        _heads = new string?[network.Spaces.Length];
        _layers = new int[network.Spaces.Length];
        foreach ((int layer, CraftLayer placed) in network.Layers.Index())
        {
            foreach ((int h, HeadBlock head) in placed.Heads.Index())
            {
                string node = new NetworkNode(layer, h).ToString();
                (_heads[head.Variable], _writers[head.Variable], _layers[head.Variable]) = (node, node, layer);
            }

            foreach (MlpBlock mlp in placed.Mlps.Where(Computes))
            {
                (_writers[mlp.Variable], _layers[mlp.Variable]) = (new NetworkNode(layer, null).ToString(), layer);
            }
        }
    }

    internal static CompiledTruth Of(CraftNetwork network) => new TruthBuilder(network).Build();

    private CompiledTruth Build()
    {
        (int Variable, string Input)[] reads = [.. Reads()];
        string[] nodes =
        [
            "input",
            .. _network.Layers.Index().SelectMany(layer => layer.Item.Heads.Select((_, h) => new NetworkNode(layer.Index, h))
                .Concat(layer.Item.Mlps.Any(Computes) ? [new NetworkNode(layer.Index, null)] : [])).Select(node => node.ToString()),
            "logits",
        ];
        HashSet<CircuitEdge> edges = [.. reads.Select(read => new CircuitEdge(_writers[read.Variable], read.Input)), .. Counted()];
        return new CompiledTruth
        {
            Blocks = _network.Blocks,
            Basis = _network.Basis.Labels,
            Constant = _network.Basis.One < 0 ? new float[_network.Basis.Size] : Unit(_network.Basis.One),
            Circuit = new Circuit(nodes, [.. Circuit.AllEdges(nodes).Where(edges.Contains)]),
            Variables = [.. _network.Spaces.Select(space => Variable(space, reads))],
        };
    }

    private TruthVariable Variable(VariableSpace space, (int Variable, string Input)[] reads)
    {
        int index = space.Variable.Index;
        return new TruthVariable
        {
            Name = space.Name,
            Encoding = space.Expression.Encoding,
            Values = space.IsNumerical ? [] : space.Values,
            Directions = [.. _network.Basis.Of(space).Select(Unit)],
            WrittenBy = _writers[index],
            CountedBy = space.Expression is SelectorWidthExpression ? _heads[index] : null,
            ReadBy = [.. reads.Where(read => read.Variable == index).Select(read => read.Input).Distinct()],
            Hook = _writers[index] switch
            {
                "input" => Hook.ResidPre(0),
                ['a', ..] => Hook.ResidMid(_layers[index]),
                _ => Hook.ResidPost(_layers[index]),
            },
        };
    }

    /// <summary>Units that clear BOS behind a head compute nothing that ever differs.</summary>
    private bool Computes(MlpBlock mlp) => _network.Program.Graph.Variables[mlp.Variable].Expression is not AggregateExpression;

    private float[] Unit(int direction)
    {
        float[] unit = new float[_network.Basis.Size];
        unit[direction] = 1;
        return unit;
    }

    /// <summary>Which variable is read by which input.</summary>
    private IEnumerable<(int Variable, string Input)> Reads()
    {
        VariableGraph graph = _network.Program.Graph;
        IEnumerable<(int, string)> reads = graph.Variables.SelectMany(variable => variable.Expression switch
        {
            SelectorWidthExpression width => Selected((SelectSelector)width.Selector, variable.Index),
            AggregateExpression aggregate =>
            [
                .. Selected((SelectSelector)aggregate.Selector, variable.Index),
                (graph.Number(aggregate.Operand), $"{_heads[variable.Index]}<v>"),
            ],
            _ => variable.Operands.Select(operand => (operand, _writers[variable.Index])),
        });
        return reads.Append((graph.Output.Index, "logits"));
    }

    private IEnumerable<(int Variable, string Input)> Selected(SelectSelector select, int variable)
    {
        VariableSpace keys = Space(select.Keys), queries = Space(select.Queries);
        if (Matters(queries, query => keys.Values.Select(key => select.Predicate(key, query))))
        {
            yield return (queries.Variable.Index, $"{_heads[variable]}<q>");
        }

        if (Matters(keys, key => queries.Values.Select(query => select.Predicate(key, query))))
        {
            yield return (keys.Variable.Index, $"{_heads[variable]}<k>");
        }
    }

    private VariableSpace Space(Expression expression) => _network.Spaces[_network.Program.Graph.Number(expression)];

    /// <summary>
    /// Whether a side of a selector tells anything: two of its values select differently, or a position may hold no value. A selector by
    /// the other side alone reads this one as a constant where it always holds a value.
    /// </summary>
    private bool Matters(VariableSpace space, Func<Value, IEnumerable<bool>> row) =>
        CanBeAbsent(space) || space.Values.Select(value => string.Concat(row(value).Select(selected => selected ? '1' : '0'))).Distinct().Skip(1).Any();

    /// <summary>Whether a position that holds no token holds no value of the variable either, or a function leaves it undefined.</summary>
    private bool CanBeAbsent(VariableSpace space) => space.Expression switch
    {
        SelectorWidthExpression => false,
        MapExpression map => !Space(map.Operand).IsNumerical
            && (CanBeAbsent(Space(map.Operand)) || Space(map.Operand).Values.Any(value => !map.Function(value).IsDefined)),
        SequenceMapExpression map => CanBeAbsent(Space(map.First)) || CanBeAbsent(Space(map.Second))
            || Space(map.First).Values.Any(x => Space(map.Second).Values.Any(y => !map.Function(x, y).IsDefined)),
        _ => true,
    };

    /// <summary>From the head of a width to the units that turn 1/(1 + width) into the width.</summary>
    private IEnumerable<CircuitEdge> Counted() => _network.Spaces
        .Where(space => space.Expression is SelectorWidthExpression)
        .Select(space => new CircuitEdge(_heads[space.Variable.Index]!, _writers[space.Variable.Index]));
}
