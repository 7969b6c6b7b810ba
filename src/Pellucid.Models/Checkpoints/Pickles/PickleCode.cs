namespace Pellucid.Models.Pickles;

/// <summary>The instructions of a pickle that are carried out, under short names of what they do.</summary>
internal static class PickleCode
{
    internal const byte Mark = (byte)'(';
    internal const byte Stop = (byte)'.';
    internal const byte Pop = (byte)'0';
    internal const byte PopMark = (byte)'1';
    internal const byte Duplicate = (byte)'2';
    internal const byte Double = (byte)'G';
    internal const byte Int = (byte)'J';
    internal const byte Byte = (byte)'K';
    internal const byte Short = (byte)'M';
    internal const byte None = (byte)'N';
    internal const byte PersistentId = (byte)'Q';
    internal const byte Reduce = (byte)'R';
    internal const byte OldText = (byte)'T';
    internal const byte OldShortText = (byte)'U';
    internal const byte Text = (byte)'X';
    internal const byte Append = (byte)'a';
    internal const byte Build = (byte)'b';
    internal const byte Global = (byte)'c';
    internal const byte Dictionary = (byte)'d';
    internal const byte EmptyDictionary = (byte)'}';
    internal const byte Appends = (byte)'e';
    internal const byte Get = (byte)'h';
    internal const byte LongGet = (byte)'j';
    internal const byte List = (byte)'l';
    internal const byte EmptyList = (byte)']';
    internal const byte Put = (byte)'q';
    internal const byte LongPut = (byte)'r';
    internal const byte SetItem = (byte)'s';
    internal const byte Tuple = (byte)'t';
    internal const byte EmptyTuple = (byte)')';
    internal const byte SetItems = (byte)'u';
    internal const byte Bytes = (byte)'B';
    internal const byte ShortBytes = (byte)'C';

    // protocol 2
    internal const byte Protocol = 0x80;
    internal const byte NewObject = 0x81;
    internal const byte Tuple1 = 0x85;
    internal const byte Tuple2 = 0x86;
    internal const byte Tuple3 = 0x87;
    internal const byte True = 0x88;
    internal const byte False = 0x89;
    internal const byte Long1 = 0x8A;
    internal const byte Long4 = 0x8B;

    // protocol 4
    internal const byte ShortText = 0x8C;
    internal const byte LongText = 0x8D;
    internal const byte LongBytes = 0x8E;
    internal const byte StackGlobal = 0x93;
    internal const byte Memoize = 0x94;
    internal const byte Frame = 0x95;

    // protocol 5
    internal const byte ByteArray = 0x96;
}
