using System.Buffers;
using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Pellucid.Tensors;

namespace Pellucid.Models.Tokenizers.Texts;

/// <summary>
/// A pattern that finds its matches in a text of whole characters, also above U+FFFF. It is interpreted for the first texts and compiled
/// once it has seen many; a search that runs away is stopped. Thread-safe.
/// </summary>
internal sealed class TextPattern
{
    private const RegexOptions Options = RegexOptions.CultureInvariant;
    private const int LongestPattern = 1 << 14;
    private const int MostCompiled = 64;

    /// <summary>Units of text after which compiling pays.</summary>
    private const long Worth = 1 << 16;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly ConcurrentDictionary<string, Regex> Compiled = new(StringComparer.Ordinal);

    private readonly string _shown;
    private readonly string? _source;
    private Regex? _regex;
    private long _seen;

    private TextPattern(string shown, string? source) => (_shown, _source, _regex) = (shown, source, source is null ? null : new Regex(source, Options, Patience));

    /// <summary>A pattern in Oniguruma's syntax.</summary>
    /// <exception cref="FormatException">It cannot be read; the message says why.</exception>
    internal static TextPattern Of(string pattern)
    {
        if (pattern.Length > LongestPattern)
        {
            throw new FormatException($"a pattern of {pattern.Length} characters cannot be read: at most {LongestPattern} are");
        }

        try
        {
            return new TextPattern(pattern, PatternSyntax.Translate(pattern));
        }
        catch (ArgumentException error)
        {
            throw new FormatException(error.Message, error);
        }
    }

    /// <summary>A text that stands for itself.</summary>
    /// <exception cref="FormatException">It is empty.</exception>
    internal static TextPattern Literally(string text) => text.Length > 0 ? new(text, null) : throw new FormatException("an empty text is found everywhere");

    /// <summary>Adds the places of all matches.</summary>
    /// <param name="text">Whole characters.</param>
    /// <param name="matches">Receives where each begins and ends; empty ones too.</param>
    /// <exception cref="PellucidException">The search took longer than a second.</exception>
    internal void Find(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        if (_regex is not { } regex)
        {
            FindLiteral(text, matches);
            return;
        }

        if (Interlocked.Add(ref _seen, text.Length) > Worth && (regex.Options & RegexOptions.Compiled) == 0)
        {
            if (Compiled.Count > MostCompiled)
            {
                Compiled.Clear();
            }

            _regex = regex = Compiled.GetOrAdd(_source!, static source => new Regex(source, Options | RegexOptions.Compiled, Patience));
        }

        try
        {
            if (!PlaneFolding.Needed(text))
            {
                foreach (ValueMatch match in regex.EnumerateMatches(text))
                {
                    matches.Add((match.Index, match.Index + match.Length));
                }

                return;
            }

            FindFolded(regex, text, matches);
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new PellucidException(
                $"The pattern '{Checkpoints.JsonFile.Short(_shown)}' of the tokenizer took over a second on a text of {text.Length} characters. Give the text in parts.", error);
        }
    }

    private void FindLiteral(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        for (int from = 0; ;)
        {
            int next = text[from..].IndexOf(_shown, StringComparison.Ordinal);
            if (next < 0)
            {
                return;
            }

            matches.Add((from + next, from + next + _shown.Length));
            from += next + _shown.Length;
        }
    }

    private static void FindFolded(Regex regex, ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        char[] folded = ArrayPool<char>.Shared.Rent(text.Length);
        int[] places = ArrayPool<int>.Shared.Rent(text.Length + 1);
        try
        {
            int count = PlaneFolding.Fold(text, folded, places);
            foreach (ValueMatch match in regex.EnumerateMatches(folded.AsSpan(0, count)))
            {
                matches.Add((places[match.Index], places[match.Index + match.Length]));
            }
        }
        finally
        {
            ArrayPool<char>.Shared.Return(folded);
            ArrayPool<int>.Shared.Return(places);
        }
    }
}
