namespace Pellucid.Models.Tokenizers;

/// <summary>The ids of the tokens that have a part to play; null where there is none.</summary>
internal sealed record SpecialIds
{
    internal int? Bos { get; init; }

    internal int? Eos { get; init; }

    internal int? Unknown { get; init; }

    internal int? Pad { get; init; }

    internal int? Mask { get; init; }

    internal int? Cls { get; init; }

    internal int? Sep { get; init; }
}
