// GPT-2's byte-level byte-pair encoding (Radford et al. 2019, "Language Models are Unsupervised Multitask Learners"; Sennrich et al. 2016, arXiv:1508.07909): a file of
// ids and a file of merges, one a line, in the order of their ranks. Where the ids are missing they follow from the merges: the 256 bytes, those that print first, then what
// each merge makes, then the token that ends a text.
using System.Text;
using System.Text.Json;
using Pellucid.Models.Checkpoints;
using Pellucid.Models.Tokenizers.Decoders;
using Pellucid.Models.Tokenizers.Definitions;
using Pellucid.Models.Tokenizers.Normalizers;
using Pellucid.Models.Tokenizers.PreTokenizers;
using Pellucid.Models.Tokenizers.Sequences;
using Pellucid.Models.Tokenizers.Subwords;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tokenizers.Vocabularies;

/// <summary>Reads <c>vocab.json</c> and <c>merges.txt</c>, also by their older names <c>encoder.json</c> and <c>vocab.bpe</c>.</summary>
internal static class BytePairFiles
{
    private const string EndOfText = "<|endoftext|>";
    private const string Advice = "Use the files that came with the model";
    private const string Comment = "#version";

    /// <summary>The tokenizer of the two files.</summary>
    /// <param name="path">The file of merges, for messages.</param>
    /// <param name="merges">Its bytes.</param>
    /// <param name="vocabulary">The file of ids; null where they follow from the merges.</param>
    /// <param name="settings">What the files beside them say.</param>
    /// <exception cref="BadFileException">The files do not fit together.</exception>
    internal static Tokenizer Read(string path, ReadOnlySpan<byte> merges, JsonElement? vocabulary, TokenizerSettings settings)
    {
        try
        {
            List<(string Left, string Right)> pairs = Merges(merges);
            TokenTable tokens = vocabulary is { } ids
                ? TokenTable.Of(ModelDefinitions.Ids(ids.EnumerateObject()))
                : TokenTable.Of(Implied(pairs));
            return new PipelineTokenizer(settings.Complete(Parts(tokens, pairs, settings), template: false));
        }
        catch (Exception error) when (error is FormatException or InvalidOperationException)
        {
            throw new BadFileException(path, JsonFile.Short(error.Message.TrimEnd('.'), 500), Advice, error);
        }
    }

    private static PipelineParts Parts(TokenTable tokens, List<(string, string)> pairs, TokenizerSettings settings)
    {
        string kind = settings.Class;
        if (kind is "CLIP" or "OpenAIGPT" or "XLM" or "FSMT" or "Herbert" or "BertweetBase" or "Phobert" or "CTRL")
        {
            throw new FormatException($"its tokenizer_class is '{kind}Tokenizer', whose words are no bytes and which has no tokenizer.json; byte-level ones can be read");
        }

        int? end = tokens.IdOf(EndOfText), start = tokens.IdOf("<s>"), stop = tokens.IdOf("</s>");
        bool roberta = start is not null && stop is not null && tokens.IdOf("<mask>") is not null && kind is "" or "Roberta" or "Bart" or "Longformer" or "LED";
        bool qwen = kind == "Qwen2";
        return new PipelineParts
        {
            Model = new BytePairModel(tokens, pairs, new BytePairOptions()),
            Normalizer = qwen ? new FormNormalizer(NormalizationForm.FormC) : null,
            PreTokenizer = qwen ? NamedSplit.Of("qwen2").PreTokenizer : new ByteLevelSplit(settings.Flag("add_prefix_space") == true, cutsWords: true, spellsBytes: false),
            SpellsBytes = true,
            Added = roberta
                ? [.. ((string[])["<s>", "</s>", "<pad>", "<unk>", "<mask>"]).Where(token => tokens.IdOf(token) is not null).Select(token => new AddedToken(token, tokens.IdOf(token)!.Value) { Special = true, StripsLeft = token == "<mask>" })]
                : end is { } id ? [new AddedToken(EndOfText, id) { Special = true }] : [],
            Template = roberta ? SequenceTemplate.Roberta(start!.Value, stop!.Value) : SequenceTemplate.Empty,
            Decoder = new ByteLevelDecoder(),
            Special = roberta
                ? new SpecialIds { Bos = start, Cls = start, Eos = stop, Sep = stop, Pad = tokens.IdOf("<pad>"), Unknown = tokens.IdOf("<unk>"), Mask = tokens.IdOf("<mask>") }
                : new SpecialIds { Bos = qwen ? null : end, Eos = end },
        };
    }

    private static List<(string Left, string Right)> Merges(ReadOnlySpan<byte> file)
    {
        List<string> lines = [];
        string text = Encoding.UTF8.GetString(file);
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (!line.IsEmpty && !(lines.Count == 0 && line.StartsWith(Comment, StringComparison.Ordinal)))
            {
                lines.Add(line.ToString());
            }
        }

        return MergeList.Of(lines);
    }

    private static List<string> Implied(List<(string Left, string Right)> pairs) =>
    [
        .. Enumerable.Range(0, 256).Select(value => (Character: ByteAlphabet.Of((byte)value), Value: value)).OrderBy(entry => entry.Character).Select(entry => entry.Character.ToString()),
        .. pairs.Select(pair => pair.Left + pair.Right),
        EndOfText,
    ];
}
