// SentencePiece byte-pair encoding: Kudo and Richardson 2018, arXiv:1808.06226. Starting from characters (bytes where the
// vocabulary lacks one), the neighbouring pair whose merged piece has the best score is merged until none is left.
using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Text;
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
    private const int UnknownId = 0;
    private const int FirstByte = 3;

    private readonly string[] _pieces;
    private readonly float[] _scores;
    private readonly FrozenDictionary<string, int> _ids;
    private readonly bool[] _isByte;

    private Llama2CTokenizer(string[] pieces, float[] scores)
    {
        (_pieces, _scores) = (pieces, scores);
        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        _isByte = BytesAmong(pieces);
        for (int id = FirstByte; id < pieces.Length; id++)
        {
            if (!_isByte[id])
            {
                ids.TryAdd(pieces[id], id);
            }
        }

        _ids = ids.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public override int Vocabulary => _pieces.Length;

    internal static int BosId => 1;

    internal static int EosId => 2;

    public override IReadOnlyList<int> Encode(string text)
    {
        if (text.Length == 0)
        {
            return [];
        }

        List<int> symbols = [];
        foreach (Rune rune in (" " + text).EnumerateRunes())
        {
            if (_ids.TryGetValue(rune.ToString(), out int id))
            {
                symbols.Add(id);
            }
            else
            {
                AddBytes(symbols, rune);
            }
        }

        return Merge(symbols);
    }

    public override string Decode(IEnumerable<int> ids, int? previous)
    {
        List<byte> bytes = [];
        foreach (int id in ids)
        {
            string piece = Piece(id);
            if (id == BosId || id == EosId)
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

    /// <summary>
    /// Merges the best pair until none is left; among equals the leftmost. The symbols are a linked list and the candidate pairs
    /// a queue, so that a long text costs n log n.
    /// </summary>
    private List<int> Merge(List<int> symbols)
    {
        int count = symbols.Count;
        int[] next = [.. Enumerable.Range(1, count)], previous = [.. Enumerable.Range(-1, count)];
        PriorityQueue<(int Left, int LeftId, int RightId, int Merged), (float, int)> pairs = new();
        for (int i = 0; i + 1 < count; i++)
        {
            Offer(i);
        }

        while (pairs.TryDequeue(out (int Left, int LeftId, int RightId, int Merged) pair, out _))
        {
            int right = next[pair.Left];
            if (symbols[pair.Left] != pair.LeftId || right >= count || symbols[right] != pair.RightId)
            {
                continue; // one of the two has been merged since
            }

            symbols[pair.Left] = pair.Merged;
            symbols[right] = -1;
            next[pair.Left] = next[right];
            if (next[right] < count)
            {
                previous[next[right]] = pair.Left;
                Offer(pair.Left);
            }

            if (previous[pair.Left] >= 0)
            {
                Offer(previous[pair.Left]);
            }
        }

        symbols.RemoveAll(id => id < 0);
        return symbols;

        void Offer(int left)
        {
            (int a, int b) = (symbols[left], symbols[next[left]]);
            if (_ids.TryGetValue(_pieces[a] + _pieces[b], out int merged))
            {
                pairs.Enqueue((left, a, b, merged), (-_scores[merged], left));
            }
        }
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

    private void AddBytes(List<int> symbols, Rune rune)
    {
        Span<byte> bytes = stackalloc byte[4];
        bytes = bytes[..rune.EncodeToUtf8(bytes)];
        foreach (byte value in bytes)
        {
            if (ByteOf(value + FirstByte) is null)
            {
                symbols.Add(UnknownId);
                return;
            }
        }

        foreach (byte value in bytes)
        {
            symbols.Add(value + FirstByte);
        }
    }

    private string Piece(int id) => (uint)id < (uint)_pieces.Length
        ? _pieces[id]
        : throw new PellucidException($"Token id {id} is not in the tokenizer's vocabulary, 0 to {_pieces.Length - 1}.");

    private byte? ByteOf(int id) => (uint)id < (uint)_isByte.Length && _isByte[id] ? (byte)(id - FirstByte) : null;
}
