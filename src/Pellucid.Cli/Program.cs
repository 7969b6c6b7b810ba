using Pellucid.Cli.Frame;

using Interruption interruption = new();
using Stream output = Console.OpenStandardOutput();
return await CommandLine.RunAsync(args, new Streams(output, Console.Error, !Console.IsErrorRedirected), interruption.Token);
