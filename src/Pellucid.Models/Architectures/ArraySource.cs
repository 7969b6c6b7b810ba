namespace Pellucid.Models.Architectures;

/// <summary>Where the values of one parameter are in a checkpoint.</summary>
/// <param name="Array">The array's name.</param>
internal sealed record ArraySource(string Array)
{
    /// <summary>Of a matrix: whether the rows of the array are the parameter's columns, its outputs.</summary>
    internal bool OutputsByInputs { get; init; }

    /// <summary>Which row of the array (element, where it is a vector) a row of the parameter is; the same one where null.</summary>
    internal Func<int, int>? Place { get; init; }

    /// <summary>The first column of the array that belongs to the parameter.</summary>
    internal int FirstColumn { get; init; }

    /// <summary>Added to every value.</summary>
    internal float Addend { get; init; }
}
