namespace Pellucid.Models.Tokenizers.PreTokenizers;

/// <summary>Cuts a piece of text into smaller ones. Immutable.</summary>
internal interface IPreTokenizer
{
    /// <summary>Adds the parts of a piece, in order.</summary>
    void Cut(Piece piece, List<Piece> parts);
}
