using System.Text;
using Pellucid.Models.Checkpoints;
using Pellucid.Models.Tokenizers.Decoders;
using Pellucid.Models.Tokenizers.Normalizers;
using Pellucid.Models.Tokenizers.PreTokenizers;
using Pellucid.Models.Tokenizers.Sequences;
using Pellucid.Models.Tokenizers.Subwords;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tokenizers.Vocabularies;

/// <summary>Reads BERT's <c>vocab.txt</c>: a piece a line.</summary>
internal static class WordPieceFile
{
    private const int LongestWord = 100;

    /// <summary>The tokenizer of a file.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="file">Its bytes.</param>
    /// <param name="settings">What the files beside it say.</param>
    /// <exception cref="BadFileException">It lacks the unknown token.</exception>
    internal static Tokenizer Read(string path, ReadOnlySpan<byte> file, TokenizerSettings settings)
    {
        try
        {
            List<string?> pieces = [];
            foreach (ReadOnlySpan<char> line in Encoding.UTF8.GetString(file).AsSpan().TrimEnd('\n').EnumerateLines())
            {
                pieces.Add(line.IsEmpty ? null : line.ToString());
            }

            TokenTable tokens = TokenTable.Of(pieces);
            string[] special = [.. ((string[])["pad_token", "unk_token", "cls_token", "sep_token", "mask_token"]).Select((key, i) => settings.Spelled(key) ?? ((string[])["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])[i])];
            int? cls = tokens.IdOf(special[2]), sep = tokens.IdOf(special[3]);
            return new PipelineTokenizer(settings.Complete(new PipelineParts
            {
                Model = new WordPieceModel(tokens, special[1], "##", LongestWord),
                Normalizer = BertNormalizer.Of(cleanText: true, settings.Flag("tokenize_chinese_chars") ?? true, settings.Flag("strip_accents"), settings.Flag("do_lower_case") ?? true),
                PreTokenizer = CharacterSplit.Bert,
                Added = [.. special.Where(token => tokens.IdOf(token) is not null).Distinct().Select(token => new AddedToken(token, tokens.IdOf(token)!.Value) { Special = true })],
                Template = cls is { } first && sep is { } last ? SequenceTemplate.Bert(first, last) : SequenceTemplate.Empty,
                Decoder = StandardDecoders.WordPiece("##", cleansUp: true),
                Special = new SpecialIds { Pad = tokens.IdOf(special[0]), Unknown = tokens.IdOf(special[1]), Cls = cls, Sep = sep, Mask = tokens.IdOf(special[4]) },
            }, template: true));
        }
        catch (Exception error) when (error is FormatException or InvalidOperationException)
        {
            throw new BadFileException(path, JsonFile.Short(error.Message.TrimEnd('.'), 500), "Use the file that came with the model", error);
        }
    }
}
