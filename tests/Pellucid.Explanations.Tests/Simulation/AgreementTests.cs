using System.Text.Json;
using Pellucid.Tensors;

namespace Pellucid.Explanations.Tests;

public class AgreementTests
{
    [Fact]
    public void Correlation_PublishedRecords_IsThePeersOverAllTokens()
    {
        JsonElement peer = OpenAiScoring.Root.GetProperty("uncalibrated");
        double[] predicted = [.. OpenAiScoring.Simulated.SelectMany(values => values)], actual = [.. OpenAiScoring.Actual.SelectMany(values => values)];
        Assert.Equal(peer.GetProperty("ev_correlation_score").GetDouble(), Agreement.Correlation<double>(predicted, actual)!.Value, OpenAiScoring.Tolerance);
        Assert.Equal(peer.GetProperty("rsquared_score").GetDouble(), Agreement.UncentredR2<double>(predicted, actual)!.Value, OpenAiScoring.Tolerance);
    }

    [Fact]
    public void Correlation_EachPublishedRecord_IsThePeersOrNullWhereThatIsUndefined()
    {
        int i = 0;
        foreach (JsonElement peer in OpenAiScoring.Root.GetProperty("uncalibrated").GetProperty("per_sequence").EnumerateArray())
        {
            double? correlation = Agreement.Correlation<double>(OpenAiScoring.Simulated[i], OpenAiScoring.Actual[i]);
            if (peer.GetProperty("ev").ValueKind == JsonValueKind.String)
            {
                Assert.Null(correlation);
            }
            else
            {
                Assert.Equal(peer.GetProperty("ev").GetDouble(), correlation!.Value, OpenAiScoring.Tolerance);
            }

            i++;
        }
    }

    [Theory]
    [InlineData(new[] { 1f, 1f, 1f }, new[] { 0f, 1f, 2f })]
    [InlineData(new[] { 0f, 1f, 2f }, new[] { 0.1f, 0.1f, 0.1f })]
    [InlineData(new float[0], new float[0])]
    public void Correlation_OneSideDoesNotVary_IsNull(float[] predicted, float[] actual) => Assert.Null(Agreement.Correlation<float>(predicted, actual));

    [Fact]
    public void Correlation_AnotherScale_IsTheSame() =>
        Assert.Equal(1, Agreement.Correlation<float>([1, 2, 4], [10, 20, 40])!.Value, 12);

    [Fact]
    public void UncentredR2_NothingFires_IsNull() => Assert.Null(Agreement.UncentredR2<float>([1, 2], [0, 0]));

    [Fact]
    public void Correlation_LengthsDiffer_Refuses() => Assert.Throws<PellucidException>(() => Agreement.Correlation<float>([1], [1, 2]));
}
