using System.Text;
using Pellucid.Models.Tokenizers.Subwords;

namespace Pellucid.Models.Tokenizers.Decoders;

/// <summary>Byte tokens that follow each other become the text of their bytes.</summary>
internal sealed class ByteFallbackDecoder : IDecoder
{
    public void Apply(TokenTexts texts)
    {
        List<string> items = [];
        List<byte> bytes = [];
        foreach (string token in texts.Items)
        {
            int value = ByteTokens.ByteOf(token);
            if (value >= 0)
            {
                bytes.Add((byte)value);
                continue;
            }

            Flush();
            items.Add(token);
        }

        Flush();
        texts.Items = items;

        void Flush()
        {
            if (bytes.Count > 0)
            {
                items.Add(Encoding.UTF8.GetString([.. bytes]));
                bytes.Clear();
            }
        }
    }
}
