namespace Pellucid.Models;

/// <summary>A generated continuation.</summary>
/// <param name="Text">The continuation alone; empty for a model without a tokenizer.</param>
/// <param name="Ids">Its token ids.</param>
/// <param name="UsedCache">Whether the key-value cache was in use; false where an intervention needs the whole sequence, or where rotary angles depend on its length.</param>
/// <param name="TokensPerSecond">Speed, prompt included in the time.</param>
public sealed record Generated(string Text, IReadOnlyList<int> Ids, bool UsedCache, double TokensPerSecond)
{
    /// <summary>The continuation.</summary>
    public override string ToString() => Text;
}
