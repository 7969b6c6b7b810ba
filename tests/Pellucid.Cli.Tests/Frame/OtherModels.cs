using System.Buffers.Binary;
using Pellucid.Models;

namespace Pellucid.Cli.Tests.Frame;

/// <summary>Models that are not the built-in one.</summary>
internal static class OtherModels
{
    /// <summary>A folder with the built-in model but for one bit of one weight: all its hooks and widths, another checkpoint.</summary>
    internal static string Twin(Scratch scratch, string name = "twin")
    {
        Directory.CreateDirectory(scratch[name]);
        byte[] checkpoint = Resource("stories260K.bin");
        checkpoint[4000] ^= 1;
        scratch.Bytes(Path.Combine(name, "model.bin"), checkpoint);
        scratch.Bytes(Path.Combine(name, "tok512.bin"), Resource("tok512.bin"));
        return scratch[name];
    }

    /// <summary>A checkpoint of one block, 8 wide, all zeros, without a tokenizer.</summary>
    internal static string Tiny(Scratch scratch)
    {
        const int DModel = 8, DMlp = 12, Heads = 2, Vocabulary = 16, Context = 8;
        int values = (Vocabulary * DModel) + (2 * DModel) + (4 * DModel * DModel) + (3 * DModel * DMlp) + DModel + (Context * (DModel / Heads));
        byte[] bytes = new byte[(7 + values) * 4];
        int[] header = [DModel, DMlp, 1, Heads, Heads, Vocabulary, Context];
        for (int i = 0; i < header.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * 4), header[i]);
        }

        return scratch.Bytes("tiny.bin", bytes);
    }

    private static byte[] Resource(string name)
    {
        using Stream stream = typeof(Model).Assembly.GetManifestResourceStream(name)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
