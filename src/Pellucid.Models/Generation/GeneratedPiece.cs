namespace Pellucid.Models;

/// <summary>What one more token added to a text that is being generated.</summary>
/// <param name="Text">Whole characters; empty while one is not whole, or while what came may be the beginning of a stop text.</param>
/// <param name="Id">The token; null in the last piece, which has what was held back.</param>
/// <param name="Stop">Why the text ended, in the last piece; null before.</param>
public sealed record GeneratedPiece(string Text, int? Id, StopReason? Stop)
{
    /// <summary>The text.</summary>
    public override string ToString() => Text;
}
