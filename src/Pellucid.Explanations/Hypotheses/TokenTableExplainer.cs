using System.Globalization;
using Pellucid.Models;

namespace Pellucid.Explanations;

/// <summary>Makes token tables. Immutable, safe for any thread.</summary>
/// <param name="tokenizer">Whose token texts are shown; ids where there is none.</param>
public sealed class TokenTableExplainer(Tokenizer? tokenizer) : IExplainer
{
    private const int Shown = 8;

    /// <inheritdoc/>
    public string Name => TokenTableExplanation.Name;

    /// <inheritdoc/>
    public Task<Explanation> ExplainAsync(UnitRecord record, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        SortedDictionary<int, (double Sum, int Count)> sums = [];
        (double total, int count) = (0, 0);
        foreach ((int token, float value) in record.Train.SelectMany(one => one.Tokens.Zip(one.Activations)))
        {
            (double sum, int seen) = sums.GetValueOrDefault(token);
            double positive = Math.Max(0, value);
            sums[token] = (sum + positive, seen + 1);
            (total, count) = (total + positive, count + 1);
        }

        TokenMean[] means = [.. sums.Select(entry => new TokenMean(entry.Key, (float)(entry.Value.Sum / entry.Value.Count), entry.Value.Count))];
        return Task.FromResult<Explanation>(new TokenTableExplanation
        {
            Text = Describe(means, record.Max),
            Mean = count == 0 ? 0 : (float)(total / count),
            Tokens = means,
        });
    }

    private string Describe(TokenMean[] means, double max)
    {
        string[] lines =
        [
            .. means.Where(entry => entry.Mean > 0).OrderByDescending(entry => entry.Mean).ThenBy(entry => entry.Token).Take(Shown)
                .Select(entry => string.Create(CultureInfo.InvariantCulture, $"{Quoted.Token(tokenizer, entry.Token)} → {10 * entry.Mean / max:0.#}/10")),
        ];
        return lines.Length == 0 ? "never active in the training records" : string.Join('\n', lines);
    }
}
