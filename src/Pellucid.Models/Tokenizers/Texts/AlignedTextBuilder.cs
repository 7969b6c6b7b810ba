using System.Text;

namespace Pellucid.Models.Tokenizers.Texts;

/// <summary>Writes the text that a normalizer makes of another one, unit by unit, with the places that the units come from. For one thread.</summary>
internal sealed class AlignedTextBuilder(AlignedText source)
{
    private readonly StringBuilder _text = new(source.Text.Length + 8);
    private readonly List<int>? _starts = source.Tracks ? new(source.Text.Length + 8) : null;
    private readonly List<int>? _ends = source.Tracks ? new(source.Text.Length + 8) : null;

    /// <summary>Copies a part of the source as it is.</summary>
    internal void Copy(int start, int end)
    {
        _text.Append(source.Text, start, end - start);
        for (int unit = start; _starts is not null && unit < end; unit++)
        {
            _starts.Add(source.StartOf(unit));
            _ends!.Add(source.EndOf(unit));
        }
    }

    /// <summary>Writes something in the place of a part of the source; an empty part is where something is put in.</summary>
    internal void Replace(int start, int end, ReadOnlySpan<char> replacement)
    {
        _text.Append(replacement);
        if (_starts is not null)
        {
            (int from, int to) = source.PlaceOf(start, end);
            for (int unit = 0; unit < replacement.Length; unit++)
            {
                _starts.Add(from);
                _ends!.Add(to);
            }
        }
    }

    internal AlignedText Build() => AlignedText.From(source, _text.ToString(), _starts?.ToArray(), _ends?.ToArray());
}
