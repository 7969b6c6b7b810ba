namespace Pellucid.Models.Tokenizers;

/// <summary>A file of a tokenizer as it lies in a model folder.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Bytes">All that it holds.</param>
internal sealed record SavedFile(string Name, ReadOnlyMemory<byte> Bytes);
