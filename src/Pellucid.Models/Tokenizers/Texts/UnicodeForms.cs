// The normalization forms of the Unicode Standard, Annex 15: decompose fully (canonically, or also by compatibility), order combining marks by
// their class, and for NFC and NFKC compose a starter with each mark that is not blocked from it. Hangul by the arithmetic of chapter 3.12.
// The tables are of Unicode 14 (see normalization.py). .NET's own String.Normalize changes nothing where globalization is invariant, as it is here.
using System.Buffers.Binary;
using System.Collections.Frozen;
using System.IO.Compression;
using System.Text;

namespace Pellucid.Models.Tokenizers.Texts;

/// <summary>Normalization forms that keep the places of the characters. Thread-safe.</summary>
internal static class UnicodeForms
{
    private const int HangulFirst = 0xAC00, HangulCount = 11172, LeadFirst = 0x1100, VowelFirst = 0x1161, TailFirst = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TailCount = 28;

    /// <summary>Below this no character is changed or composed by NFC.</summary>
    private const char FirstMark = '\u0300';

    private static readonly Lazy<Tables> Data = new(Read);

    /// <summary>A text in a normalization form.</summary>
    /// <param name="text">Whole characters.</param>
    /// <param name="form">The form.</param>
    internal static AlignedText Apply(AlignedText text, NormalizationForm form)
    {
        bool compose = form is NormalizationForm.FormC or NormalizationForm.FormKC;
        char inert = form == NormalizationForm.FormC ? FirstMark : '\u0080';
        if (!text.Text.AsSpan().ContainsAnyExceptInRange('\0', (char)(inert - 1)))
        {
            return text;
        }

        List<Point> points = Decomposed(text.Text, form is NormalizationForm.FormKC or NormalizationForm.FormKD);
        Order(points);
        if (compose)
        {
            Compose(points);
        }

        AlignedTextBuilder builder = new(text);
        Span<char> units = stackalloc char[2];
        foreach (Point point in points)
        {
            builder.Replace(point.Start, point.End, units[..new Rune(point.Code).EncodeToUtf16(units)]);
        }

        return builder.Build();
    }

    private static List<Point> Decomposed(string text, bool compatible)
    {
        List<Point> points = new(text.Length);
        for (int unit = 0; unit < text.Length;)
        {
            Rune rune = WholeCharacters.At(text, unit);
            Decompose(points, rune.Value, unit, unit + rune.Utf16SequenceLength, compatible);
            unit += rune.Utf16SequenceLength;
        }

        return points;
    }

    private static void Decompose(List<Point> points, int code, int start, int end, bool compatible)
    {
        int syllable = code - HangulFirst;
        if ((uint)syllable < HangulCount)
        {
            points.Add(new Point(LeadFirst + (syllable / (VowelCount * TailCount)), start, end, 0));
            points.Add(new Point(VowelFirst + (syllable % (VowelCount * TailCount) / TailCount), start, end, 0));
            if (syllable % TailCount != 0)
            {
                points.Add(new Point(TailFirst + (syllable % TailCount), start, end, 0));
            }

            return;
        }

        if (Data.Value.Decompositions.TryGetValue(code, out (bool Compatible, int[] Points) parts) && (compatible || !parts.Compatible))
        {
            foreach (int part in parts.Points)
            {
                Decompose(points, part, start, end, compatible);
            }

            return;
        }

        points.Add(new Point(code, start, end, Data.Value.Classes.GetValueOrDefault(code)));
    }

    /// <summary>Marks between two starters in the order of their classes, those of one class as they were.</summary>
    private static void Order(List<Point> points)
    {
        for (int at = 0; at < points.Count;)
        {
            int end = at;
            while (end < points.Count && points[end].Class != 0)
            {
                end++;
            }

            if (end - at > 1)
            {
                Point[] marks = [.. points.GetRange(at, end - at).OrderBy(point => point.Class)];
                for (int i = 0; i < marks.Length; i++)
                {
                    points[at + i] = marks[i];
                }
            }

            at = end + 1;
        }
    }

    private static void Compose(List<Point> points)
    {
        int written = 0, starter = -1, before = 0; // before: the class of the mark last kept after the starter
        for (int at = 0; at < points.Count; at++)
        {
            Point point = points[at];
            bool reaches = starter >= 0 && (written - 1 == starter || before < point.Class);
            if (reaches && Composed(points[starter].Code, point.Code) is { } code)
            {
                Point whole = points[starter];
                points[starter] = new Point(code, Math.Min(whole.Start, point.Start), Math.Max(whole.End, point.End), 0);
                continue;
            }

            if (point.Class == 0)
            {
                (starter, before) = (written, 0);
            }
            else
            {
                before = point.Class;
            }

            points[written++] = point;
        }

        points.RemoveRange(written, points.Count - written);
    }

    private static int? Composed(int first, int second)
    {
        int lead = first - LeadFirst, vowel = second - VowelFirst, syllable = first - HangulFirst, tail = second - TailFirst;
        return (uint)lead < LeadCount && (uint)vowel < VowelCount ? HangulFirst + (((lead * VowelCount) + vowel) * TailCount)
            : (uint)syllable < HangulCount && syllable % TailCount == 0 && tail is > 0 and < TailCount ? first + tail
            : Data.Value.Compositions.TryGetValue(((long)first << 32) | (uint)second, out int whole) ? whole : null;
    }

    private static Tables Read()
    {
        using Stream packed = typeof(UnicodeForms).Assembly.GetManifestResourceStream("normalization.bin")!;
        using GZipStream unpacked = new(packed, CompressionMode.Decompress);
        using MemoryStream buffer = new();
        unpacked.CopyTo(buffer);
        ReadOnlySpan<byte> bytes = buffer.GetBuffer().AsSpan(0, (int)buffer.Length);
        int at = 0;
        Dictionary<int, (bool, int[])> decompositions = [];
        for (int left = Next(bytes, ref at); left > 0; left--)
        {
            int code = Next(bytes, ref at);
            int[] points = new int[bytes[at++]];
            for (int i = 0; i < points.Length; i++)
            {
                points[i] = Next(bytes, ref at);
            }

            decompositions.Add(code & int.MaxValue, (code < 0, points));
        }

        Dictionary<int, byte> classes = [];
        for (int left = Next(bytes, ref at); left > 0; left--)
        {
            classes.Add(Next(bytes, ref at), bytes[at++]);
        }

        Dictionary<long, int> compositions = [];
        for (int left = Next(bytes, ref at); left > 0; left--)
        {
            long first = Next(bytes, ref at);
            compositions.Add((first << 32) | (uint)Next(bytes, ref at), Next(bytes, ref at));
        }

        return new Tables(decompositions.ToFrozenDictionary(), classes.ToFrozenDictionary(), compositions.ToFrozenDictionary());
    }

    private static int Next(ReadOnlySpan<byte> bytes, ref int at)
    {
        at += 4;
        return BinaryPrimitives.ReadInt32LittleEndian(bytes[(at - 4)..]);
    }

    /// <summary>A code point, the units that it comes from, and its combining class.</summary>
    private readonly record struct Point(int Code, int Start, int End, byte Class);

    private sealed record Tables(
        FrozenDictionary<int, (bool Compatible, int[] Points)> Decompositions, FrozenDictionary<int, byte> Classes, FrozenDictionary<long, int> Compositions);
}
