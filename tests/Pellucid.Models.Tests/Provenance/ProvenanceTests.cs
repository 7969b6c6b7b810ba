using System.Globalization;
using System.Text;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tests.Provenances;

public sealed class ProvenanceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static Provenance Example => new()
    {
        Model = "stories260k",
        ModelHash = "b0a5",
        Hook = Hook.MlpPost(2),
        DataHash = "77",
        Options = Provenance.EmptyOptions.Add("k", "24").Add("Latents", "1024").Add("a\"b", "é"),
        Seed = -3,
        Bos = BosPolicy.PrependedAndLeftOut,
        ProgramVersion = "0.1.0",
        ProgramCommit = "abc",
        InstructionSet = "avx2",
    };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_Record_GivesTheFieldsSpelling()
    {
        Example.Write(_folder.Path);
        Assert.Equal(
            """
            {
              "model": "stories260k",
              "model_hash": "b0a5",
              "hook": "blocks.2.mlp.hook_post",
              "data_hash": "77",
              "options": {
                "Latents": "1024",
                "a\u0022b": "\u00E9",
                "k": "24"
              },
              "seed": -3,
              "bos": "prepended_and_left_out",
              "program_version": "0.1.0",
              "program_commit": "abc",
              "instruction_set": "avx2"
            }

            """.ReplaceLineEndings("\n"),
            File.ReadAllText(_folder.File("provenance.json")));
        Assert.Equal(Example, Provenance.Read(_folder.Path));
    }

    [Fact]
    public void Write_SameOptionsInAnotherOrder_GivesTheSameBytes()
    {
        Example.Write(_folder.Path);
        byte[] first = File.ReadAllBytes(_folder.File("provenance.json"));
        Provenance other = Example with { Options = Provenance.EmptyOptions.Add("a\"b", "é").Add("Latents", "1024").Add("k", "24") };
        other.Write(_folder.Path);
        Assert.Equal(first, File.ReadAllBytes(_folder.File("provenance.json")));
        Assert.Equal(Example, other);
        Assert.Equal(Example.GetHashCode(), other.GetHashCode());
        Assert.NotEqual(Example, Example with { Options = Provenance.EmptyOptions });
    }

    [Fact]
    public void Write_RunRecord_ReadsBack()
    {
        DateTimeOffset started = DateTimeOffset.Parse("2025-02-03T04:05:06.5+01:00", CultureInfo.InvariantCulture);
        RunRecord record = new() { Started = started, Finished = started.AddSeconds(90.25), Workers = 2 };
        record.Write(_folder.Path);
        Assert.Equal(record, RunRecord.Read(_folder.Path));
        Assert.Contains("\"seconds\": 90.25", File.ReadAllText(_folder.File("run.json")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    public void Read_NotAProvenance_IsRefused(string json) => Refused(Encoding.UTF8.GetBytes(json));

    [Theory]
    [InlineData("\"stories260k\"", "null")]
    [InlineData("\"model\"", "\"other\"")]
    [InlineData("\"hook\"", "\"model\"")]
    [InlineData("\"bos\"", "\"other\"")]
    [InlineData("\"prepended_and_left_out\"", "\"sometimes\"")]
    [InlineData("\"prepended_and_left_out\"", "7")]
    [InlineData("\"program_version\"", "\"other\"")]
    [InlineData("\"options\"", "\"other\"")]
    [InlineData("\"24\"", "null")]
    [InlineData("\"24\"", "24")]
    [InlineData("-3", "1e99")]
    [InlineData("-3", "\"-3\"")]
    public void Read_OneThingWrong_IsRefused(string right, string wrong)
    {
        Example.Write(_folder.Path);
        string whole = File.ReadAllText(_folder.File("provenance.json"));
        Assert.Contains(right, whole, StringComparison.Ordinal);
        Refused(Encoding.UTF8.GetBytes(whole.Replace(right, wrong, StringComparison.Ordinal)));
    }

    [Fact]
    public void Read_EveryTruncation_IsRefused()
    {
        Example.Write(_folder.Path);
        byte[] whole = File.ReadAllBytes(_folder.File("provenance.json"));
        for (int length = 0; length < whole.Length - 2; length++)
        {
            Refused(whole[..length]);
        }
    }

    [Fact]
    public void Read_DeepNesting_IsRefused() => Refused(Encoding.UTF8.GetBytes("{\"options\":" + new string('[', 100_000)));

    [Fact]
    public void Read_HugeFile_IsRefusedBeforeItIsRead() => Refused(new byte[(1 << 20) + 1]);

    [Fact]
    public void Read_MissingFile_IsRefused() => Close.IsOneLine(Assert.Throws<BadFileException>(() => Provenance.Read(_folder.Path)));

    [Fact]
    public void ProgramInfo_OfThisBuild_HasAVersion()
    {
        Assert.Matches(@"^\d+\.\d+\.\d+", ProgramInfo.Version);
        Assert.DoesNotContain('+', ProgramInfo.Version);
    }

    private void Refused(byte[] json)
    {
        _folder.Write("provenance.json", json);
        Close.IsOneLine(Assert.Throws<BadFileException>(() => Provenance.Read(_folder.Path)));
    }
}
