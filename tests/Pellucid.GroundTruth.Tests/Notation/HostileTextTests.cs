using System.Diagnostics;

namespace Pellucid.GroundTruth.Tests.Notation;

/// <summary>Texts that ask for too much end in one error, soon and without a crash.</summary>
public sealed class HostileTextTests
{
    /// <summary>A name, and how the text is made.</summary>
    public static TheoryData<string, string> Texts => new()
    {
        { "brackets", new string('(', 500_000) },
        { "closed brackets", new string('[', 5_000) + new string(']', 5_000) + ";" },
        { "dictionaries", string.Concat(Enumerable.Repeat("{1:", 50_000)) },
        { "signs", new string('-', 300_000) + "1;" },
        { "nots", string.Concat(Enumerable.Repeat("not ", 100_000)) + "x;" },
        { "sums", string.Join('+', Enumerable.Repeat("1", 200_000)) + ";" },
        { "calls", "f" + string.Concat(Enumerable.Repeat("()", 100_000)) + ";" },
        { "indices", "f" + string.Concat(Enumerable.Repeat("[0]", 100_000)) + ";" },
        { "choices", string.Concat(Enumerable.Repeat("1 if (", 50_000)) },
        { "lambdas", string.Concat(Enumerable.Repeat("lambda x: ", 50_000)) + "1;" },
        { "blocks", string.Concat(Enumerable.Repeat("for x in [1] {", 50_000)) },
        { "definitions", string.Concat(Enumerable.Repeat("def f() {", 50_000)) },
        { "megabytes", new string(' ', 1_000_001) },
        { "string", "x = \"" + new string('a', 900_000) },
        { "recursion", "def f(n) { return f(n + 1); } f(0);" },
        { "mutual recursion", "def f(n) { return g(n); } def g(n) { return f(n); } f(0);" },
        { "exponential recursion", "def f(n) { return 0 if n == 0 else f(n - 1) + f(n - 1); } f(60);" },
        { "loops", "for i in range(10000) { for j in range(10000) { x = i * j; } }" },
        { "lists of lists", "[[range(100000) for i in range(100000)] for j in range(100000)];" },
        { "doubling list", "x = [1]; for i in range(100) { x = x + x; }" },
        { "doubling text", "x = \"a\"; for i in range(100) { x = x + x; }" },
        { "long range", "range(1000000000);" },
        { "deep s-op", "x = indices; for i in range(100000) { x = x + 1; } x;" },
        { "many s-ops", "for i in range(100000) { x = indices + i; } x;" },
        { "doubling selector", "s = full_s; for i in range(100) { s = s and s; }" },
        { "zeros", new string('\0', 1000) },
        { "lone surrogate", "\uD800" },
        { "string sum", string.Join('+', Enumerable.Repeat("'a'", 150)) + "; for i in range(900000) { 1; }" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Parse_TextThatAsksForTooMuch_GivesOneErrorWithAPlace(string name, string text)
    {
        Stopwatch watch = Stopwatch.StartNew();
        RaspException exception = Assert.Throws<RaspException>(() => RaspText.Parse(text));
        Assert.NotNull(exception.Span);
        Assert.InRange(exception.Message.Length, 20, 600);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{name}: {watch.Elapsed}");
    }

    [Fact]
    public void Read_FileWithoutEnd_GivesAnErrorAndFillsNoMemory()
    {
        const string Endless = "/dev/zero";
        Assert.SkipUnless(File.Exists(Endless), "This system has no file without an end.");
        long before = GC.GetAllocatedBytesForCurrentThread();
        RaspException exception = Assert.Throws<RaspException>(() => RaspText.Read(Endless));
        Assert.Contains("more than 1000000 characters", exception.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 2_000_000, 20_000_000); // a million characters of two bytes are read
    }

    [Fact]
    public void Parse_OnASmallStack_GivesAnErrorAndNoOverflow()
    {
        List<Exception?> results = [];
        foreach ((string _, string text) in Texts.Select(row => row.Data))
        {
            Thread thread = new(() => results.Add(Record.Exception(() => RaspText.Parse(text))), 256 * 1024);
            thread.Start();
            thread.Join();
        }

        Assert.All(results, result => Assert.IsType<RaspException>(result));
    }

    [Fact]
    public void Parse_NegationManyTimes_StaysOneSelector() =>
        Assert.Equal(2, RaspText.Parse("s = full_s; for i in range(1000) { s = not s; } selector_width(s);").Evaluate(["a", "b"]).Output[0].Number);
}
