namespace Pellucid.Models;

/// <summary>Why a generated text ended.</summary>
public enum StopReason
{
    /// <summary>A stop token came.</summary>
    StopToken,

    /// <summary>A stop text came.</summary>
    StopText,

    /// <summary>There were as many tokens as were asked for, or the context ended.</summary>
    Length,
}
