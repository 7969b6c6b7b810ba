// Python's pickle format (PEP 3154 for protocol 4; Lib/pickletools.py describes every instruction): instructions for a stack machine. Those that
// make numbers, texts, tuples, lists and dictionaries are carried out here. The few that call Python functions reach PickleCalls, which
// knows the functions of tensors alone and computes them itself; the others (INST, OBJ, NEWOBJ_EX, EXT, PERSID) are not carried out at all.
using System.Numerics;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Pickles;

/// <summary>Carries out one pickle. There is no recursion; the stack, the memo and every object count against the budget.</summary>
internal sealed class PickleMachine(PickleInput input, AllocationBudget budget, PickleCalls calls)
{
    private const int LongestNumber = 1024;

    private readonly List<object?> _memo = [];
    private readonly List<int> _marks = [];
    private object?[] _stack = new object?[64];
    private int _count;

    /// <summary>The object that the pickle describes. The input then stands behind it.</summary>
    /// <exception cref="BadFileException">It is damaged, asks for too much, or for a class that is not a tensor's.</exception>
    internal object? Run()
    {
        while (true)
        {
            byte code = input.ReadByte();
            if (code == PickleCode.Stop)
            {
                return Pop();
            }

            if (!Value(code) && !Container(code) && !Memo(code))
            {
                Call(code);
            }
        }
    }

    private bool Value(byte code)
    {
        switch (code)
        {
            case PickleCode.None:
                Push(null);
                return true;
            case PickleCode.True or PickleCode.False:
                Push(Made(code == PickleCode.True, 24));
                return true;
            case PickleCode.Byte:
                Push(Made((long)input.ReadByte(), 24));
                return true;
            case PickleCode.Short:
                Push(Made((long)input.ReadUInt16(), 24));
                return true;
            case PickleCode.Int:
                Push(Made((long)input.ReadInt32(), 24));
                return true;
            case PickleCode.Long1:
                Push(Number(input.ReadByte()));
                return true;
            case PickleCode.Long4:
                Push(Number(input.ReadUInt32()));
                return true;
            case PickleCode.Double:
                Push(Made(input.ReadDoubleBigEndian(), 24));
                return true;
            case PickleCode.Text or PickleCode.OldText:
                Push(input.ReadText(input.ReadUInt32(), budget));
                return true;
            case PickleCode.ShortText or PickleCode.OldShortText:
                Push(input.ReadText(input.ReadByte(), budget));
                return true;
            case PickleCode.LongText:
                Push(input.ReadText(input.ReadUInt64(), budget));
                return true;
            case PickleCode.Bytes:
                Push(input.ReadBytes(input.ReadUInt32(), budget));
                return true;
            case PickleCode.ShortBytes:
                Push(input.ReadBytes(input.ReadByte(), budget));
                return true;
            case PickleCode.LongBytes or PickleCode.ByteArray:
                Push(input.ReadBytes(input.ReadUInt64(), budget));
                return true;
            default:
                return false;
        }
    }

    private bool Container(byte code)
    {
        switch (code)
        {
            case PickleCode.Mark:
                budget.Charge(8);
                _marks.Add(_count);
                return true;
            case PickleCode.EmptyTuple:
                Push(Array.Empty<object?>());
                return true;
            case PickleCode.Tuple1 or PickleCode.Tuple2 or PickleCode.Tuple3:
                Push(Take(code - PickleCode.Tuple1 + 1));
                return true;
            case PickleCode.Tuple:
                Push(TakeToMark());
                return true;
            case PickleCode.EmptyList:
                Push(Made(new List<object?>(), 32));
                return true;
            case PickleCode.List:
                Push(Extended(Made(new List<object?>(), 32), TakeToMark()));
                return true;
            case PickleCode.Append or PickleCode.Appends:
                object?[] items = code == PickleCode.Append ? Take(1) : TakeToMark();
                _ = Extended(Top() as List<object?> ?? throw Misplaced("a list", Top()), items);
                return true;
            case PickleCode.EmptyDictionary:
                Push(Made(new PickleDictionary(), 72));
                return true;
            case PickleCode.Dictionary:
                Push(Filled(Made(new PickleDictionary(), 72), TakeToMark()));
                return true;
            case PickleCode.SetItem or PickleCode.SetItems:
                object?[] pairs = code == PickleCode.SetItem ? Take(2) : TakeToMark();
                _ = Filled(Top() as PickleDictionary ?? throw Misplaced("a dictionary", Top()), pairs);
                return true;
            case PickleCode.Pop when _marks.Count > 0 && _marks[^1] == _count:
                _marks.RemoveAt(_marks.Count - 1);
                return true;
            case PickleCode.Pop:
                _ = Pop();
                return true;
            case PickleCode.PopMark:
                _ = TakeToMark();
                return true;
            case PickleCode.Duplicate:
                Push(Top());
                return true;
            default:
                return false;
        }
    }

