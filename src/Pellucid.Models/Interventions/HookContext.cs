namespace Pellucid.Models;

/// <summary>Where in a run an intervention is applied.</summary>
/// <param name="Point">The activation.</param>
/// <param name="Tokens">The tokens of this pass; in cached generation, only the new ones.</param>
/// <param name="Start">Absolute position of the pass's first token.</param>
/// <param name="Prompt">How many positions the sequence began with: the prompt's where text is generated, else those of the run.</param>
/// <param name="BosId">The model's BOS token, if it has one.</param>
public sealed record HookContext(HookPoint Point, TokenBatch Tokens, int Start, int Prompt, int? BosId);
