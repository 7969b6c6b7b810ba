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

    private const string Truth = "truth.json";

    private static readonly (string File, string Kind)[] Marks =
    [
        ("manifest.json", Store), ("inputs.json", Store), ("cfg.json", Dictionary), ("recipe.json", Dictionary),
        ("scores.json", Explanations), ("report.html", Study),
        (Truth, Network),
    ];

    private static readonly string[] ModelFiles = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer.bin", Truth];

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

    /// <summary>Refuses a file, a place where nothing can be written, and a folder that holds something of another kind, which would be written over.</summary>
    /// <exception cref="PellucidException">It is one of these.</exception>
    internal static void Require(string folder, string kind)
    {
        if (File.Exists(folder))
        {
            throw new PellucidException($"'{folder}' is a file; --out needs a folder. Choose another name.");
        }

        foreach ((string file, string other) in Marks)
        {
            if (other != kind && File.Exists(Path.Combine(folder, file)) && !(file == Truth && IsPlantedStore(folder)))
            {
                throw new PellucidException($"Folder '{folder}' holds {other} ({file}), and {kind} would be written over it. Choose another --out.");
            }
        }

        RequireWritable(folder);
    }

    /// <summary>Refuses a place where nothing can be written: below a file, on a disk that is read-only, in a folder of others.</summary>
    /// <exception cref="PellucidException">It is one of these.</exception>
    internal static void RequireWritable(string folder)
    {
        string at = Path.GetFullPath(folder);
        while (!Directory.Exists(at))
        {
            if (File.Exists(at) || Path.GetDirectoryName(at) is not { } above)
            {
                throw new PellucidException($"'{at}' is a file, and --out needs a folder there. Choose another --out.");
            }

            at = above;
        }

        string trial = Path.Combine(at, $".pellucid-{Guid.NewGuid():N}");
        try
        {
            File.Create(trial, 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new PellucidException($"Nothing can be written in '{at}' ({error.Message.ReplaceLineEndings(" ").TrimEnd('.').Replace(trial, at, StringComparison.Ordinal)}). Choose another --out.", error);
        }
    }

    /// <summary>Whether a folder holds a model, or a part of one.</summary>
    internal static bool HoldsModel(string folder) => ModelFiles.Any(file => File.Exists(Path.Combine(folder, file)));

    /// <summary>The error where a model would be written over another.</summary>
    internal static PellucidException HoldsAnotherModel(string folder) =>
        new($"Folder '{folder}' holds another model already, which would be written over. Choose another --out.");

    /// <summary>A store of planted activations has a truth.json too.</summary>
    private static bool IsPlantedStore(string folder) => File.Exists(Path.Combine(folder, "inputs.json"));
}
