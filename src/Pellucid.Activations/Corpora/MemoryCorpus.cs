namespace Pellucid.Activations;

/// <summary>Texts in memory.</summary>
internal sealed class MemoryCorpus(string name, IReadOnlyList<string> texts) : Corpus
{
    public override string Name => name;

    public override IEnumerable<Document> Read() => texts.Select((text, index) => new Document(index, text));

    public override int CountDocuments() => texts.Count;
}
