using Microsoft.Win32.SafeHandles;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Pickles;

/// <summary>An open file that is read at places. Safe for any number of threads.</summary>
internal sealed class FileBytes : IDisposable
{
    private readonly SafeFileHandle _handle;

    private FileBytes(string path, SafeFileHandle handle, long length) => (Path, _handle, Length) = (path, handle, length);

    internal string Path { get; }

    internal long Length { get; }

    /// <exception cref="BadFileException">It is missing, or cannot be read.</exception>
    internal static FileBytes Open(string path)
    {
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess);
            return new FileBytes(path, handle, RandomAccess.GetLength(handle));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            handle?.Dispose();
            throw new BadFileException(path, $"it cannot be read ({error.Message.TrimEnd('.')})", "Check the path and its permissions", error);
        }
    }

    /// <summary>Fills the destination.</summary>
    /// <exception cref="BadFileException">The file ends before, or cannot be read.</exception>
    internal void Read(Span<byte> destination, long position)
    {
        while (!destination.IsEmpty)
        {
            int read;
            try
            {
                read = position < 0 ? 0 : RandomAccess.Read(_handle, destination, position);
            }
            catch (IOException error)
            {
                throw new BadFileException(Path, $"it cannot be read ({error.Message.TrimEnd('.')})", "Check the disk", error);
            }

            if (read == 0)
            {
                throw Bad($"it ends at byte {Length}, inside something that begins before");
            }

            destination = destination[read..];
            position += read;
        }
    }

    /// <summary>The error of a file that is no checkpoint of PyTorch, or a damaged one.</summary>
    internal BadFileException Bad(string problem) => new(Path, problem, "Get the file again, or save it anew as safetensors");

    public void Dispose() => _handle.Dispose();
}
