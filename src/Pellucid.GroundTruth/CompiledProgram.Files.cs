using Pellucid.GroundTruth.Circuits;
using Pellucid.Models;

namespace Pellucid.GroundTruth;

public sealed partial class CompiledProgram
{
    /// <summary>
    /// Saves the network as a model folder, which any verb and <see cref="Model.OpenAsync(string, CancellationToken)"/> open, with
    /// <c>truth.json</c> and <c>truth.safetensors</c> beside it: the program as tables of its functions, variables, directions, circuit.
    /// </summary>
    /// <param name="folder">Where it goes; made if it is not there.</param>
    /// <param name="overwrite">Whether a model that is there is replaced.</param>
    /// <param name="cancellationToken">Stops the writing of the model.</param>
    /// <exception cref="Tensors.PellucidException">There is a model already, or the folder cannot be written.</exception>
    public async Task SaveAsync(string folder, bool overwrite = false, CancellationToken cancellationToken = default)
    {
        await Model.SaveAsync(folder, overwrite, cancellationToken).ConfigureAwait(false);
        TruthFiles.Write(folder, this);
    }

    /// <summary>Opens what <see cref="SaveAsync"/> wrote, with the program as its causal model.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="Tensors.Files.BadFileException">A file is missing or damaged, or the truth is not about this model.</exception>
    public static async Task<CompiledProgram> OpenAsync(string folder, CancellationToken cancellationToken = default)
    {
        Model model = await Model.OpenAsync(folder, cancellationToken).ConfigureAwait(false);
        try
        {
            return TruthFiles.Read(folder, model);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }
}
