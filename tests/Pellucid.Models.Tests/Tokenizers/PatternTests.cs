using Pellucid.Models.Tokenizers.Texts;
using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Tokenizers;

public sealed class PatternTests
{
    [Theory]
    [InlineData(@"\p{L}+", "a𝐀𐐀中𠀀 b", "0-8 9-10")]
    [InlineData(@"\p{N}", "1𝟘x", "0-1 1-3")]
    [InlineData(@"[^\s\p{L}\p{N}]+", "a🦊!1", "1-4")]
    [InlineData(@".", "🦊\n", "0-2")]
    [InlineData(@"\p{Han}+", "x中𠀀々y", "1-5")]
    [InlineData(@"\P{Letter}", "a1", "1-2")]
    [InlineData(@"\p{^L}", "a1", "1-2")]
    [InlineData(@"\pL", "1a", "1-2")]
    [InlineData(@"a++a|b", "aaab", "3-4")]
    [InlineData(@"(?:ab)*+ab|x", "ababx", "4-5")]
    [InlineData(@"(?i:'s|'t)", "'S't", "0-2 2-4")]
    [InlineData(@"\p{N}{1,3}", "12345", "0-3 3-5")]
    [InlineData(@"\p{N}{1,3}+", "12345", "0-5")]
    [InlineData(@"x{,2}y", "xxy", "0-3")]
    [InlineData(@"\s+(?!\S)|\s+", "a   b \u0085", "1-3 3-4 5-7")]
    [InlineData(@"\w+", "aⅧ_\u0301ⓐ-\u200D", "0-5 6-7")]
    [InlineData(@"[^\w]+", "aⅧ-+b", "2-4")]
    [InlineData(@"\W", "ⓐ-", "1-2")]
    [InlineData(@"\h+", "xBEEF", "1-5")]
    [InlineData(@"\x{4e2d}", "中", "0-1")]
    [InlineData(@"[\]a{}]+", "]{a}", "0-4")]
    [InlineData(@"^a$", "b\na\nb", "2-3")]
    [InlineData(@"(?P<w>a)", "a", "0-1")]
    [InlineData(@"(?<=a)b(?=c)(?!d)", "abc", "1-2")]
    [InlineData(@"\_\-\'", "_-'", "0-3")]
    public void Find_PatternOfOniguruma_MatchesWholeCharacters(string pattern, string text, string places)
    {
        List<(int Start, int End)> matches = [];
        TextPattern.Of(pattern).Find(text, matches);
        Assert.Equal(places, string.Join(' ', matches.Select(match => $"{match.Start}-{match.End}")));
    }

    [Theory]
    [InlineData(@"\p{Cyrillic}", "Cyrillic")]
    [InlineData(@"[a-z&&[aeiou]]", "&&")]
    [InlineData(@"[a&&b]", "&&")]
    [InlineData(@"[[:alpha:]]", "set")]
    [InlineData(@"\R", "\\R")]
    [InlineData(@"\K", "\\K")]
    [InlineData(@"🦊", "above U+FFFF")]
    [InlineData(@"[🦊]", "above U+FFFF")]
    [InlineData(@"(", "")]
    [InlineData(@"a)", "closed")]
    [InlineData(@"[a", "closed")]
    [InlineData(@"\", "backslash")]
    [InlineData(@"\p{L", "closed")]
    [InlineData(@"\x{110000}", "FFFF")]
    [InlineData(@"*a", "")]
    public void Of_WhatHasNoEqual_IsRefusedByName(string pattern, string part) =>
        Assert.Contains(part, Assert.ThrowsAny<FormatException>(() => TextPattern.Of(pattern)).Message, StringComparison.Ordinal);

    [Fact]
    public void Find_PatternThatRunsAway_IsStopped()
    {
        TextPattern pattern = TextPattern.Of("(a+)+b");
        PellucidException error = Assert.Throws<PellucidException>(() => pattern.Find(new string('a', 40), []));
        Assert.Contains("(a+)+b", error.Message, StringComparison.Ordinal);
    }
}
