using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Checkpoints;

/// <summary>Holds what a file from outside tells of a network against what can be built.</summary>
internal static class NetworkClaims
{
    /// <summary>Refuses facts of which no network can be built.</summary>
    /// <param name="config">The facts.</param>
    /// <param name="path">The file that tells them.</param>
    /// <param name="advice">What to do.</param>
    /// <exception cref="BadFileException">Facts are out of range, or do not fit one another.</exception>
    internal static void Check(ModelConfig config, string path, string advice)
    {
        try
        {
            config.Check();
        }
        catch (PellucidException error)
        {
            throw new BadFileException(path, error.Message.TrimEnd('.'), advice, error);
        }
    }
}
