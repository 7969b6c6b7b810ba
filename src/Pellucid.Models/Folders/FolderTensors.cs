// TransformerLens's layout (Nanda and Bloom 2022): a head has an axis of its own. W_Q, W_K, W_V [head, d_model, d_head], their biases [head, d_head],
// W_O [head, d_head, d_model]; keys and values that groups of heads share are _W_K, _W_V, _b_K, _b_V; all else is as in ParameterTable.
using System.Runtime.InteropServices;
using Pellucid.Models.Checkpoints;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Folders;

/// <summary>The arrays of <c>model.safetensors</c>: their names and shapes, and how they become parameters and parameters become them.</summary>
internal static class FolderTensors
{
    internal const string FileName = "model.safetensors";

    private const string Advice = "Write the folder anew";
    private const int MostNamesCompared = 4096;

    /// <summary>Arrays that TransformerLens keeps beside the parameters and that follow from the config.</summary>
    private static readonly string[] Buffers = [".attn.mask", ".attn.IGNORE", ".attn.rotary_sin", ".attn.rotary_cos"];

    /// <summary>Writes every parameter of a model; where the unembedding is the embedding turned it is written too, since others look for it.</summary>
    internal static void Write(string path, Model model)
    {
        using ModelParameters parameters = model.CopyParameters();
        using Ops ops = new();
        List<KeyValuePair<string, Tensor>> arrays =
            [
                .. parameters.Table.Points.Select(point => new KeyValuePair<string, Tensor>(
                    NameOf(IsGrouped(model.Config), point.Name), Parted(ops, model.Config, point.Name, parameters[point.Name]))),
            ];
        if (model.Config is { TiedEmbedding: true, HasUnembedding: true })
        {
            arrays.Add(new(ParameterName.Unembedding, ops.Transpose(parameters[ParameterName.Embedding], 1, 0)));
        }

        SafetensorsFile.Write(path, arrays, FolderTexts.Write(model.Config, model.Sentences));
    }

    /// <summary>The config with the biases that the file has. A bias that is there is one of all blocks.</summary>
    internal static ModelConfig WithBiases(CheckpointArrays file, ModelConfig config) => config with
    {
        AttentionBias = Array.Exists(["b_Q", "b_K", "b_V"], (string name) => Has(file, NameOf(IsGrouped(config, file), "blocks.0.attn." + name))),
        AttentionOutputBias = Has(file, "blocks.0.attn.b_O"),
        MlpBias = Has(file, "blocks.0.mlp.b_in") || Has(file, "blocks.0.mlp.b_out") || Has(file, "blocks.0.mlp.b_gate"),
        UnembeddingBias = Has(file, ParameterName.UnembeddingBias),
    };

    /// <summary>Holds the names and shapes in the file against those that the config asks for; nothing is read.</summary>
    /// <exception cref="BadFileException">An array is missing, not known, of another shape, or of numbers that are no weights.</exception>
    internal static void Check(CheckpointArrays file, ModelConfig config)
    {
        if (file.Shapes.Count < config.Layers)
        {
            throw Bad(file, $"it has {file.Shapes.Count} arrays; the config tells of {config.Layers} blocks, each of several");
        }

        HashSet<string> known = new(StringComparer.Ordinal);
        ParameterTable table = new(config);
        foreach (ParameterPoint point in table.Points)
        {
            string name = NameOf(IsGrouped(config, file), point.Name);
            known.Add(name);
            CheckOne(file, config, point, name);
        }

        if (config.TiedEmbedding)
        {
            known.Add(ParameterName.Unembedding);
            if (Has(file, ParameterName.Unembedding))
            {
                CheckShape(file, ParameterName.Unembedding, new Shape(config.EmbeddingWidth ?? config.DModel, config.Outputs));
            }
        }

        foreach (string name in file.Shapes.Keys.Concat(file.Unreadable))
        {
            if (!known.Contains(name) && !IsBuffer(name))
            {
                string nearest = Nearest(name, known);
                throw Bad(file, $"array '{JsonFile.Short(name)}' is not one of a network with this config; the nearest is '{nearest}'");
            }
        }
    }

    /// <summary>Reads a parameter as the table lays it out.</summary>
    internal static Tensor Read(CheckpointArrays file, ModelConfig config, ParameterPoint point)
    {
        string name = NameOf(IsGrouped(config, file), point.Name);
        if (!Has(file, name))
        {
            return Tensor.Zeros(point.Shape); // the bias of a gate, which TransformerLens does not have: Check lets nothing else be missing
        }

        using Tensor stored = ReadWhole(file, name);
        return Joined(stored, point);
    }

