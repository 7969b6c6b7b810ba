using System.Text;
using Pellucid.Models.Tokenizers.PreTokenizers;

namespace Pellucid.Models.Tokenizers.Decoders;

/// <summary>The bytes that the tokens spell, as one text. A token that spells something else, as an added one may, stands as it is.</summary>
internal sealed class ByteLevelDecoder : IDecoder
{
    public void Apply(TokenTexts texts)
    {
        List<byte> bytes = [];
        foreach (string token in texts.Items)
        {
            bytes.AddRange(ByteAlphabet.BytesOf(token) ?? Encoding.UTF8.GetBytes(token));
        }

        texts.Join(Encoding.UTF8.GetString([.. bytes]));
    }
}
