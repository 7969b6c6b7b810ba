namespace Pellucid.Models.Checkpoints.Gguf;

/// <summary>What a token is; the numbers are those of the file.</summary>
internal enum GgufTokenKind
{
    /// <summary>The file does not say.</summary>
    Undefined = 0,

    /// <summary>A piece of text.</summary>
    Normal = 1,

    /// <summary>Stands for what the vocabulary has no piece for.</summary>
    Unknown = 2,

    /// <summary>Has a meaning and no text.</summary>
    Control = 3,

    /// <summary>Added to the vocabulary, found in a text before anything else.</summary>
    UserDefined = 4,

    /// <summary>Never used.</summary>
    Unused = 5,

    /// <summary>One byte.</summary>
    Byte = 6,
}
