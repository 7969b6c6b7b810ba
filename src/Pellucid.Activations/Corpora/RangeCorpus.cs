namespace Pellucid.Activations;

/// <summary>Consecutive documents of another corpus.</summary>
internal sealed class RangeCorpus(Corpus inner, int start, int count) : Corpus
{
    public override string Name => count == int.MaxValue ? $"{inner.Name}[{start}..]" : $"{inner.Name}[{start}..{(long)start + count}]";

    public override IEnumerable<Document> Read() => inner.ReadFrom(start).Take(count);

    public override int CountDocuments() => Math.Clamp(inner.CountDocuments() - start, 0, count);

    internal override IEnumerable<Document> ReadFrom(int first) =>
        first >= count ? [] : inner.ReadFrom((int)Math.Min((long)start + first, int.MaxValue)).Take(count - first);

    internal override string HashRange(int first, int length) =>
        inner.HashRange((int)Math.Min((long)start + first, int.MaxValue), Math.Max(0, Math.Min(length, count - first)));
}
