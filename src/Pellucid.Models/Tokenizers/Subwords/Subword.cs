namespace Pellucid.Models.Tokenizers.Subwords;

/// <summary>A token of a word: its id and the units of the word that it covers.</summary>
internal readonly record struct Subword(int Id, int Start, int End);