    /// <summary>Refuses a file whose unembedding is not the embedding turned, where the config says that it is.</summary>
    internal static void CheckTied(CheckpointArrays file)
    {
        if (!Has(file, ParameterName.Unembedding))
        {
            return;
        }

        using Tensor embedding = ReadWhole(file, ParameterName.Embedding), met = ReadWhole(file, ParameterName.Unembedding), turned = embedding.Transpose(1, 0);
        using Tensor expected = turned.Copy();
        if (!MemoryMarshal.AsBytes(expected.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(met.AsSpan())))
        {
            throw Bad(file, $"'{ParameterName.Unembedding}' is not '{ParameterName.Embedding}' turned, though the config has 'tie_word_embeddings'");
        }
    }

    private static Tensor ReadWhole(CheckpointArrays file, string name)
    {
        Tensor array = Tensor.Empty(file.Shapes[name]);
        try
        {
            file.ReadRows(name, 0, array.AsSpan());
            return array;
        }
        catch
        {
            array.Dispose();
            throw;
        }
    }

    private static void CheckOne(CheckpointArrays file, ModelConfig config, ParameterPoint point, string name)
    {
        if (!Has(file, name))
        {
            if (point.Name.EndsWith(".b_gate", StringComparison.Ordinal))
            {
                return;
            }

            throw Bad(file, $"array '{name}' is missing; the nearest of its {file.Shapes.Count} is '{JsonFile.Short(Nearest(name, file.Shapes.Keys))}'");
        }

        CheckShape(file, name, StoredShape(config, point));
    }

    private static void CheckShape(CheckpointArrays file, string name, Shape expected)
    {
        if (!file.Shapes.TryGetValue(name, out Shape met) || !met.Sizes.SequenceEqual(expected.Sizes))
        {
            throw Bad(file, $"array '{name}' is {(file.Shapes.ContainsKey(name) ? $"{met}" : "of numbers that are no weights")}; the config asks for {expected} of floating-point numbers");
        }
    }

    private static bool Has(CheckpointArrays file, string name) => file.Shapes.ContainsKey(name) || file.Unreadable.Contains(name);

    private static bool IsBuffer(string name) =>
        name.StartsWith("blocks.", StringComparison.Ordinal) && Array.Exists(Buffers, buffer => name.EndsWith(buffer, StringComparison.Ordinal));

    private static string Nearest(string name, IEnumerable<string> others)
    {
        string shortened = JsonFile.Short(name);
        return others.Take(MostNamesCompared).MinBy(other => EditDistance.Between(shortened, JsonFile.Short(other)))!;
    }

    /// <summary>Whether keys and values go by the names for shared ones; others' files may use them for heads that are not shared, too.</summary>
    private static bool IsGrouped(ModelConfig config, CheckpointArrays? file = null) =>
        config.KeyHeads != config.Heads || (file is not null && Has(file, "blocks.0.attn._W_K"));

    private static string NameOf(bool grouped, string parameter)
    {
        string kind = KindOf(parameter);
        return grouped && IsOfKeys(kind) ? $"{parameter[..^kind.Length]}_{kind}" : parameter;
    }

    private static bool IsOfKeys(string kind) => kind is "W_K" or "W_V" or "b_K" or "b_V";

    private static Shape StoredShape(ModelConfig config, ParameterPoint point) => KindOf(point.Name) switch
    {
        "W_Q" => new Shape(config.Heads, config.DModel, config.DHead),
        "W_K" or "W_V" => new Shape(config.KeyHeads, config.DModel, config.DHead),
        "b_Q" => new Shape(config.Heads, config.DHead),
        "b_K" or "b_V" => new Shape(config.KeyHeads, config.DHead),
        "W_O" => new Shape(config.Heads, config.DHead, config.DModel),
        _ => point.Shape,
    };

    private static Tensor Parted(Ops ops, ModelConfig config, string name, Tensor array)
    {
        int heads = IsOfKeys(KindOf(name)) ? config.KeyHeads : config.Heads;
        return KindOf(name) switch
        {
            "W_Q" or "W_K" or "W_V" => ops.Transpose(ops.Reshape(array, new Shape(config.DModel, heads, config.DHead)), 1, 0, 2),
            "b_Q" or "b_K" or "b_V" => ops.Reshape(array, new Shape(heads, config.DHead)),
            "W_O" => ops.Reshape(array, new Shape(heads, config.DHead, config.DModel)),
            _ => array,
        };
    }

    private static Tensor Joined(Tensor stored, ParameterPoint point)
    {
        using Tensor view = KindOf(point.Name) is "W_Q" or "W_K" or "W_V" ? stored.Transpose(1, 0, 2) : stored.Share();
        using Tensor whole = view.To(DType.F32);
        return whole.Reshape(point.Shape);
    }

    private static string KindOf(string parameter) => parameter[(parameter.LastIndexOf('.') + 1)..];

    private static BadFileException Bad(CheckpointArrays file, string problem) => new(file.Path, problem, Advice);
}
