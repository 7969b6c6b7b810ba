// The two layouts of torch.save. Since 1.6 a zip archive: PREFIX/data.pkl is the pickle, PREFIX/data/KEY the bytes of a storage. Before, one stream:
// pickles of a magic number, a protocol number, facts of the machine, the object and the list of keys, then for each key the number of
// values (64 bits) and their bytes.
using System.Buffers.Binary;
using System.Numerics;

namespace Pellucid.Models.Pickles;

/// <summary>Reads the object of a file that torch.save wrote, and finds where its storages lie.</summary>
internal static class PickleLayouts
{
    private const string ObjectName = "data.pkl";

    private static readonly BigInteger Magic = BigInteger.Parse("119547037146038801333356", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The first bytes of the older layout: a pickle of the magic number.</summary>
    private static ReadOnlySpan<byte> LegacyStart => [0x80, 2, PickleCode.Long1, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, PickleCode.Stop];

    private static ReadOnlySpan<byte> ZipStart => [(byte)'P', (byte)'K', 3, 4];

    /// <summary>Whether a file that begins so is one of torch.save.</summary>
    /// <param name="start">Its first 16 bytes, or all that it has.</param>
    internal static bool Begins(ReadOnlySpan<byte> start) => start.StartsWith(ZipStart) || start.StartsWith(LegacyStart);

    internal static object? Read(FileBytes file, AllocationBudget budget)
    {
        Span<byte> start = stackalloc byte[(int)Math.Min(file.Length, 16)];
        file.Read(start, 0);
        return start.StartsWith(ZipStart) ? ReadZip(file, budget)
            : start is [0x80, ..] ? ReadLegacy(file, budget)
            : throw file.Bad($"it begins with {(start.IsEmpty ? "nothing" : Convert.ToHexStringLower(start))}, as no file of torch.save does");
    }

    private static object? ReadZip(FileBytes file, AllocationBudget budget)
    {
        Dictionary<string, (long Start, long Length)> files = ZipDirectory.Read(file, budget);
        string[] objects = [.. files.Keys.Where(name => name == ObjectName || name.EndsWith("/" + ObjectName, StringComparison.Ordinal)).Take(2)];
        if (objects.Length != 1)
        {
            throw file.Bad($"it is a zip archive of {files.Count} files, {(objects.Length == 0 ? "none" : "more than one")} of them called {ObjectName}; torch.save writes one");
        }

        string prefix = objects[0][..^ObjectName.Length];
        if (files.TryGetValue(prefix + "byteorder", out (long Start, long Length) order))
        {
            Span<byte> word = stackalloc byte[(int)Math.Min(order.Length, 6)];
            file.Read(word, order.Start);
            if (!word.SequenceEqual("little"u8))
            {
                throw file.Bad("its numbers are not stored with their lowest byte first, as they can be read");
            }
        }

        Dictionary<string, PickleStorage> storages = new(StringComparer.Ordinal);
        PickleCalls calls = new(file, (key, type, count) =>
        {
            PickleStorage storage = Known(file, storages, key, type, count, budget);
            if (!files.TryGetValue($"{prefix}data/{key}", out (long Start, long Length) place) || count > place.Length / type.Size())
            {
                throw file.Bad($"storage '{ZipDirectory.Shown(key)}' of {count} values {type} has {(place.Start == 0 ? "no file" : $"{place.Length} bytes")} in the archive");
            }

            storage.Start = place.Start;
            return storage;
        });
        (long at, long length) = files[objects[0]];
        return new PickleMachine(new PickleInput(file, at, at + length), budget, calls).Run();
    }

    private static object? ReadLegacy(FileBytes file, AllocationBudget budget)
    {
        PickleInput input = new(file, 0, file.Length);
        Dictionary<string, PickleStorage> storages = new(StringComparer.Ordinal);
        PickleCalls none = new(file, (key, _, _) => throw file.Bad($"it asks for storage '{ZipDirectory.Shown(key)}' before its object"));
        if (Next(none) is not BigInteger magic || magic != Magic)
        {
            throw file.Bad("it is a pickle without the number that torch.save begins with");
        }

        if (Next(none) is not 1001L)
        {
            throw file.Bad("it is of another version of torch.save's first layout than 1001");
        }

        if (Next(none) is not PickleDictionary facts || (facts.TryGetValue("little_endian", out object? little) && little is not true))
        {
            throw file.Bad("its numbers are not stored with their lowest byte first, as they can be read");
        }

        object? root = Next(new PickleCalls(file, (key, type, count) => Known(file, storages, key, type, count, budget)));
        Place(file, input.Position, Next(none) as List<object?> ?? throw file.Bad("it has no list of its storages"), storages);
        return root;

        object? Next(PickleCalls calls) => new PickleMachine(input, budget, calls).Run();
    }

    /// <summary>Walks over the storages behind the pickles.</summary>
    private static void Place(FileBytes file, long position, List<object?> keys, Dictionary<string, PickleStorage> storages)
    {
        Span<byte> word = stackalloc byte[sizeof(long)];
        foreach (object? key in keys)
        {
            PickleStorage storage = key is string name && storages.TryGetValue(name, out PickleStorage? known) && known.Start < 0
                ? known
                : throw file.Bad($"its list of storages has {PickleCalls.Shown(key)}, which its object does not use or which is there twice");
            file.Read(word, position);
            long count = BinaryPrimitives.ReadInt64LittleEndian(word);
            storage.Start = position + word.Length;
            if (count != storage.Count || count > (file.Length - storage.Start) / storage.Type.Size())
            {
                throw file.Bad($"storage '{ZipDirectory.Shown(storage.Key)}' of {storage.Count} values {storage.Type} claims {count} in the {file.Length - storage.Start} bytes from byte {storage.Start}");
            }

            position = storage.Start + (count * storage.Type.Size());
        }

        if (position != file.Length || storages.Values.FirstOrDefault(storage => storage.Start < 0) is { })
        {
            throw file.Bad($"its storages end at byte {position} of {file.Length}, or one that is used is not there");
        }
    }

    private static PickleStorage Known(FileBytes file, Dictionary<string, PickleStorage> storages, string key, PickleType type, long count, AllocationBudget budget)
    {
        budget.Charge(160);
        if (!storages.TryGetValue(key, out PickleStorage? storage))
        {
            storages.Add(key, storage = new PickleStorage(key, type, count, -1));
        }

        return storage.Type == type && storage.Count == count
            ? storage
            : throw file.Bad($"storage '{ZipDirectory.Shown(key)}' is described as {storage.Count} values {storage.Type} and as {count} values {type}");
    }
}
