namespace Pellucid.Models;

/// <summary>Where in a run an intervention is applied.</summary>
/// <param name="Point">The activation.</param>
/// <param name="Tokens">The tokens of this pass; in cached generation, only the new ones.</param>
/// <param name="Start">The column of the pass's first token, 0 but in cached generation; where no padding stands in front, its position.</param>
/// <param name="Prompt">How many columns the sequences began with: the prompts' where text is generated, else those of the run.</param>
/// <param name="BosId">The model's BOS token, if it has one.</param>
public sealed record HookContext(HookPoint Point, TokenBatch Tokens, int Start, int Prompt, int? BosId)
{
    /// <summary>The position in its sequence of what stands at a column of this pass; negative where that is padding in front.</summary>
    /// <param name="sequence">The sequence, from 0.</param>
    /// <param name="column">The column, from 0 for the pass's first.</param>
    public int PositionOf(int sequence, int column) => Start + column - Tokens.FirstColumns[sequence];
}
