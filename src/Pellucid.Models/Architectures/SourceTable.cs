using System.Globalization;
using Pellucid.Models.Checkpoints;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Architectures;

/// <summary>Finds the array of each parameter of a network among those of a checkpoint, and holds names and shapes against what the config asks for.</summary>
internal sealed class SourceTable
{
    private const string Advice = "Get the checkpoint again, or the config.json that belongs to it";
    private const string AnyLayer = "{L}";
    private const int MostNamesCompared = 4096;

    private static readonly string[] WeightNames = [".weight", ".gamma"], BiasNames = [".bias", ".beta"], ArrayItself = [".bias", ""];

    /// <summary>Ends of the names of arrays that follow from the config: masks, rotary frequencies, numbers of positions.</summary>
    private static readonly string[] Buffers =
    [
        ".attn.bias", ".attn.masked_bias", ".attn.attention.bias", ".attn.attention.masked_bias", ".attention.bias", ".attention.masked_bias", ".rotary_emb.inv_freq",
        ".rotary_emb.cos_cached", ".rotary_emb.sin_cached", ".position_ids",
    ];

    private readonly Architecture _family;
    private readonly CheckpointArrays _arrays;
    private readonly string _root;
    private readonly Dictionary<string, ArraySource> _sources = new(StringComparer.Ordinal);

    private SourceTable(Architecture family, CheckpointArrays arrays, string root) => (_family, _arrays, _root) = (family, arrays, root);

    /// <summary>What stands before the names in a checkpoint: the first of the family's roots under which there are embeddings.</summary>
    /// <exception cref="BadFileException">There are none.</exception>
    internal static string RootOf(Architecture family, CheckpointArrays arrays)
    {
        string module = Array.Find(family.Rows, row => row.Weight == ParameterName.Embedding)!.Module[1..];
        return Array.Find(family.Roots, root => arrays.Shapes.ContainsKey($"{root}{module}.weight")) ?? throw new BadFileException(
            arrays.Path, $"it has no array '{family.Roots[0]}{module}.weight', the embeddings of a {family.ModelTypes[0]}; {Nearest(arrays, $"{family.Roots[0]}{module}.weight")}", Advice);
    }

    /// <summary>The source of every parameter.</summary>
    /// <exception cref="BadFileException">An array is missing, of another shape, or in a block and of unknown meaning.</exception>
    internal static IReadOnlyDictionary<string, ArraySource> Of(Architecture family, CheckpointArrays arrays, string root, ModelConfig config)
    {
        if (arrays.Shapes.Count < config.Layers)
        {
            throw new BadFileException(arrays.Path, $"it has {arrays.Shapes.Count} arrays; the config tells of {config.Layers} blocks, each of several", Advice);
        }

        SourceTable table = new(family, arrays, root);
        Dictionary<string, (ParameterRow Row, bool IsBias)> rows = new(StringComparer.Ordinal);
        foreach (ParameterRow row in family.Rows)
        {
            rows[row.Weight] = (row, false);
            rows[row.Bias] = (row, true); // a later row of the bias alone stands above that of the layer
        }

        foreach (ParameterPoint point in new ParameterTable(config).Points)
        {
            (string pattern, string layer) = PatternOf(point.Name);
            table._sources[point.Name] = rows.TryGetValue(pattern, out (ParameterRow Row, bool IsBias) found)
                ? table.Find(config, point, found.Row, found.IsBias, layer)
                : throw new BadFileException(arrays.Path, $"a {family.ModelTypes[0]} of this config has the parameter '{point.Name}', for which no array is known", Advice);
        }

        table.CheckBlocks();
        return table._sources;
    }

    private static (string Pattern, string Layer) PatternOf(string parameter)
    {
        const string blocks = "blocks.";
        if (!parameter.StartsWith(blocks, StringComparison.Ordinal))
        {
            return (parameter, "");
        }

        int end = parameter.IndexOf('.', blocks.Length);
        return (blocks + AnyLayer + parameter[end..], parameter[blocks.Length..end]);
    }

    private ArraySource Find(ModelConfig config, ParameterPoint point, ParameterRow row, bool isBias, string layer)
    {
        string[] names =
        [
            .. row.Module.Split('|').SelectMany(module => (!isBias ? WeightNames : row.Weight.Length == 0 ? ArrayItself : BiasNames).Select(
                end => (module[0] == '*' ? _root + module[1..] : module).Replace(AnyLayer, layer, StringComparison.Ordinal) + end)),
        ];
        string name = Array.Find(names, _arrays.Shapes.ContainsKey)
            ?? throw new BadFileException(_arrays.Path, $"array '{names[0]}' is missing; {Nearest(_arrays, names[0])}", Advice);
        OutputSlice? slice = row.Slice;
        ArraySource source = new(name) { Addend = row.Addend, OutputsByInputs = !isBias && row.OutputsByInputs };
        if (slice is not null)
        {
            bool byColumns = point.Shape.Rank == 2 && !row.IsTable && !row.OutputsByInputs;
            source = byColumns ? source with { FirstColumn = slice.Place(config, 0) } : source with { Place = index => slice.Place(config, index) };
        }

        CheckShape(config, point, row, source);
        return source;
    }

    private void CheckShape(ModelConfig config, ParameterPoint point, ParameterRow row, ArraySource source)
    {
        int sliced = row.IsTable ? 0 : point.Shape.Rank - 1;
        int[] sizes = point.Shape.Sizes.ToArray();
        sizes[sliced] = row.Slice?.Total(config) ?? sizes[sliced];
        if (source.OutputsByInputs)
        {
            Array.Reverse(sizes);
        }

        Shape met = _arrays.Shapes[source.Array];
        if (!met.Sizes.SequenceEqual(sizes))
        {
            throw new BadFileException(_arrays.Path, $"array '{source.Array}' is {met}; the config asks for {new Shape(sizes)}", Advice);
        }
    }

    /// <summary>Refuses arrays in blocks that no parameter is read from: they are part of a computation that networks here do not do, or of further blocks.</summary>
    private void CheckBlocks()
    {
        string module = Array.Find(_family.Rows, row => row.Weight == "blocks.{L}.ln1.w")!.Module[1..];
        string blocks = _root + module[..module.IndexOf(AnyLayer, StringComparison.Ordinal)];
        HashSet<string> read = [.. _sources.Values.Select(source => source.Array)];
        foreach (string name in _arrays.Shapes.Keys)
        {
            if (name.StartsWith(blocks, StringComparison.Ordinal) && name.Length > blocks.Length && char.IsAsciiDigit(name[blocks.Length])
                && !read.Contains(name) && !Array.Exists(Buffers, end => name.EndsWith(end, StringComparison.Ordinal)))
            {
                throw new BadFileException(
                    _arrays.Path, string.Create(CultureInfo.InvariantCulture, $"array '{JsonFile.Short(name)}' is not one of a {_family.ModelTypes[0]} with this config"), Advice);
            }
        }
    }

    private static string Nearest(CheckpointArrays arrays, string name) => arrays.Shapes.Count == 0
        ? "it has none"
        : $"the nearest of its {arrays.Shapes.Count} is '{JsonFile.Short(arrays.Shapes.Keys.Take(MostNamesCompared).MinBy(other => EditDistance.Between(name, JsonFile.Short(other)))!)}'";
}
