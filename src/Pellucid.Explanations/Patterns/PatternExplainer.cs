using Pellucid.Activations;
using Pellucid.Models;

namespace Pellucid.Explanations;

/// <summary>
/// Neuron to graph: finds the contexts that activate a unit by experiments on the subject, and makes of them a trie that predicts
/// activations by itself. Deterministic by its seed; safe for any thread.
/// </summary>
/// <param name="subject">The model whose unit is explained; runs stop at the units' hook.</param>
/// <param name="units">The units.</param>
/// <param name="corpus">Tokens of the training text, from which substitutes are taken.</param>
/// <param name="options">Limits.</param>
public sealed class PatternExplainer(Model subject, IUnits units, CorpusTokens corpus, PatternOptions? options = null) : IExplainer
{
    private readonly PatternOptions _options = options ?? new PatternOptions();

    /// <inheritdoc/>
    public string Name => PatternExplanation.Name;

    /// <inheritdoc/>
    public Task<Explanation> ExplainAsync(UnitRecord record, CancellationToken cancellationToken = default) => Task.Run(
        () =>
        {
            Probes probes = new(subject, units, record.Unit, _options.Batch, cancellationToken);
            return (Explanation)new PatternSearch(record, probes, corpus, _options, subject.Tokenizer).Explain();
        },
        cancellationToken);
}
