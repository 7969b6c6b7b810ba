using System.Text;

namespace Pellucid.Models.Tests.Tokenizers;

/// <summary>Writes tokenizer files of llama2.c's format.</summary>
internal static class TinyTokenizer
{
    /// <summary>Control tokens, all bytes, and some pieces.</summary>
    internal static string[] Pieces(params string[] more) =>
        ["<unk>", "\n<s>\n", "\n</s>\n", .. Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>"), .. more];

    internal static byte[] Write(params ReadOnlySpan<string> pieces)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        int longest = 0;
        foreach (string piece in pieces)
        {
            longest = Math.Max(longest, Encoding.UTF8.GetByteCount(piece));
        }

        writer.Write(longest);
        for (int id = 0; id < pieces.Length; id++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(pieces[id]);
            writer.Write((float)-id);
            writer.Write(bytes.Length);
            writer.Write(bytes);
        }

        return stream.ToArray();
    }
}
