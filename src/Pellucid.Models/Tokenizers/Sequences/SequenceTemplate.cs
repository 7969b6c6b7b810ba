namespace Pellucid.Models.Tokenizers.Sequences;

/// <summary>What is put around one text, and around and between two.</summary>
/// <param name="Single">The parts of a sequence of one text.</param>
/// <param name="Pair">The parts of a sequence of two.</param>
internal sealed record SequenceTemplate(IReadOnlyList<SequencePart> Single, IReadOnlyList<SequencePart> Pair)
{
    /// <summary>The texts and nothing else.</summary>
    internal static SequenceTemplate Empty { get; } = Around(null, null);

    /// <summary>Whether it adds tokens.</summary>
    internal bool Adds => Single.Any(part => part.Ids is not null);

    /// <summary>Tokens before and after each text.</summary>
    internal static SequenceTemplate Around(int? before, int? after)
    {
        return new([.. Text(second: false)], [.. Text(second: false), .. Text(second: true)]);

        IEnumerable<SequencePart> Text(bool second)
        {
            if (before is { } first)
            {
                yield return new SequencePart([first], second, second ? 1 : 0);
            }

            yield return new SequencePart(null, second, second ? 1 : 0);
            if (after is { } last)
            {
                yield return new SequencePart([last], second, second ? 1 : 0);
            }
        }
    }

    /// <summary>BERT's: <c>[CLS] A [SEP] B [SEP]</c>, the second text and its end of type 1.</summary>
    internal static SequenceTemplate Bert(int cls, int sep) => new(
        [new([cls], false, 0), new(null, false, 0), new([sep], false, 0)],
        [new([cls], false, 0), new(null, false, 0), new([sep], false, 0), new(null, true, 1), new([sep], true, 1)]);

    /// <summary>RoBERTa's: <c>&lt;s&gt; A &lt;/s&gt; &lt;/s&gt; B &lt;/s&gt;</c>, all of type 0.</summary>
    internal static SequenceTemplate Roberta(int cls, int sep) => new(
        [new([cls], false, 0), new(null, false, 0), new([sep], false, 0)],
        [new([cls], false, 0), new(null, false, 0), new([sep], false, 0), new([sep], true, 0), new(null, true, 0), new([sep], true, 0)]);
}
