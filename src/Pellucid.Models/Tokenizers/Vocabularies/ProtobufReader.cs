using System.Buffers.Binary;

namespace Pellucid.Models.Tokenizers.Vocabularies;

/// <summary>Walks over the fields of a message in the wire format of protocol buffers: a key of a field's number and its kind, then a value.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private const int Varint = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5;

    private ReadOnlySpan<byte> _rest = message;
    private ReadOnlySpan<byte> _bytes;
    private long _number;
    private int _kind;

    /// <summary>The number of the field at which the reader stands.</summary>
    internal long Field { get; private set; }

    /// <summary>Goes to the next field.</summary>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="FormatException">The message ends within a field, or is none.</exception>
    internal bool Next()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        ulong key = ReadVarint();
        (Field, _kind, _number) = ((long)(key >> 3), (int)(key & 7), 0);
        _bytes = default;
        switch (_kind)
        {
            case Varint:
                _number = (long)ReadVarint();
                break;
            case Fixed64:
                _bytes = Take(8);
                break;
            case Delimited:
                _bytes = Take(ReadVarint());
                break;
            case Fixed32:
                _bytes = Take(4);
                break;
            default:
                throw new FormatException($"field {Field} is of the kind {_kind}, which protocol buffers do not have");
        }

        return Field > 0 ? true : throw new FormatException("a field has the number 0");
    }

    internal readonly ReadOnlySpan<byte> Bytes() => _kind == Delimited ? _bytes : throw Wrong("bytes");

    internal readonly long Number() => _kind == Varint ? _number : throw Wrong("a number");

    internal readonly float Single() => _kind == Fixed32 ? BinaryPrimitives.ReadSingleLittleEndian(_bytes) : throw Wrong("a float");

    private readonly FormatException Wrong(string expected) => new($"field {Field} is of the kind {_kind}; {expected} was expected");

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length)
        {
            throw new FormatException($"a field claims {count} bytes; {_rest.Length} are left");
        }

        ReadOnlySpan<byte> taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int i = 0; i < 10 && i < _rest.Length; i++)
        {
            value |= (ulong)(_rest[i] & 0x7F) << (7 * i);
            if (_rest[i] < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return value;
            }
        }

        throw new FormatException("a number does not end");
    }
}
