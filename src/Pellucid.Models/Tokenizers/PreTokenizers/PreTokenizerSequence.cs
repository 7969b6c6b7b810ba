namespace Pellucid.Models.Tokenizers.PreTokenizers;

/// <summary>One pre-tokenizer after the other, each on the parts that the one before made.</summary>
internal sealed class PreTokenizerSequence(IReadOnlyList<IPreTokenizer> steps) : IPreTokenizer
{
    internal IReadOnlyList<IPreTokenizer> Steps => steps;

    public void Cut(Piece piece, List<Piece> parts)
    {
        List<Piece> current = [piece];
        foreach (IPreTokenizer step in steps)
        {
            List<Piece> next = new(current.Count);
            foreach (Piece part in current)
            {
                step.Cut(part, next);
            }

            current = next;
        }

        parts.AddRange(current);
    }
}
