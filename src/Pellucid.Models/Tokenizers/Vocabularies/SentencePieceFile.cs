// The model file of SentencePiece (Kudo and Richardson 2018, arXiv:1808.06226): a message of protocol buffers, of which these fields are read.
//   ModelProto: pieces = 1 {piece = 1, score = 2, type = 3}, trainer_spec = 2, normalizer_spec = 3.
//   TrainerSpec: model_type = 3 (1 unigram, 2 BPE), treat_whitespace_as_suffix = 24, byte_fallback = 35, unk_id, bos_id, eos_id, pad_id = 40 to 43.
//   NormalizerSpec: precompiled_charsmap = 2, add_dummy_prefix = 3, remove_extra_whitespaces = 4, escape_whitespaces = 5.
// A generated schema and its library would be larger than this reader of fourteen fields.
using System.Text;
using Pellucid.Models.Tokenizers.Normalizers;
using Pellucid.Models.Tokenizers.Subwords;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tokenizers.Vocabularies;

/// <summary>Reads <c>tokenizer.model</c>.</summary>
internal static class SentencePieceFile
{
    private const string Advice = "Use the tokenizer that came with the model";
    private const int UnigramType = 1, PairType = 2;

    /// <summary>The vocabulary of a file's bytes.</summary>
    /// <exception cref="BadFileException">It is no such file, or its model cannot be read.</exception>
    internal static SentencePieceVocabulary Read(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Vocabulary(bytes);
        }
        catch (FormatException error)
        {
            throw new BadFileException(path, error.Message, Advice, error);
        }
    }

    private static SentencePieceVocabulary Vocabulary(ReadOnlySpan<byte> bytes)
    {
        List<string> pieces = [];
        List<float> scores = [];
        List<PieceKind> kinds = [];
        (long type, bool suffix, bool fallback) = (UnigramType, false, false);
        (long unknown, long bos, long eos, long pad) = (0, 1, 2, -1);
        (CharacterMap? map, bool adds, bool removes, bool escapes) = (null, true, true, true);
        bool trainer = false;
        for (ProtobufReader file = new(bytes); file.Next();)
        {
            switch (file.Field)
            {
                case 1:
                    ReadPiece(file.Bytes(), pieces, scores, kinds);
                    break;
                case 2:
                    trainer = true;
                    for (ProtobufReader fields = new(file.Bytes()); fields.Next();)
                    {
                        switch (fields.Field)
                        {
                            case 3: type = fields.Number(); break;
                            case 24: suffix = fields.Number() != 0; break;
                            case 35: fallback = fields.Number() != 0; break;
                            case 40: unknown = (int)fields.Number(); break;
                            case 41: bos = (int)fields.Number(); break;
                            case 42: eos = (int)fields.Number(); break;
                            case 43: pad = (int)fields.Number(); break;
                        }
                    }

                    break;
                case 3:
                    for (ProtobufReader fields = new(file.Bytes()); fields.Next();)
                    {
                        switch (fields.Field)
                        {
                            case 2: map = fields.Bytes() is { IsEmpty: false } rules ? CharacterMap.Read(rules) : null; break;
                            case 3: adds = fields.Number() != 0; break;
                            case 4: removes = fields.Number() != 0; break;
                            case 5: escapes = fields.Number() != 0; break;
                        }
                    }

                    break;
            }
        }

        if (pieces.Count == 0 || !trainer)
        {
            throw new FormatException($"it has {pieces.Count} pieces and {(trainer ? "a" : "no")} trainer_spec: it is no SentencePiece model, or ends early");
        }

        if (type is not (UnigramType or PairType) || suffix || !escapes)
        {
            throw new FormatException(suffix ? "it writes spaces after words (treat_whitespace_as_suffix), which cannot be read"
                : escapes ? $"its model_type is {type}; 1 (unigram) and 2 (BPE) can be read" : "its escape_whitespaces is false, which cannot be read");
        }

        return new SentencePieceVocabulary
        {
            Pieces = pieces,
            Scores = [.. scores],
            Kinds = [.. kinds],
            Unigram = type == UnigramType,
            ByteFallback = fallback,
            Map = map,
            AddsSpace = adds,
            RemovesExtraSpaces = removes,
            Special = new SpecialIds { Unknown = Within(unknown), Bos = Within(bos), Eos = Within(eos), Pad = Within(pad) },
        };

        int? Within(long id) => id >= 0 && id < pieces.Count ? (int)id : null;
    }

    private static void ReadPiece(ReadOnlySpan<byte> bytes, List<string> pieces, List<float> scores, List<PieceKind> kinds)
    {
        (string piece, float score, long kind) = ("", 0, (long)PieceKind.Normal);
        for (ProtobufReader fields = new(bytes); fields.Next();)
        {
            switch (fields.Field)
            {
                case 1: piece = Encoding.UTF8.GetString(fields.Bytes()); break;
                case 2: score = fields.Single(); break;
                case 3: kind = fields.Number(); break;
            }
        }

        if (!float.IsFinite(score) || kind is < (long)PieceKind.Normal or > (long)PieceKind.Byte)
        {
            throw new FormatException($"piece {pieces.Count} has the score {score} and the type {kind}; a finite score and a type of 1 to 6 were expected");
        }

        pieces.Add(piece);
        scores.Add(score);
        kinds.Add((PieceKind)kind);
    }
}
