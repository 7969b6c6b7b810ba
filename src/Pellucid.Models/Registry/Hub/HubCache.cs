using System.Security.Cryptography;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Registry.Hub;

/// <summary>
/// The folder of files from the hub, in the layout that the hub's other tools share:
/// <c>models--owner--name/blobs/HASH</c> has the content, <c>snapshots/COMMIT/path</c> links to it, <c>refs/main</c> holds a commit.
/// </summary>
internal sealed class HubCache(string folder)
{
    private const string Prefix = "models--";
    private const int BufferBytes = 1 << 17;

    internal string Folder => folder;

    internal string FolderOf(HubModelName name) => Path.Combine(folder, Prefix + name.Id.Replace("/", "--", StringComparison.Ordinal));

    internal string Blob(HubModelName name, ContentHash hash) => Path.Combine(FolderOf(name), "blobs", hash.Text);

    internal string Snapshot(HubModelName name, string commit) => Path.Combine(FolderOf(name), "snapshots", commit);

    /// <summary>A lock that other tools heed too; it stays, since a lock that is removed can be held twice.</summary>
    internal string Lock(HubModelName name, string held) => Path.Combine(folder, ".locks", Path.GetFileName(FolderOf(name)), held + ".lock");

    /// <summary>The commit of a revision as it was pulled last; null where it was not.</summary>
    internal string? CommitOf(HubModelName name)
    {
        if (HubListing.IsCommit(name.Revision))
        {
            return name.Revision;
        }

        const int LongestReference = 100;
        FileInfo reference = new(Path.Combine([FolderOf(name), "refs", .. name.Revision.Split('/')]));
        string? commit = reference.Exists && reference.Length <= LongestReference ? File.ReadAllText(reference.FullName).Trim() : null;
        return HubListing.IsCommit(commit) ? commit : null;
    }

    /// <summary>The folder of a model as it was pulled last; null where it was not.</summary>
    internal string? Find(HubModelName name) => CommitOf(name) is { } commit && Directory.Exists(Snapshot(name, commit)) ? Snapshot(name, commit) : null;

    /// <summary>Notes which commit a branch or tag stands for.</summary>
    internal void Refer(HubModelName name, string commit)
    {
        if (!HubListing.IsCommit(name.Revision) && CommitOf(name) != commit)
        {
            AtomicFile.WriteAllText(Path.Combine([FolderOf(name), "refs", .. name.Revision.Split('/')]), commit);
        }
    }

    /// <summary>Where the content of a file lies, if a file of its size does: the blob, or the snapshot's own file where there are no links.</summary>
    internal string? Held(HubModelName name, string commit, HubFile file) =>
        new[] { Blob(name, file.Hash!), Pointer(name, commit, file) }.FirstOrDefault(path => File.Exists(path) && LengthOf(path) == file.Bytes);

    /// <summary>Puts a file into a snapshot: a link to the blob, or the blob itself where links cannot be made.</summary>
    internal void Link(HubModelName name, string commit, HubFile file)
    {
        string pointer = Pointer(name, commit, file), blob = Blob(name, file.Hash!), parent = Path.GetDirectoryName(pointer)!;
        string target = Path.GetRelativePath(parent, blob);
        if (!File.Exists(blob) || new FileInfo(pointer).LinkTarget == target)
        {
            return;
        }

        Directory.CreateDirectory(parent);
        string temporary = pointer + ".partial";
        File.Delete(temporary);
        try
        {
            File.CreateSymbolicLink(temporary, target);
        }
        catch (Exception error) when (OperatingSystem.IsWindows() && error is IOException or UnauthorizedAccessException)
        {
            File.Move(blob, pointer, overwrite: true); // Windows grants links to developers and administrators alone
            return;
        }

        File.Move(temporary, pointer, overwrite: true);
    }

    /// <summary>Waits until nobody else fetches a blob, named by its hash, or writes the refs, and keeps others from it; freed by the system whatever becomes of this process.</summary>
    internal async Task<FileStream> HoldAsync(HubModelName name, string held, TimeProvider clock, CancellationToken cancellationToken)
    {
        string path = Lock(name, held);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            }
            catch (IOException error) when (IsHeldElsewhere(error))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(300), clock, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Every model with a snapshot, under the names by which they open.</summary>
    internal IEnumerable<(HubModelName Name, string Commit, string Snapshot)> List()
    {
        if (!Directory.Exists(folder))
        {
            yield break;
        }

        foreach (string model in Directory.EnumerateDirectories(folder, Prefix + "*").Order(StringComparer.Ordinal))
        {
            string id = Path.GetFileName(model)[Prefix.Length..].Replace("--", "/", StringComparison.Ordinal), references = Path.Combine(model, "refs");
            string[] revisions = Directory.Exists(references)
                ? [.. Directory.EnumerateFiles(references, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(references, path).Replace('\\', '/')).Order(StringComparer.Ordinal)]
                : [];
            foreach (string revision in revisions)
            {
                if (HubModelName.TryParse($"{id}@{revision}") is { } name && Find(name) is { } snapshot)
                {
                    yield return (name, Path.GetFileName(snapshot), snapshot);
                }
            }
        }
    }

    /// <summary>Size of the files of a snapshot, links followed.</summary>
    internal static long BytesOf(string snapshot) => Directory.EnumerateFiles(snapshot, "*", SearchOption.AllDirectories).Where(File.Exists).Sum(LengthOf);

    /// <summary>Whether a file has the content that it should.</summary>
    internal static async Task<bool> HasAsync(string path, HubFile file, CancellationToken cancellationToken)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
        using IncrementalHash hash = file.Hash!.Begin(stream.Length);
        byte[] buffer = new byte[BufferBytes];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            hash.AppendData(buffer, 0, read);
        }

        return file.Hash.Is(hash);
    }

    /// <summary>EWOULDBLOCK of Linux and of macOS, sharing and lock violations of Windows; other errors would not pass by waiting.</summary>
    private static bool IsHeldElsewhere(IOException error) => error.HResult is 11 or 35 or unchecked((int)0x80070020) or unchecked((int)0x80070021);

    private string Pointer(HubModelName name, string commit, HubFile file) => Path.Combine([Snapshot(name, commit), .. file.Path.Split('/')]);

    private static long LengthOf(string path) => new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target.Length : new FileInfo(path).Length;
}
