using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tokenizers;

/// <summary>Files from outside that are read whole, up to a length.</summary>
internal static class LimitedFile
{
    /// <summary>The bytes of a file.</summary>
    /// <exception cref="BadFileException">It cannot be read, or is longer.</exception>
    internal static byte[] Read(string path, long longest, string advice)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (stream.Length > longest)
            {
                throw new BadFileException(path, $"it has {stream.Length} bytes; at most {longest} were expected", advice);
            }

            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadFileException(path, $"it cannot be read ({Checkpoints.JsonFile.Short(error.Message.TrimEnd('.'))})", advice, error);
        }
    }
}
