namespace Pellucid.Models.Architectures;

/// <summary>
/// Where a matrix and its bias, or the factors and addends of a norm, stand in a checkpoint. In names of parameters and arrays <c>{L}</c> stands for the
/// layer; in names of arrays <c>*</c> at the start stands for the root, and <c>|</c> parts alternatives.
/// </summary>
/// <param name="Weight">The parameter that is the array <c>.weight</c> (or, in old files, <c>.gamma</c>) of the module; none where empty.</param>
/// <param name="Bias">The parameter that is the array <c>.bias</c> (or <c>.beta</c>) of the module; none where empty.</param>
/// <param name="Module">What the arrays belong to.</param>
internal sealed record ParameterRow(string Weight, string Bias, string Module)
{
    /// <summary>Whether the rows of the weight are outputs, as those of linear layers are.</summary>
    internal bool OutputsByInputs { get; init; }

    /// <summary>Whether it is a table of embeddings.</summary>
    internal bool IsTable { get; init; }

    /// <summary>The part of the arrays that is this parameter, where they hold several; of a table, a part of the rows.</summary>
    internal OutputSlice? Slice { get; init; }

    /// <summary>Added to every value.</summary>
    internal float Addend { get; init; }

    /// <summary>A linear layer, stored outputs by inputs: <c>blocks.{L}.attn.Q</c> is the matrix <c>blocks.{L}.attn.W_Q</c> with the bias <c>b_Q</c>.</summary>
    internal static ParameterRow Linear(string parameter, string module, OutputSlice? slice = null) =>
        new(Named(parameter, "W"), Named(parameter, "b"), module) { OutputsByInputs = true, Slice = slice };

    /// <summary>A linear layer, stored inputs by outputs.</summary>
    internal static ParameterRow Turned(string parameter, string module, OutputSlice? slice = null) =>
        new(Named(parameter, "W"), Named(parameter, "b"), module) { Slice = slice };

    /// <summary>A table with a row for each token, position or type.</summary>
    internal static ParameterRow Table(string parameter, string module, OutputSlice? slice = null) => new(parameter, "", module) { IsTable = true, Slice = slice };

    /// <summary>A norm.</summary>
    internal static ParameterRow Norm(string parameter, string module, float addend = 0) => new(parameter + ".w", parameter + ".b", module) { Addend = addend };

    /// <summary>A bias that belongs to another module than its matrix.</summary>
    internal static ParameterRow Vector(string parameter, string module) => new("", parameter, module);

    private static string Named(string parameter, string kind)
    {
        int owner = parameter.LastIndexOf('.') + 1;
        return parameter[..owner] + kind + (owner == parameter.Length ? "" : "_" + parameter[owner..]);
    }
}
