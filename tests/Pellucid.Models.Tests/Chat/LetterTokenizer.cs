using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Chat;

/// <summary>Letters and a few special tokens: &lt;s&gt; 0, &lt;/s&gt; 1, &lt;|end|&gt; 2, then the halves of é as bytes 3 and 4, then letters.</summary>
internal sealed class LetterTokenizer(string? template = null) : Tokenizer
{
    private const string Letters = " abcdefghijklmnopqrstuvwxyz|:\n?!.ABCDEFGHIJKLMNOPQRSTUVWXYZ-";
    private static readonly string[] Special = ["<s>", "</s>", "<|end|>"];

    public override int Vocabulary => 5 + Letters.Length;

    public override int? BosId => 0;

    public override int? EosId => 1;

    public override IReadOnlyDictionary<string, string> ChatTemplates =>
        template is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["default"] = template };

    public override bool IsSpecial(int id) => id < 3;

    public override IReadOnlyList<int> Encode(string text) => Encode(text, new EncodeOptions { ParseSpecial = false });

    public override IReadOnlyList<int> Encode(string text, EncodeOptions options)
    {
        List<int> ids = [];
        for (int at = 0; at < text.Length;)
        {
            int special = options.ParseSpecial ? Array.FindIndex(Special, spelling => string.CompareOrdinal(text, at, spelling, 0, spelling.Length) == 0) : -1;
            ids.AddRange(special >= 0 ? [special] : text[at] == 'é' ? [3, 4] : [5 + Math.Max(0, Letters.IndexOf(text[at], StringComparison.Ordinal))]);
            at += special >= 0 ? Special[special].Length : 1;
        }

        return ids;
    }

    public override TokenizedText Tokenize(string text, EncodeOptions options) => throw new PellucidException("Not needed.");

    public override string Decode(IEnumerable<int> ids, int? previous)
    {
        List<byte> bytes = [];
        foreach (int id in ids)
        {
            bytes.AddRange(id < 3 ? System.Text.Encoding.UTF8.GetBytes(Special[id]) : id == 3 ? [0xC3] : id == 4 ? [0xA9] : [(byte)Letters[id - 5]]);
        }

        return System.Text.Encoding.UTF8.GetString([.. bytes]);
    }

    public override string TokenText(int id) => Decode([id], null);
}
