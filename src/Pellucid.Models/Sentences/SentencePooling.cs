namespace Pellucid.Models;

/// <summary>How the vectors of a text's tokens become one.</summary>
public enum SentencePooling
{
    /// <summary>Their mean, special tokens included and padding not (Reimers and Gurevych 2019, arXiv:1908.10084).</summary>
    Mean,

    /// <summary>That of the first token, <c>[CLS]</c>.</summary>
    First,

    /// <summary>That of the last token.</summary>
    Last,

    /// <summary>The largest value of each dimension.</summary>
    Max,
}
