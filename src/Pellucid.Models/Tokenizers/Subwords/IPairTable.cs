namespace Pellucid.Models.Tokenizers.Subwords;

/// <summary>Which pairs of neighbours merge, and which goes first.</summary>
internal interface IPairTable
{
    /// <summary>The rank of a pair, 0 the best; <see cref="int.MaxValue"/> where it does not merge.</summary>
    int RankOf(in Subword left, in Subword right, out int merged);
}
