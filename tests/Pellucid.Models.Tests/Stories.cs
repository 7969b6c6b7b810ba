using Pellucid.Models.Registry;

namespace Pellucid.Models.Tests;

/// <summary>The trained models, opened once for all tests; they are immutable and safe for every thread.</summary>
internal static class Stories
{
    private static readonly Lazy<Model> Small = new(() => ModelRegistry.Open("stories260k"));
    private static readonly Lazy<Model> Large = new(() => ModelRegistry.Open("stories15m"));

    internal static Model Model260K => Small.Value;

    /// <summary>Skips the test where the model has not been pulled.</summary>
    internal static Model Model15M
    {
        get
        {
            Assert.SkipUnless(
                ModelCache.Default.Has(KnownModel.Find("stories15m")!), "stories15m is not on this machine; get it: pellucid model pull stories15m");
            return Large.Value;
        }
    }
}
