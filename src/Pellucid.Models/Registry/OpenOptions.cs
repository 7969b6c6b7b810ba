using System.Security.Cryptography;
using System.Text;
using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>How a model is opened, or made of parameters. Immutable.</summary>
public sealed record OpenOptions
{
    /// <summary>
    /// How the values of matrices are held: <see cref="DType.F32"/>, or <see cref="DType.BF16"/>, which rounds them to eight bits of precision and
    /// halves their memory and the time of decoding. Embeddings, norms and biases stay F32; products are computed in F32 either way.
    /// </summary>
    public DType WeightStorage { get; init; } = DType.F32;

    /// <summary>The tokenizer, in place of the one that lies beside the parameters; that one, if there is one, when null.</summary>
    public Tokenizer? Tokenizer { get; init; }

    /// <summary>
    /// What is done to the parameters so that they are easier to read, without changing what the network computes; nothing, and null, by default.
    /// The model then is one of the new parameters: its hash is of them, and <see cref="ModelConfig.Processing"/> says what was done. While it is
    /// opened, the parameters are held three times.
    /// </summary>
    public WeightProcessing? Processing { get; init; }

    /// <summary>Refuses what does not fit a network, once its facts are known.</summary>
    /// <exception cref="PellucidException">The storage is neither F32 nor BF16, or the tokenizer has tokens that the network has not.</exception>
    internal void Check(ModelConfig config)
    {
        Check();
        if (Tokenizer is { } tokenizer && tokenizer.Vocabulary > config.Vocabulary)
        {
            throw new PellucidException($"A tokenizer of {tokenizer.Vocabulary} tokens does not fit a network of {config.Vocabulary}. Use the tokenizer that the network was made for.");
        }
    }

    /// <summary>Refuses what no matrix is held in.</summary>
    /// <exception cref="PellucidException">The storage is neither F32 nor BF16.</exception>
    internal void Check()
    {
        if (WeightStorage is not (DType.F32 or DType.BF16))
        {
            throw new PellucidException($"Weights cannot be stored as {WeightStorage}. Use F32 or BF16.");
        }
    }

    /// <summary>The hash of a model that is opened so: rounded weights are another model, and nothing made from the one may pass for the other's.</summary>
    internal string Mark(string hash) => WeightStorage == DType.F32
        ? hash
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{hash} weights={WeightStorage.Name()}")));
}
