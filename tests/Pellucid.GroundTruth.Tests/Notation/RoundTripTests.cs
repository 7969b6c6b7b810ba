using FsCheck;
using FsCheck.Fluent;
using Pellucid.GroundTruth.Notation;

namespace Pellucid.GroundTruth.Tests.Notation;

public sealed class RoundTripTests
{
    [Fact]
    public void Parse_OfPrint_GivesTheProgramBack() => Prop.ForAll<int>(seed =>
    {
        string printed = Printer.Print(new RandomPrograms(seed).Program());
        return Printer.Print(Parser.Parse(new SourceText(printed, null))) == printed;
    }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(2000).WithReplay(11, 1));

    [Fact]
    public void Parse_OfAnyCutOrDamagedProgram_IsAProgramOrAnErrorWithAPlace() => Prop.ForAll<int>(seed =>
    {
        Random random = new(seed);
        string text = Printer.Print(new RandomPrograms(seed).Program());
        int at = random.Next(text.Length);
        string damaged = random.Next(3) switch
        {
            0 => text[..at],
            1 => text.Remove(at, 1),
            _ => text.Insert(at, "()[]{};,=+\"'#: \n"[random.Next(16)].ToString()),
        };
        try
        {
            RaspText.Parse(damaged);
            return true;
        }
        catch (RaspException exception)
        {
            return exception.Span is { Line: > 0, Column: > 0 };
        }
    }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(2000).WithReplay(12, 1));

    [Fact]
    public void Parse_OfAnyText_IsAProgramOrAnErrorWithAPlace() => Prop.ForAll<string>(text =>
    {
        try
        {
            RaspText.Parse(text ?? "");
            return true;
        }
        catch (RaspException exception)
        {
            return exception.Span is not null;
        }
    }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(2000).WithReplay(13, 1));

    [Theory]
    [MemberData(nameof(BuiltInTextTests.Names), MemberType = typeof(BuiltInTextTests))]
    public void Print_OfEveryBuiltInProgram_MeansTheSame(string name)
    {
        CompileOptions options = BuiltInPrograms.Get(name).Options;
        string text = RaspText.OfBuiltIn(name), printed = Printer.Print(Parser.Parse(new SourceText(text, null)));
        Value[] tokens = [.. options.Vocabulary.Take(options.Length)];
        Assert.Equal(RaspText.Parse(text, options: options).Evaluate(tokens).Output, RaspText.Parse(printed, options: options).Evaluate(tokens).Output);
    }
}
