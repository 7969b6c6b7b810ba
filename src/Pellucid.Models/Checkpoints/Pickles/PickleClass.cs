namespace Pellucid.Models.Pickles;

/// <summary>A name that a pickle mentions as a value: <c>torch.float16</c>. Nothing is made of it.</summary>
/// <param name="Module">Where Python has it: <c>torch</c>.</param>
/// <param name="Name">What it is called there.</param>
public sealed record PickleClass(string Module, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Module}.{Name}";
}
