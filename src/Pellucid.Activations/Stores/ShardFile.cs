using System.Collections.Immutable;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Activations;

/// <summary>One shard on disk, checked when it is opened: its arrays are as the manifest says, its rows whole sequences in order. Owns its file.</summary>
internal sealed class ShardFile : IDisposable
{
    private ShardFile(SafetensorsFile file, ImmutableArray<(int FirstRow, int FirstPosition, int Rows)> places) => (File, Places) = (file, places);

    internal SafetensorsFile File { get; }

    /// <summary>The rows of each sequence, and the position of the first.</summary>
    internal ImmutableArray<(int FirstRow, int FirstPosition, int Rows)> Places { get; }

    /// <exception cref="BadFileException">It is missing or damaged.</exception>
    internal static ShardFile Open(string folder, StoreManifest manifest, int shard)
    {
        SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, ActivationStore.ShardName(shard)));
        try
        {
            int rows = manifest.ShardTokens[shard];
            Require(file, "activations", manifest.Storage, new Shape(rows, manifest.Width));
            foreach (string name in (string[])["tokens", "sequences", "positions"])
            {
                Require(file, name, "I32", new Shape(rows));
            }

            return new ShardFile(file, ReadPlaces(file, manifest, shard));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose() => File.Dispose();

    private static void Require(SafetensorsFile file, string name, string type, Shape shape)
    {
        SafetensorsEntry entry = file[name];
        if (entry.DType.Name() != type || entry.Shape != shape)
        {
            throw Bad(file, $"array '{name}' is {entry.DType} {entry.Shape}; the manifest claims {type} {shape}");
        }
    }

    private static ImmutableArray<(int FirstRow, int FirstPosition, int Rows)> ReadPlaces(SafetensorsFile file, StoreManifest manifest, int shard)
    {
        using Tensor tokensRead = file.Read("tokens"), sequencesRead = file.Read("sequences"), positionsRead = file.Read("positions");
        ReadOnlySpan<int> tokens = tokensRead.AsSpan<int>(), sequences = sequencesRead.AsSpan<int>(), positions = positionsRead.AsSpan<int>();
        long first = (long)shard * manifest.ShardSequences;
        ImmutableArray<(int, int, int)>.Builder places = ImmutableArray.CreateBuilder<(int, int, int)>();
        for (int row = 0, start = 0; row < sequences.Length; row++)
        {
            if (sequences[row] != first + places.Count || positions[row] != positions[start] + row - start)
            {
                throw Bad(file, $"row {row} is position {positions[row]} of sequence {sequences[row]}, which does not follow the row before it");
            }

            if (positions[row] < 0 || positions[row] >= manifest.SequenceLength || tokens[row] < 0 || tokens[row] >= manifest.Vocabulary)
            {
                throw Bad(
                    file, $"row {row} is token {tokens[row]} at position {positions[row]}; the manifest has {manifest.Vocabulary} tokens and {manifest.SequenceLength} positions");
            }

            if (row + 1 == sequences.Length || sequences[row + 1] != sequences[row])
            {
                places.Add((start, positions[start], row + 1 - start));
                start = row + 1;
            }
        }

        return places.Count == manifest.ShardSequences || (places.Count < manifest.ShardSequences && shard == manifest.Shards - 1)
            ? places.DrainToImmutable()
            : throw Bad(file, $"it holds {places.Count} sequences; {manifest.ShardSequences} were expected");
    }

    private static BadFileException Bad(SafetensorsFile file, string problem) => new(file.Path, problem, "Harvest again");
}
