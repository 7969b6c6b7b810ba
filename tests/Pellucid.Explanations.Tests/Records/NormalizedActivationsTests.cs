using System.Text.Json;
using Pellucid.Activations;

namespace Pellucid.Explanations.Tests;

public class NormalizedActivationsTests
{
    [Fact]
    public void Of_PublishedRecords_GivesThePeersNumbers()
    {
        ActivationRecord[] records = [.. OpenAiScoring.Actual.Select(values => new ActivationRecord(0, 0, new int[values.Length], [.. values.Select(value => (float)value)]))];
        double max = NormalizedActivations.Max(records);
        Assert.Equal(OpenAiScoring.Root.GetProperty("calculate_max_activation").GetDouble(), max, 1e-6);
        int i = 0;
        foreach (JsonElement peer in OpenAiScoring.Root.GetProperty("normalize_activations").EnumerateArray())
        {
            Assert.Equal(peer.EnumerateArray().Select(value => value.GetInt32()), NormalizedActivations.Of(records[i++].Activations, max));
        }
    }

    [Fact]
    public void Of_NothingFires_IsZero() => Assert.Equal([0, 0], NormalizedActivations.Of([-1, 0], 0));

    [Fact]
    public void Of_AboveTheMax_IsTen() => Assert.Equal([10, 5], NormalizedActivations.Of([3, 1], 2));
}
