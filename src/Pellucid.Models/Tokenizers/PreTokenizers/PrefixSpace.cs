namespace Pellucid.Models.Tokenizers.PreTokenizers;

/// <summary>Where a space is put in front of a text that begins with none.</summary>
internal enum PrefixSpace
{
    /// <summary>Nowhere.</summary>
    Never,

    /// <summary>In front of the text only.</summary>
    First,

    /// <summary>In front of each part between added tokens.</summary>
    Always,
}
