namespace Pellucid.Tensors.Files;

/// <summary>
/// Writes a file under a temporary name in its own folder and renames it when it is whole, so that a crash, a full disk
/// or a kill leaves either the old file or the new one and never half of one.
/// </summary>
public static class AtomicFile
{
    private const string Suffix = ".partial";

    /// <summary>Writes a file through a stream.</summary>
    /// <param name="path">Where the file goes; its folder is created.</param>
    /// <param name="write">Writes the whole content.</param>
    /// <exception cref="BadFileException">The file cannot be written: no space, no permission, not a folder.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string full = Path.GetFullPath(path);
        string temporary = full + Suffix;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            using FileStream stream = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
            WriteAndRename(stream, temporary, full, write);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadFileException(path, $"it cannot be written ({OneLine(error)})", "Free space or choose another place", error);
        }
    }

    /// <summary>Writes bytes.</summary>
    public static void WriteAllBytes(string path, ReadOnlyMemory<byte> bytes) => Write(path, stream => stream.Write(bytes.Span));

    /// <summary>Writes UTF-8 text without a byte order mark.</summary>
    public static void WriteAllText(string path, string text) => WriteAllBytes(path, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Whether a name is that of a file that was never finished.</summary>
    public static bool IsPartial(string path) => path.EndsWith(Suffix, StringComparison.Ordinal);

    /// <summary>Only the writer that holds the temporary file removes it, never one that failed to open it.</summary>
    private static void WriteAndRename(FileStream stream, string temporary, string full, Action<Stream> write)
    {
        try
        {
            write(stream);
            stream.Flush(flushToDisk: true);
            stream.Dispose();
            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
    }

    private static string OneLine(Exception error) => error.Message.ReplaceLineEndings(" ").TrimEnd('.');

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The first error is the one to report; a leftover partial file is overwritten by the next attempt.
            _ = error;
        }
    }
}
