namespace Pellucid.Tensors;

/// <summary>Fills a destination with consecutive rows of a matrix.</summary>
/// <param name="firstRow">The first row that is wanted.</param>
/// <param name="destination">Room for a whole number of rows, row-major.</param>
public delegate void RowReader(int firstRow, Span<float> destination);
