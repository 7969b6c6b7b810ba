using System.Text.Json;
using Pellucid.Bench;
using Pellucid.Bench.Cases;
using Pellucid.Bench.Cases.Gpt2;
using Pellucid.Bench.Cases.Loading;
using Pellucid.Bench.Cases.TinyLlama;
using Pellucid.Bench.Sgemm;
using Pellucid.Bench.Soak;
using Pellucid.Tensors;

if (args is [SgemmProcess.Argument, { } library])
{
    return SgemmServer.Serve(library);
}

if (args is [SoakServer.Argument])
{
    return SoakServer.Serve();
}

if (args is [LoadServer.Argument, { } opened, { } storage])
{
    return LoadServer.Serve(opened, storage);
}

BenchCase[] all =
[
    .. Products.All,
    new ForwardStories15M(),
    new Stories15MDecode(narrow: false),
    new Stories15MDecode(narrow: true),
    new Gpt2Forward(8, 128),
    new Gpt2Forward(1, 1024),
    new Gpt2Gradients(attribution: false),
    new Gpt2Gradients(attribution: true),
    new DictionaryTopKStep(screened: false),
    new DictionaryTopKStep(screened: true),
    new ConvolutionStem(gradient: false),
    new ConvolutionStem(gradient: true),
    new Gpt2Decode(narrow: false),
    new Gpt2Decode(narrow: true),
    new DictionaryReluStep(dense: false),
    new DictionaryReluStep(dense: true),
    new DictionaryExamples(encode: true),
    new DictionaryExamples(encode: false),
    new TinyLlamaPrefill(DType.Q8),
    new TinyLlamaDecode(DType.Q8),
    new TinyLlamaPrefill(DType.BF16),
    new TinyLlamaDecode(DType.BF16),
    new LoadFirstLogits(),
    new LoadMemory("stories15m", DType.F32),
    new LoadMemory("stories15m", DType.BF16),
    new LoadMemory("tinyllama", DType.BF16),
    new LoadMemory("tinyllama", DType.Q8),
    new CompilePrograms(),
    new ToyPhaseDiagram(),
    new HarvestMemory(),
    new SoakMemory(),
    new QuickstartRun(memory: false),
    new QuickstartRun(memory: true),
];
if (BenchArguments.Parse(args, [.. all.Select(one => one.Name)], out string problem) is not { } asked)
{
    Console.Error.WriteLine(problem);
    return 2;
}

if (asked.List)
{
    foreach (BenchCase one in all)
    {
        Console.Out.WriteLine(one.Name);
    }

    return 0;
}

List<CaseResult> results = [];
List<CaseFailure> failures = [];
foreach (BenchCase one in all.Where(one => asked.Cases.Count == 0 ? one.InAll : asked.Cases.Contains(one.Name)))
{
    Console.Error.WriteLine($"{one.Name} ...");
    one.AskedRounds = asked.Rounds;
    try
    {
        results.AddRange(one.MeasureAll(Console.Error.WriteLine));
    }
    catch (Exception error) when (error is not OutOfMemoryException)
    {
        Console.Error.WriteLine($"{one.Name}: {error.Message}");
        failures.Add(new CaseFailure(one.Name, error.Message));
    }
}

BenchReport report = new(MachineDescription.Measure(), results)
{
    Command = string.Join(' ', ["dotnet run -c Release --project bench --", .. args]),
    Failures = failures.Count > 0 ? failures : null,
};
BenchTable.Write(report);
if (asked.Json)
{
    Console.Out.WriteLine(JsonSerializer.Serialize(report, BenchJson.Readable.BenchReport));
}

return failures.Count > 0 ? 1 : 0;
