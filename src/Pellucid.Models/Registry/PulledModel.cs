namespace Pellucid.Models;

/// <summary>What a pull did.</summary>
/// <param name="Model">The model, now present.</param>
/// <param name="WasPresent">Whether it was there before, whole and verified, so that nothing was fetched.</param>
public sealed record PulledModel(ModelEntry Model, bool WasPresent);
