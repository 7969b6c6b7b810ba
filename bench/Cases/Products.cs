using Pellucid.Bench.Contests;
using Pellucid.Bench.Sgemm;
using Pellucid.Tensors;

namespace Pellucid.Bench.Cases;

/// <summary>
/// Products with the weights of GPT-2 small and of its dictionaries, packed once, against OpenBLAS, BLIS and oneDNN called directly: a case
/// for each number of rows, for some of them another with the weights stored as bfloat16, and geometric means over all.
/// </summary>
/// <param name="shapes">Inputs and outputs of the weights.</param>
/// <param name="name">The name of the case.</param>
internal sealed class Products(string name, (int Inputs, int Outputs)[] shapes) : BenchCase
{
    private const int Warmup = 1;
    private const int Rounds = 7;
    private const int LargeRounds = 5; // of weights so large that most calls take longer than the machine's short disturbances
    private const long LargeWeights = 16 << 20;
    private const int NarrowRows = 8; // up to so many rows the storage of the weights decides
    private const double PeakRows = 1024; // from so many rows on the machine's peak is within reach
    private const string Best = "best";

    private static readonly int[] AllRows = [1, 8, 64, 256, 1024, 2048];

    internal override string Name => name;

    internal override string Unit => "GFLOP/s";

    internal override bool HigherIsBetter => true;

    /// <summary>All shapes, and each by itself.</summary>
    internal static IEnumerable<Products> All
    {
        get
        {
            (int Inputs, int Outputs)[] shapes =
                [(768, 2304), (768, 768), (768, 3072), (3072, 768), (768, 50_257), (768, 24_576), (24_576, 768)];
            return [new("products", shapes), .. shapes.Select(shape => new Products($"products-{shape.Inputs}x{shape.Outputs}", [shape]))];
        }
    }

    internal override bool InAll => shapes.Length > 1;

    internal override CaseResult Measure(Action<string> log) => MeasureAll(log).Last();

    internal override IEnumerable<CaseResult> MeasureAll(Action<string> log)
    {
        Dictionary<string, SgemmProcess?> libraries = SgemmLibrary.Files.Keys.ToDictionary(library => library, library => SgemmProcess.TryStart(library, log));
        List<CaseResult> results = [];
        List<double> shares = [];
        try
        {
            foreach ((int inputs, int outputs) in shapes)
            {
                using ProductWeights wide = new(inputs, outputs, DType.F32);
                using ProductWeights narrow = new(inputs, outputs, DType.BF16);
                double peak = MachinePeak.MeasureGflops();
                foreach (int rows in AllRows)
                {
                    (CaseResult single, CaseResult? half) = Measure(rows, wide, narrow, libraries, peak);
                    results.Add(single);
                    if (half is not null)
                    {
                        results.Add(half);
                    }

                    if (rows >= PeakRows)
                    {
                        shares.Add(single.Ours / peak);
                    }
                }
            }
        }
        finally
        {
            foreach (SgemmProcess? library in libraries.Values)
            {
                library?.Dispose();
            }
        }

        CaseResult[] singles = [.. results.Where(result => !result.Case.Contains("-bf16-", StringComparison.Ordinal))];
        results.Add(Mean($"{Name}-geometric-mean", singles) with
        {
            Note = $"{100 * shares.DefaultIfEmpty().Average():F1} % of the measured peak at 1024 rows and more, {100 * shares.DefaultIfEmpty().Min():F1} % at least; " +
                $"the least ratio to the best is {singles.Min(result => result.Ratios[Best]):F2}",
        });
        results.Add(Mean($"{Name}-bf16-geometric-mean", [.. results.Where(result => result.Case.Contains("-bf16-", StringComparison.Ordinal))]));
        return results;
    }

    private (CaseResult Single, CaseResult? Half) Measure(
        int rows, ProductWeights wide, ProductWeights narrow, Dictionary<string, SgemmProcess?> libraries, double peak)
    {
        Dictionary<string, string?> calls = libraries.ToDictionary(pair => pair.Key, pair => pair.Value?.Prepare(rows, wide.Inputs, wide.Outputs));
        Dictionary<string, List<double>> rates = libraries.Keys.ToDictionary(library => library, _ => new List<double>());
        List<double> single = [], half = [];
        int rounds = AskedRounds ?? ((long)wide.Inputs * wide.Outputs > LargeWeights ? LargeRounds : Rounds);
        using Tensor x = ProductOperands.Values(rows, wide.Inputs);
        double operations = 2e-9 * rows * wide.Inputs * wide.Outputs;
        for (int round = 0; round < Warmup + rounds; round++)
        {
            double seconds = wide.Run(x), other = rows <= NarrowRows ? narrow.Run(x) : seconds;
            foreach ((string library, SgemmProcess? process) in libraries)
            {
                if (process?.Run() is { } theirs && round >= Warmup)
                {
                    rates[library].Add(operations / theirs);
                }
            }

            if (round >= Warmup)
            {
                single.Add(operations / seconds);
                half.Add(operations / other);
            }
        }

        Dictionary<string, double?> baselines = rates.ToDictionary(pair => pair.Key, pair => pair.Value.Count > 0 ? Median(pair.Value) : (double?)null);
        baselines[Best] = baselines.Values.Max();
        string shape = $"{rows}x{wide.Inputs}x{wide.Outputs}";
        string note = string.Join(", ", calls.Select(pair => $"{pair.Key}: {pair.Value ?? "absent, see bench/README.md"}"));
        CaseResult result = new($"product-{shape}", Unit, HigherIsBetter, Median(single), baselines)
        {
            Rounds = rounds,
            Spread = rates.Where(pair => pair.Value.Count > 0).Append(new("ours", single)).ToDictionary(pair => pair.Key, pair => new Spread(pair.Value.Min(), pair.Value.Max())),
            Note = $"{100 * Median(single) / peak:F1} % of the measured peak; {note}",
        };
        CaseResult? stored = rows > NarrowRows ? null : new($"product-bf16-{shape}", Unit, HigherIsBetter, Median(half), new Dictionary<string, double?>(baselines)
        {
            ["pellucid-f32"] = result.Ours,
        })
        {
            Rounds = rounds,
        };
        return (result, stored);
    }

    /// <summary>Geometric means; a ratio of them is the geometric mean of the ratios.</summary>
    private CaseResult Mean(string title, CaseResult[] results) => new(
        title, Unit, HigherIsBetter, GeometricMean(results.Select(result => (double?)result.Ours))!.Value,
        results[0].Baselines.Keys.ToDictionary(key => key, key => GeometricMean(results.Select(result => result.Baselines[key]))));

    private static double? GeometricMean(IEnumerable<double?> values) =>
        values.All(value => value is not null) ? Math.Exp(values.Average(value => Math.Log(value!.Value))) : null;
}
