using System.Text.Json;
using Pellucid.Bench;
using Pellucid.Bench.Cases;
using Pellucid.Tensors;

BenchCase[] all =
[
    new ForwardStories15M(),
    new DictionaryTopKStep(screened: false),
    new DictionaryTopKStep(screened: true),
    new DictionaryReluStep(),
    new DictionaryExamples(encode: true),
    new DictionaryExamples(encode: false),
    new HarvestMemory(),
    new QuickstartRun(memory: false),
    new QuickstartRun(memory: true),
];
string[] names = [.. args.Where(argument => !argument.StartsWith('-'))];
bool json = args.Contains("--json");
if (names.Except(all.Select(one => one.Name)).FirstOrDefault() is { } unknown)
{
    Console.Error.WriteLine($"There is no case '{unknown}'. Cases: {string.Join(", ", all.Select(one => one.Name))}.");
    return 2;
}

List<CaseResult> results = [];
foreach (BenchCase one in all.Where(one => names.Length == 0 || names.Contains(one.Name)))
{
    Console.Error.WriteLine($"{one.Name} ...");
    CaseResult result;
    try
    {
        result = one.Measure(Console.Error.WriteLine);
    }
    catch (Exception error) when (error is PellucidException or InvalidOperationException)
    {
        Console.Error.WriteLine($"{one.Name}: {error.Message}");
        return 1;
    }

    results.Add(result);
    string baselines = string.Join(", ", result.Baselines.Select(pair => $"{pair.Key} {pair.Value:G5} (ratio {result.Ratios[pair.Key]:F2})"));
    Console.Error.WriteLine($"  {result.Ours:G5} {result.Unit}; {baselines}");
}

if (json)
{
    Console.Out.WriteLine(JsonSerializer.Serialize(new BenchReport(MachineDescription.Measure(), results), BenchJson.Default.BenchReport));
}

return 0;
