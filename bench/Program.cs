using System.Text.Json;
using Pellucid.Bench;
using Pellucid.Bench.Cases;

string checkpoint = Path.Combine(
    Environment.GetEnvironmentVariable("PELLUCID_STORIES15M") ?? throw new InvalidOperationException("set it"));
BenchCase[] all = [new ForwardStories15M(checkpoint)];
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
    CaseResult result = one.Measure(Console.Error.WriteLine);
    results.Add(result);
    string baselines = string.Join(", ", result.Baselines.Select(pair => $"{pair.Key} {pair.Value:G5} (ratio {result.Ratios[pair.Key]:F2})"));
    Console.Error.WriteLine($"  {result.Ours:G5} {result.Unit}; {baselines}");
}

if (json)
{
    Console.Out.WriteLine(JsonSerializer.Serialize(new BenchReport(MachineDescription.Read(), results), BenchJson.Default.BenchReport));
}

return 0;
