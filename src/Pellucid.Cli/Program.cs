using Pellucid.Cli.Frame;

using Interruption interruption = new();
using Stream output = Console.OpenStandardOutput();
Streams streams = new(output, Console.Error, !Console.IsErrorRedirected) { Input = () => Console.In, IsTyped = !Console.IsInputRedirected, Interruption = interruption };
return await CommandLine.RunAsync(args, streams, interruption.Token);