    private bool Memo(byte code)
    {
        switch (code)
        {
            case PickleCode.Protocol:
                byte protocol = input.ReadByte();
                return protocol <= 5 ? true : throw Bad($"protocol {protocol} was met; 2 to 5 can be read");
            case PickleCode.Frame:
                ulong length = input.ReadUInt64();
                return length <= (ulong)input.Left ? true : throw Bad($"a frame claims {length} bytes; {input.Left} are left");
            case PickleCode.Put:
                Remember(input.ReadByte());
                return true;
            case PickleCode.LongPut:
                Remember(input.ReadUInt32());
                return true;
            case PickleCode.Memoize:
                Remember((uint)_memo.Count);
                return true;
            case PickleCode.Get:
                Push(Remembered(input.ReadByte()));
                return true;
            case PickleCode.LongGet:
                Push(Remembered(input.ReadUInt32()));
                return true;
            default:
                return false;
        }
    }

    private void Call(byte code)
    {
        budget.Charge(160);
        switch (code)
        {
            case PickleCode.Global:
                Push(calls.Named(input.ReadLine(), input.ReadLine()));
                break;
            case PickleCode.StackGlobal:
                object? name = Pop(), module = Pop();
                Push(module is string there && name is string called ? calls.Named(there, called) : throw Misplaced("the name of a class", name ?? module));
                break;
            case PickleCode.Reduce or PickleCode.NewObject:
                object?[] arguments = Pop() as object?[] ?? throw Bad("a call without a tuple of arguments");
                Push(calls.Call(Pop(), arguments, budget));
                break;
            case PickleCode.Build:
                _ = Pop(); // attributes of a dictionary, as the versions of modules: not part of what it holds
                _ = Top() as PickleDictionary ?? throw Misplaced("a dictionary", Top());
                break;
            case PickleCode.PersistentId:
                Push(calls.Storage(Pop() as object?[] ?? throw Bad("a storage without a tuple that describes it")));
                break;
            default:
                throw Bad($"instruction 0x{code:X2} was met, which no checkpoint of tensors needs");
        }
    }

    private void Push(object? value)
    {
        if (_count == _stack.Length)
        {
            budget.Charge(16L * _stack.Length);
            Array.Resize(ref _stack, 2 * _stack.Length);
        }

        _stack[_count++] = value;
    }

    private int Floor => _marks.Count == 0 ? 0 : _marks[^1];

    private object? Top() => _count > Floor ? _stack[_count - 1] : throw Bad("it takes from an empty stack");

    private object? Pop()
    {
        object? value = Top();
        _stack[--_count] = null;
        return value;
    }

    private object?[] Take(int items)
    {
        if (_count - Floor < items)
        {
            throw Bad("it takes from an empty stack");
        }

        budget.Charge(24 + (8L * items));
        object?[] taken = _stack[(_count - items).._count];
        _count -= items;
        Array.Clear(_stack, _count, items);
        return taken;
    }

    private object?[] TakeToMark()
    {
        if (_marks.Count == 0)
        {
            throw Bad("it goes back to a mark that it did not set");
        }

        object?[] taken = Take(_count - Floor);
        _marks.RemoveAt(_marks.Count - 1);
        return taken;
    }

    private List<object?> Extended(List<object?> list, object?[] items)
    {
        budget.Charge(24L * items.Length);
        list.AddRange(items);
        return list;
    }

    private PickleDictionary Filled(PickleDictionary dictionary, object?[] pairs)
    {
        if (pairs.Length % 2 != 0)
        {
            throw Bad("a dictionary has a key without a value");
        }

        budget.Charge(64L * pairs.Length);
        for (int i = 0; i < pairs.Length; i += 2)
        {
            dictionary.Set(pairs[i], pairs[i + 1]);
        }

        return dictionary;
    }

    /// <summary>Picklers number what they remember one after another, so a number that leaves some out is not theirs.</summary>
    private void Remember(uint place)
    {
        object? value = Top();
        if (place < _memo.Count)
        {
            _memo[(int)place] = value;
            return;
        }

        if (place != _memo.Count)
        {
            throw Bad($"it remembers an object under number {place}; {_memo.Count} was expected");
        }

        budget.Charge(16);
        _memo.Add(value);
    }

    private object? Remembered(uint place) => place < _memo.Count ? _memo[(int)place] : throw Bad($"it asks for remembered object {place} of {_memo.Count}");

    private object Number(uint bytes)
    {
        if (bytes > LongestNumber)
        {
            throw Bad($"a whole number claims {bytes} bytes; at most {LongestNumber} are read");
        }

        BigInteger value = new(input.ReadBytes(bytes, budget));
        budget.Charge(48 + bytes);
        return value >= long.MinValue && value <= long.MaxValue ? (long)value : value;
    }

    private T Made<T>(T value, int bytes)
    {
        budget.Charge(bytes);
        return value;
    }

    private BadFileException Misplaced(string expected, object? met) => Bad($"{PickleCalls.Shown(met)} stands where {expected} was expected");

    private BadFileException Bad(string problem) => input.File.Bad($"its pickle cannot be read, at byte {input.Position}: {problem}");
}
