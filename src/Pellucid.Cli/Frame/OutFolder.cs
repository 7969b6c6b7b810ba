using System.CommandLine;
using Pellucid.Tensors;

namespace Pellucid.Cli.Frame;

/// <summary>The folder that a verb writes: the option, and what must hold of it before any work is done.</summary>
internal static class OutFolder
{
    internal const string Store = "an activation store";
    internal const string Dictionary = "a dictionary";
    internal const string Explanations = "explanations";
    internal const string Study = "a quickstart";
    internal const string Recovery = "a recovery study";
    internal const string Network = "a network whose mechanism is known";

    private static readonly (string File, string Kind)[] Marks =
    [
        ("manifest.json", Store), ("inputs.json", Store), ("cfg.json", Dictionary), ("recipe.json", Dictionary),
        ("scores.json", Explanations), ("report.html", Study),
        ("model.safetensors", Network),
    ];

    /// <summary>The <c>--out</c> option; required where there is no fallback.</summary>
    internal static Option<string> Option(string description, string? fallback = null)
    {
        Option<string> option = Values.Parsed("--out", "DIR", description, fallback ?? "", "the name of a folder", text => (text.Trim().Length > 0, text));
        if (fallback is null)
        {
            (option.Required, option.DefaultValueFactory) = (true, null);
        }

        return option;
    }

    /// <summary>Refuses a file, and a folder that holds something of another kind, which would be written over.</summary>
    /// <exception cref="PellucidException">It is one of these.</exception>
    internal static void Require(string folder, string kind)
    {
        if (File.Exists(folder))
        {
            throw new PellucidException($"'{folder}' is a file; --out needs a folder. Choose another name.");
        }

        foreach ((string file, string other) in Marks)
        {
            if (other != kind && File.Exists(Path.Combine(folder, file)))
            {
                throw new PellucidException($"Folder '{folder}' holds {other} ({file}), and {kind} would be written over it. Choose another --out.");
            }
        }
    }
}
