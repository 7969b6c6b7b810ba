namespace Pellucid.Models.Tokenizers.Subwords;

/// <summary>What a piece of a SentencePiece vocabulary is; the numbers are those of its files and of GGUF.</summary>
internal enum PieceKind
{
    /// <summary>A piece of text.</summary>
    Normal = 1,

    /// <summary>What stands for everything else.</summary>
    Unknown = 2,

    /// <summary>A token that no text becomes, such as BOS.</summary>
    Control = 3,

    /// <summary>A piece of text that is never cut or merged.</summary>
    UserDefined = 4,

    /// <summary>A place that is left empty.</summary>
    Unused = 5,

    /// <summary>A single byte.</summary>
    Byte = 6,
}
