namespace Pellucid.Explanations;

/// <summary>Turns what is known of a unit from the training text into a hypothesis. Safe for any thread.</summary>
public interface IExplainer
{
    /// <summary>Its name in results: <c>pattern</c>, <c>token_table</c>.</summary>
    string Name { get; }

    /// <summary>Explains a unit.</summary>
    /// <param name="record">Training records and statistics; it holds nothing of the held-out text.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    Task<Explanation> ExplainAsync(UnitRecord record, CancellationToken cancellationToken = default);
}
