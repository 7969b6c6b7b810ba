using System.Text.Json;
using System.Text.RegularExpressions;
using Pellucid.GroundTruth.Compilation;

namespace Pellucid.GroundTruth.Tests;

/// <summary>The construction, in double precision, against what tracr gives for the same programs (goldens/tracr, made by trim.py).</summary>
public sealed partial class TracrGoldenTests
{
    // The construction is exact but for the rounding of means in double precision.
    private const double Tolerance = 1e-12;

    public static TheoryData<string, string> Programs => new()
    {
        { "count_less_freq_2", "count-less-freq" },
        { "detect_pattern_ab", "detect-ab" },
        { "frac_prevs", "fraction-of-previous" },
        { "hist", "histogram" },
        { "length", "length" },
        { "pair_balance", "pair-balance" },
        { "reverse", "reverse" },
        { "shift_by_1", "shift" },
        { "shuffle_dyck2", "shuffle-dyck2" },
        { "sort_freq", "sort-freq" },
        { "sort_unique", "sort-unique" },
    };

    [Theory]
    [MemberData(nameof(Programs))]
    public void Build_ProgramOfTracr_HasItsDirectionsBlocksAndOutputs(string golden, string program)
    {
        using var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "goldens", "tracr", $"{golden}.json")));
        JsonElement root = expected.RootElement;
        var options = new CompileOptions
        {
            Vocabulary = Values(root.GetProperty("vocabulary")),
            Length = root.GetProperty("length").GetInt32(),
            Causal = root.GetProperty("causal").GetBoolean(),
            Bos = "compiler_bos",
            Pad = "compiler_pad",
        };

        var network = CraftNetwork.Build(BuiltInPrograms.Get(program).Create(options), options);

        Assert.Equal(Labels(root.GetProperty("basis").EnumerateArray().Select(label => label.GetString()!)), Labels(network.Basis.Labels));
        Assert.Equal(root.GetProperty("blocks").EnumerateArray().Select(block => block.GetString()), network.Blocks);
        int compared = 0;
        foreach (JsonElement item in root.GetProperty("cases").EnumerateArray())
        {
            Value[] input = Values(item[0]), decoded = Values(item[1]), interpreted = Values(item[2]);
            IReadOnlyList<Value> ours = network.Program.Evaluate(input, new EvaluationOptions { Causal = options.Causal }).Output;
            double[][] residual = network.Forward(input);
            for (int p = 0; p < input.Length; p++)
            {
                Assert.Equal(interpreted[p].IsDefined, ours[p].IsDefined);
                if (interpreted[p].IsDefined)
                {
                    Assert.True(decoded[p] == ours[p] || Math.Abs(decoded[p].Number - ours[p].Number) <= Tolerance, $"{decoded[p]} {ours[p]}");
                    Assert.InRange(Error(network, residual[p + 1], decoded[p]), 0, Tolerance);
                    compared++;
                }
            }
        }

        Assert.True(compared > 100);
    }

    private static double Error(CraftNetwork network, double[] residual, Value expected)
    {
        double[] output = network.OutputOf(residual);
        return network.Output.IsNumerical
            ? Math.Abs(output[0] - expected.Number)
            : output.Zip(network.Output.Values, (coordinate, value) => Math.Abs(coordinate - (value == expected ? 1 : 0))).Max();
    }

    /// <summary>Labels without the numbers that tell variables of one name apart, and with values as we write them.</summary>
    private static List<string> Labels(IEnumerable<string> labels) =>
    [
        .. labels.Select(label => Number().Replace(label, string.Empty))
            .Select(label => label.Replace(":True", ":true", StringComparison.Ordinal).Replace(":False", ":false", StringComparison.Ordinal))
            .Select(label => label.EndsWith(".0", StringComparison.Ordinal) ? label[..^2] : label)
            .Order(StringComparer.Ordinal),
    ];

    [GeneratedRegex(@"_\d+(?=$|:|_selector_width)")]
    private static partial Regex Number();

    private static Value[] Values(JsonElement list) =>
    [
        .. list.EnumerateArray().Select(item => item.ValueKind switch
        {
            JsonValueKind.Null => Value.Undefined,
            JsonValueKind.True or JsonValueKind.False => Value.Of(item.GetBoolean()),
            JsonValueKind.Number => Value.Of(item.GetDouble()),
            _ => Value.Of(item.GetString()!),
        }),
    ];
}
