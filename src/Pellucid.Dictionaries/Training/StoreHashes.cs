using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pellucid.Activations;

namespace Pellucid.Dictionaries.Training;

/// <summary>A name for what a store holds: its contents follow from its manifest, since a harvest gives the same bytes each time.</summary>
internal static class StoreHashes
{
    /// <summary>SHA-256 over the manifest's values, lower-case hexadecimal.</summary>
    internal static string Of(StoreManifest manifest)
    {
        string[] parts =
        [
            manifest.ModelHash, manifest.Hook, manifest.CorpusHash, manifest.Storage, manifest.LongDocuments.ToString(),
            .. new long[] { manifest.Version, manifest.Width, manifest.SequenceLength, manifest.ShardSequences, manifest.Tokens, manifest.BosLeftOut ? 1 : 0 }
                .Concat(manifest.ShardTokens.Select(rows => (long)rows)).Select(number => number.ToString(CultureInfo.InvariantCulture)),
        ];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));
    }
}
