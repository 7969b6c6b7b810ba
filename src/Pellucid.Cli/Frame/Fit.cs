using Pellucid.Dictionaries;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.Cli.Frame;

/// <summary>Whether a dictionary belongs to a model.</summary>
internal static class Fit
{
    /// <summary>Refuses a hook that the model does not have, another width, and a model other than the one that the dictionary was trained on.</summary>
    /// <exception cref="PellucidException">It does not belong to the model.</exception>
    internal static void Require(Dictionary dictionary, string folder, Model model)
    {
        dictionary.RequireFits(model);
        if (dictionary.Provenance is { } provenance && provenance.ModelHash != model.Hash)
        {
            throw new PellucidException(
                $"Dictionary '{folder}' was trained on model '{provenance.Model}', not on '{model.Name}': their checkpoints differ. Open that model, or train another dictionary.");
        }
    }
}
