using Pellucid.Tensors.Files;

namespace Pellucid.Activations;

/// <summary>A text file as one document, or the .txt files of a folder and the folders in it, ordered by their paths in it.</summary>
internal sealed class TextCorpus(string path) : Corpus
{
    private static readonly EnumerationOptions AllBelow = new()
    {
        RecurseSubdirectories = true,
        IgnoreInaccessible = false,
        MatchCasing = MatchCasing.CaseInsensitive,
        AttributesToSkip = 0,
    };

    public override string Name => path;

    public override IEnumerable<Document> Read() => ReadFrom(0);

    public override int CountDocuments() => Files().Length;

    internal override IEnumerable<Document> ReadFrom(int start) => Files().Select(static (file, index) => (file, index)).Skip(start)
        .Select(static place => new Document(place.index, CorpusFile.ReadText(place.file)));

    private string[] Files()
    {
        if (!Directory.Exists(path))
        {
            return [path];
        }

        string[] files = CorpusFile.Reading(path, () => Directory.GetFiles(path, "*.txt", AllBelow));
        Array.Sort(Array.ConvertAll(files, file => Path.GetRelativePath(path, file).Replace('\\', '/')), files, StringComparer.Ordinal);
        return files.Length > 0 ? files : throw new BadFileException(path, "the folder has no .txt file", "Put text files into it, or give a .jsonl or .json file");
    }
}
