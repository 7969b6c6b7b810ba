using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Pellucid.Explanations.Tests;

public partial class RecordSplitTests
{
    [Fact]
    public void Of_PublishedCounts_GivesThePeersSplits()
    {
        int cases = 0;
        foreach (JsonProperty peer in OpenAiScoring.Root.GetProperty("record_splits").EnumerateObject())
        {
            Match counts = Counts().Match(peer.Name);
            int? each = counts.Groups[3].Value == "None" ? null : Number(counts.Groups[3]);
            RecordSplit<string> split = RecordSplit<string>.Of(Names("t", Number(counts.Groups[1])), Names("r", Number(counts.Groups[2])), each);
            Assert.Equal(Expected(peer, "train"), split.Train);
            Assert.Equal(Expected(peer, "calibration"), split.Calibration);
            Assert.Equal(Expected(peer, "valid"), split.Valid);
            Assert.Equal(Expected(peer, "test"), split.Test);
            cases++;
        }

        Assert.Equal(4, cases);
    }

    [GeneratedRegex("^top([0-9]+)_random([0-9]+)_per(.+)$")]
    private static partial Regex Counts();

    private static int Number(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);

    private static string[] Names(string prefix, int count) => [.. Enumerable.Range(0, count).Select(i => $"{prefix}{i}")];

    private static string[] Expected(JsonProperty peer, string split) => [.. peer.Value.GetProperty(split).EnumerateArray().Select(name => name.GetString()!)];
}
