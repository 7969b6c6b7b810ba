using Pellucid.Architecture.Tests.Repository;
using Pellucid.Architecture.Tests.Rooms;

namespace Pellucid.Architecture.Tests.Api;

public sealed class ApiSnapshotTests
{
    private const string Accept = "PELLUCID_ACCEPT_API";

    public static TheoryData<string> Libraries => [.. House.Libraries];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void PublicApi_OfALibrary_IsTheOneInItsSnapshot(string room)
    {
        string path = SourceTree.At("tests", "Pellucid.Architecture.Tests", "snapshots", $"{room}.txt");
        string[] now = [.. ApiPrinter.Print(House.Load(room))];
        if (Environment.GetEnvironmentVariable(Accept) == "1")
        {
            File.WriteAllText(path, string.Concat(now.Select(line => line + "\n")));
        }

        string[] before = File.Exists(path) ? File.ReadAllLines(path) : [];
        string[] difference = [.. before.Except(now).Select(line => "- " + line), .. now.Except(before).Select(line => "+ " + line)];
        Assert.True(
            difference.Length == 0 && before.Length == now.Length,
            $"The public API of {room} has changed. If that is meant, run the tests once with {Accept}=1 and commit {SourceTree.Relative(path)}.\n"
            + string.Join('\n', difference));
    }
}
