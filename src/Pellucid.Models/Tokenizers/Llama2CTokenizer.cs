using System.Buffers.Binary;
using System.Text;
using Pellucid.Models.Tokenizers.Subwords;
using Pellucid.Models.Tokenizers.Texts;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tokenizers;

/// <summary>
/// The tokenizer of a llama2.c checkpoint: an i32 longest piece, then a score, a length and the bytes of each piece.
/// Ids 0, 1 and 2 are unknown, BOS and EOS; ids 3 to 258 are single bytes where their pieces say so: <c>&lt;0x41&gt;</c>, or in
/// older files the character of that number. Text never becomes one of these by spelling it out. A character that neither a piece nor bytes can express becomes the unknown token.
/// </summary>
internal sealed class Llama2CTokenizer : Tokenizer
{
    internal const int Bos = 1, Eos = 2;

    private const int Unknown = 0;
    private const int FirstByte = 3;

    private readonly string[] _pieces;
    private readonly float[] _scores;
    private readonly bool[] _isByte;
    private readonly ScoredPairModel _model;

    private Llama2CTokenizer(string[] pieces, float[] scores)
    {
        (_pieces, _scores) = (pieces, scores);
        _isByte = BytesAmong(pieces);
        PieceKind[] kinds = [.. pieces.Select((_, id) => id < FirstByte ? PieceKind.Control : _isByte[id] ? PieceKind.Byte : PieceKind.Normal)];
        int[]? bytes = _isByte.AsSpan(Math.Min(FirstByte, pieces.Length)).Count(true) == 256 ? [.. Enumerable.Range(FirstByte, 256)] : null;
        _model = new ScoredPairModel(TokenTable.Of(pieces), scores, kinds, bytes, Unknown, fusesUnknown: false);
    }

    public override int Vocabulary => _pieces.Length;

    public override int? BosId => Vocabulary > Bos ? Bos : null;

    public override int? EosId => Vocabulary > Eos ? Eos : null;

    public override int? UnknownId => Unknown;

    internal override IReadOnlyList<SavedFile> Files => [new(TokenizerFiles.Llama2CName, Write())];

    public override IReadOnlyList<int> Encode(string text) => [.. Cut(text).Select(subword => subword.Id)];

    public override TokenizedText Tokenize(string text, EncodeOptions options)
    {
        List<Subword> subwords = Cut(text);
        return new TokenizedText(
            [.. subwords.Select(subword => subword.Id)],
            [.. subwords.Select(subword => _pieces[subword.Id])],
            [.. subwords.Select(subword => (Math.Max(subword.Start - 1, 0), Math.Max(subword.End - 1, 0)))]); // without the space in front
    }

    public override int? IdOf(string token) => _model.Tokens.IdOf(token);

    public override bool IsSpecial(int id) => id is Bos or Eos;

    public override string Decode(IEnumerable<int> ids, int? previous)
    {
        List<byte> bytes = [];
        foreach (int id in ids)
        {
            string piece = Piece(id);
            if (id is Bos or Eos)
            {
                previous = id;
                continue;
            }

            int at = bytes.Count;
            if (ByteOf(id) is { } value)
            {
                bytes.Add(value);
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(piece));
            }

            if (previous is null or 1 && bytes.Count > at && bytes[at] == (byte)' ')
            {
                bytes.RemoveAt(at); // the space that Encode put in front of the text
            }

            previous = id;
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    public override string TokenText(int id) => ByteOf(id) switch
    {
        null => Piece(id),
        { } value when value == '\n' || value is >= 32 and <= 126 => ((char)value).ToString(),
        { } value => $"<0x{value:X2}>",
    };

    /// <summary>Reads a tokenizer file.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="file">Its bytes.</param>
    /// <param name="vocabulary">How many pieces the model has; the file does not say.</param>
    /// <exception cref="BadFileException">It is truncated, too long, or a length lies.</exception>
    internal static Llama2CTokenizer Read(string path, ReadOnlySpan<byte> file, int vocabulary)
    {
        if (file.Length < 4 || (long)vocabulary * 8 > file.Length - 4)
        {
            throw Bad(path, $"it has {file.Length} bytes, too few for the {vocabulary} pieces of the model");
        }

        int longest = BinaryPrimitives.ReadInt32LittleEndian(file);
        string[] pieces = new string[vocabulary];
        float[] scores = new float[vocabulary];
        int at = 4;
        for (int id = 0; id < vocabulary; id++)
        {
            if (file.Length - at < 8)
            {
                throw Bad(path, $"it ends at piece {id} of {vocabulary}");
            }

            scores[id] = BinaryPrimitives.ReadSingleLittleEndian(file[at..]);
            int length = BinaryPrimitives.ReadInt32LittleEndian(file[(at + 4)..]);
            at += 8;
            if (length < 0 || length > file.Length - at || length > longest || !float.IsFinite(scores[id]))
            {
                throw Bad(path, $"piece {id} claims {length} bytes and score {scores[id]}; {file.Length - at} bytes are left and the longest piece has {longest}");
            }

            pieces[id] = Encoding.UTF8.GetString(file.Slice(at, length));
            at += length;
        }

        return at == file.Length
            ? new Llama2CTokenizer(pieces, scores)
            : throw Bad(path, $"{file.Length - at} bytes follow the {vocabulary} pieces of the model");
    }

    /// <summary>The file that reads as this tokenizer.</summary>
    internal byte[] Write()
    {
        byte[][] pieces = [.. _pieces.Select(Encoding.UTF8.GetBytes)];
        using MemoryStream buffer = new();
        using BinaryWriter writer = new(buffer);
        writer.Write(pieces.Max(piece => piece.Length));
        for (int id = 0; id < pieces.Length; id++)
        {
            writer.Write(_scores[id]);
            writer.Write(pieces[id].Length);
            writer.Write(pieces[id]);
        }

        return buffer.ToArray();
    }

    /// <summary>Older files hold "A" for the byte 0x41 beside the piece "A" that text is made of; there all 256 are written so.</summary>
    private static bool[] BytesAmong(string[] pieces)
    {
        bool[] isByte = new bool[pieces.Length];
        int last = Math.Min(FirstByte + 256, pieces.Length);
        bool older = last == FirstByte + 256;
        for (int id = FirstByte; id < last; id++)
        {
            isByte[id] = pieces[id] == $"<0x{id - FirstByte:X2}>";
            older &= pieces[id] is [char only] && only == id - FirstByte;
        }

        if (older)
        {
            isByte.AsSpan(FirstByte, 256).Fill(true);
        }

        return isByte;
    }

    private static BadFileException Bad(string path, string problem) =>
        new(path, problem, "Use the tokenizer that came with the checkpoint");

    private List<Subword> Cut(string text)
    {
        List<Subword> subwords = [];
        if (text.Length > 0)
        {
            _model.Cut(" " + WholeCharacters.Of(text), subwords);
        }

        return subwords;
    }

    private string Piece(int id) => (uint)id < (uint)_pieces.Length
        ? _pieces[id]
        : throw new PellucidException($"Token id {id} is not in the tokenizer's vocabulary, 0 to {_pieces.Length - 1}.");

    private byte? ByteOf(int id) => (uint)id < (uint)_isByte.Length && _isByte[id] ? (byte)(id - FirstByte) : null;
}
