using Pellucid.Models.Tokenizers.PreTokenizers;
using Pellucid.Models.Tokenizers.Subwords;

namespace Pellucid.Models.Tokenizers;

/// <summary>Collects the tokens of a text. For one thread.</summary>
internal sealed class EncodedText(bool places)
{
    internal List<int> Ids { get; } = [];

    /// <summary>The place of each in the original; null where they are not wanted.</summary>
    internal List<(int Start, int End)>? Places { get; } = places ? [] : null;

    internal void Add(int id, int start, int end)
    {
        Ids.Add(id);
        Places?.Add((start, end));
    }

    internal void Add(Piece word, ReadOnlySpan<Subword> subwords)
    {
        foreach (Subword subword in subwords)
        {
            Ids.Add(subword.Id);
            Places?.Add(word.Text.PlaceOf(word.Start + subword.Start, word.Start + subword.End));
        }
    }
}
