using System.Security.Cryptography;
using Pellucid.Models.Checkpoints;
using Pellucid.Models.Networks;
using Pellucid.Models.Tokenizers;
using Pellucid.Tensors;

namespace Pellucid.Models.Registry;

/// <summary>Finds a model by registry name, folder or file.</summary>
public static class ModelRegistry
{
    internal static Model Open(string model)
    {
        if (File.Exists(model))
        {
            return OpenFile(model, model);
        }

        return model == "stories260k" ? OpenBuiltIn() : throw new PellucidException($"There is no model '{model}'.");
    }

    private static Model OpenBuiltIn()
    {
        using Stream checkpoint = typeof(ModelRegistry).Assembly.GetManifestResourceStream("stories260K.bin")!;
        using Stream tokenizer = typeof(ModelRegistry).Assembly.GetManifestResourceStream("tok512.bin")!;
        byte[] pieces = new byte[tokenizer.Length];
        tokenizer.ReadExactly(pieces);
        return Open("stories260k", "stories260K.bin", checkpoint, "tok512.bin", pieces);
    }

    private static Model OpenFile(string name, string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Open(name, path, stream, null, null);
    }

    private static Model Open(string name, string path, Stream checkpoint, string? tokenizerPath, byte[]? pieces)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(checkpoint));
        checkpoint.Position = 0;
        (ModelConfig config, NetworkWeights weights) = Llama2CReader.Read(path, checkpoint);
        Tokenizer? tokenizer = pieces is null ? null : Llama2CTokenizer.Read(tokenizerPath!, pieces, config.Vocabulary);
        config = config with { BosId = Llama2CTokenizer.BosId, StopIds = [Llama2CTokenizer.BosId, Llama2CTokenizer.EosId] };
        return new Model(name, config, weights, tokenizer, hash);
    }
}
