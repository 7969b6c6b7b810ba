using Pellucid.Activations;
using Pellucid.GroundTruth;

namespace Pellucid.Dictionaries;

/// <summary>Writes planted activations as a store, with what is known of them beside it.</summary>
public static class PlantedStore
{
    /// <summary>What the activations are called where a hook is named.</summary>
    public const string Hook = "planted";

    /// <summary>
    /// Writes a store, <c>truth.json</c> and <c>truth.safetensors</c>, or opens it where it is finished; one that was stopped is gone on with. A row's
    /// token is 1 + the strongest feature of the row, or 0 where none fires; 64 rows form a sequence.
    /// </summary>
    /// <param name="planted">Where the rows come from.</param>
    /// <param name="tokens">How many rows.</param>
    /// <param name="folder">Where the store goes.</param>
    /// <param name="progress">Told after each shard.</param>
    /// <param name="cancellationToken">Stops between shards.</param>
    /// <exception cref="Tensors.PellucidException">The folder holds another store or cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static async Task<ActivationStore> WriteAsync(
        PlantedActivations planted, long tokens, string folder, IProgress<HarvestProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        GivenRows rows = new()
        {
            Name = "planted activations",
            Hash = planted.Hash,
            Hook = Hook,
            Width = planted.Options.Width,
            Vocabulary = planted.Options.Features + 1,
            Tokens = tokens,
            Summary = new SummaryOptions { Seed = planted.Options.Seed },
        };
        ActivationStore store = await StoreWriter.WriteAsync(
            rows,
            (start, activations, ids) =>
            {
                using PlantedRows made = planted.Rows(start, ids.Length);
                made.Activations.AsSpan().CopyTo(activations.AsSpan());
                for (int row = 0; row < ids.Length; row++)
                {
                    ids[row] = made.Codes.Strongest(row) + 1;
                }
            },
            folder, progress, cancellationToken).ConfigureAwait(false);
        try
        {
            await Task.Run(() => PlantedTruth.Write(planted, tokens, folder, cancellationToken), cancellationToken).ConfigureAwait(false);
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }
}
