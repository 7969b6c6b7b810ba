using Pellucid.Models.Pickles;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tests.Checkpoints.Pickles;

/// <summary>What a stranger's pickle can try: to name what runs code, to ask for memory, to lie about places.</summary>
public sealed class HostilePickleTests : IDisposable
{
    private static readonly byte[] Four = TinyPickle.Singles(1, 2, 3, 4);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("zip", 10_000)]
    [InlineData("legacy", 10_000)]
    [InlineData("goldens/pickle-tiny/module_legacy.pt", 1000)]
    [InlineData("goldens/pickle-tiny/module_protocol5.pt", 1000)]
    [InlineData("goldens/pickle-tiny/training.pt", 1000)]
    [InlineData("goldens/pickle-odd/odd_zip_proto4.bin", 1000)]
    public void Open_DamagedFile_IsRefusedOrRead(string file, int rounds)
    {
        byte[] whole = file switch
        {
            "zip" => TinyPickle.Zip(TinyPickle.OneTensor(), ("0", Four)),
            "legacy" => TinyPickle.Legacy(TinyPickle.OneTensor(), ("0", [1, 2, 3, 4])),
            _ => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, file)),
        };
        HostileFiles.EveryTruncation(whole, ReadAll);
        Assert.InRange(HostileFiles.Corruptions(whole, ReadAll, seed: 31, rounds), rounds / 5, rounds - 1);
    }

    [Theory]
    [InlineData("os", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("builtins", "getattr")]
    [InlineData("__builtin__", "eval")]
    [InlineData("torch", "load")]
    [InlineData("torch", "FloatTensor")]
    [InlineData("torch", "Size.__class__")]
    [InlineData("torch._utils", "_rebuild_tensor_v2.__globals__")]
    [InlineData("torch.storage", "_load_from_bytes")]
    [InlineData("torch.nn.modules.linear", "Linear")]
    [InlineData("torch._utils", "_rebuild_sparse_tensor")]
    [InlineData("collections", "defaultdict")]
    [InlineData("numpy.core.multiarray", "scalar")]
    [InlineData("", "")]
    public void Open_ClassThatIsNoTensors_IsRefusedByItsName(string module, string name)
    {
        TinyPickle stacked = new();
        byte[][] pickles =
        [
            new TinyPickle().Class(module, name).Code(PickleCode.EmptyTuple, PickleCode.Reduce).Bytes,
            new TinyPickle().Class(module, name).Code(PickleCode.EmptyTuple, PickleCode.NewObject).Bytes,
            new TinyPickle().Class(module, name).Bytes,
            stacked.Text(module).Text(name).Code(PickleCode.StackGlobal, PickleCode.EmptyTuple, PickleCode.Reduce).Bytes,
        ];
        foreach (byte[] pickle in pickles)
        {
            Refused(TinyPickle.Zip(pickle), $"{module}.{name}");
            Refused(TinyPickle.Legacy(pickle), $"{module}.{name}");
        }
    }

    [Fact]
    public void Open_WholeModuleOfPyTorch_IsRefusedByItsName() =>
        Refused(File.ReadAllBytes(Golden.Path("pickle-tiny/whole_module.pt")), "torch.nn.modules.linear.Linear");

    [Theory]
    [InlineData((byte)'i', "0x69")]
    [InlineData((byte)'o', "0x6F")]
    [InlineData((byte)'P', "0x50")]
    [InlineData((byte)0x82, "0x82")]
    [InlineData((byte)0x92, "0x92")]
    [InlineData((byte)0xFF, "0xFF")]
    public void Open_InstructionThatRunsOrIsUnknown_IsRefused(byte code, string shown) => Refused(TinyPickle.Zip([0x80, 2, code, PickleCode.Stop]), shown);

    [Fact]
    public void Open_CallOfWhatIsNoFunction_IsRefused()
    {
        (Action<TinyPickle> Write, string Part)[] calls =
        [
            (pickle => pickle.Text("os.system").Code(PickleCode.EmptyTuple, PickleCode.Reduce), "'os.system'"),
            (pickle => pickle.Class("torch", "FloatStorage").Code(PickleCode.EmptyTuple, PickleCode.Reduce), "torch.FloatStorage"),
            (pickle => pickle.Class("torch", "float16").Code(PickleCode.EmptyTuple, PickleCode.Reduce), "torch.float16"),
            (pickle => pickle.Class("collections", "OrderedDict").Text("x").Code(PickleCode.Reduce), "tuple"),
            (pickle => pickle.Text("x").Text("y").Code(PickleCode.Build), "'x'"),
            (pickle => pickle.Tensor("FloatStorage", "0", 4, 0, [4], [1]).Code(PickleCode.EmptyDictionary, PickleCode.Build), "a tensor"),
            (pickle => pickle.Text("x").Code(PickleCode.PersistentId), "storage"),
            (pickle => pickle.Class("torch._utils", "_rebuild_parameter").Text("x").Code(PickleCode.Tuple1, PickleCode.Reduce), "_rebuild_parameter"),
            (pickle => pickle.Code(PickleCode.Reduce), "empty stack"),
            (pickle => pickle.Code(PickleCode.Tuple), "mark"),
            (pickle => pickle.Code(PickleCode.Get, 3), "object 3 of 0"),
            (pickle => pickle.Number(1).Code(PickleCode.LongPut, 255, 255, 255, 255), "4294967295"),
            (pickle => pickle.Code(PickleCode.EmptyDictionary, PickleCode.Mark, PickleCode.None, PickleCode.SetItems), "without a value"),
            (pickle => pickle.Code(PickleCode.None, PickleCode.Append), "empty stack"),
            (pickle => pickle.Code(PickleCode.Protocol, 9), "protocol 9"),
        ];
        foreach ((Action<TinyPickle> write, string part) in calls)
        {
            TinyPickle pickle = new();
            write(pickle);
            Refused(TinyPickle.Zip(pickle.Bytes, ("0", Four)), part);
        }
    }

    [Theory]
    [InlineData(5, 0, new long[] { 2, 2 }, new long[] { 2, 1 }, "16 bytes")]
    [InlineData(long.MaxValue, 0, new long[] { 2, 2 }, new long[] { 2, 1 }, "storage")]
    [InlineData(-4, 0, new long[] { 2, 2 }, new long[] { 2, 1 }, "storage")]
    [InlineData(4, 1, new long[] { 2, 2 }, new long[] { 2, 1 }, "value 4")]
    [InlineData(4, -1, new long[] { 2, 2 }, new long[] { 2, 1 }, "-1")]
    [InlineData(4, long.MaxValue, new long[] { 2, 2 }, new long[] { 2, 1 }, "value")]
    [InlineData(4, 0, new long[] { 2, 2 }, new long[] { long.MaxValue, 1 }, "value")]
    [InlineData(4, 0, new long[] { 2, 2 }, new long[] { -1, 1 }, "-1")]
    [InlineData(4, 0, new long[] { 2, -2 }, new long[] { 2, 1 }, "-2")]
    [InlineData(4, 0, new long[] { 2, 2 }, new long[] { 2 }, "describes a tensor")]
    [InlineData(4, 0, new long[] { 1L << 40 }, new long[] { 0 }, "1099511627776")]
    [InlineData(4, 0, new long[] { int.MaxValue, int.MaxValue, int.MaxValue }, new long[] { 0, 0, 0 }, "not a shape")]
    [InlineData(4, 0, new long[] { int.MaxValue }, new long[] { 0 }, "more values than the file has bytes")]
    [InlineData(4, 0, new long[] { 1, 1, 1, 1, 1, 1, 1, 1, 1 }, new long[] { 0, 0, 0, 0, 0, 0, 0, 0, 0 }, "describes a tensor")]
    [InlineData(4, 5, new long[] { 0, int.MaxValue }, new long[] { long.MaxValue, 1 }, "value")]
    public void Open_TensorOutsideItsStorage_IsRefused(long count, long offset, long[] sizes, long[] strides, string part)
    {
        byte[] pickle = TinyPickle.OneTensor(count, offset, sizes, strides);
        Refused(TinyPickle.Zip(pickle, ("0", Four)), part);
        Refused(TinyPickle.Legacy(pickle, ("0", [1, 2, 3, 4])), null);
    }

    [Fact]
    public void Open_StorageThatIsNotThere_IsRefused()
    {
        Refused(TinyPickle.Zip(TinyPickle.OneTensor(key: "../../../etc/passwd"), ("0", Four)), "no file");
        Refused(TinyPickle.Zip(TinyPickle.OneTensor(storage: "DoubleStorage"), ("0", Four)), "16 bytes");
        Refused(TinyPickle.Legacy(TinyPickle.OneTensor()), "not there");
        Refused(TinyPickle.Legacy(TinyPickle.OneTensor(), ("1", [1, 2, 3, 4])), "'1'");
        Refused(TinyPickle.Legacy(TinyPickle.OneTensor(), ("0", [1, 2, 3, 4]), ("0", [1, 2, 3, 4])), "twice");
        Refused(TinyPickle.Legacy(TinyPickle.OneTensor(), ("0", [1, 2, 3])), "claims 3");
        Refused([.. TinyPickle.Legacy(TinyPickle.OneTensor(), ("0", [1, 2, 3, 4])), 0], "end at byte");
        byte[] two = TinyPickle.Dictionary(pickle => pickle.Text("a").Tensor("FloatStorage", "0", 4, 0, [4], [1]).Text("b").Tensor("IntStorage", "0", 4, 0, [4], [1]));
        Refused(TinyPickle.Zip(two, ("0", Four)), "I32");
    }

    /// <summary>A few bytes that ask for much: each is a file of a megabyte or less, held to four times itself.</summary>
    [Fact]
    public void Open_Bombs_AreRefused()
    {
        const int Many = 300_000;
        byte[] header = [0x80, 2];
        (byte[] Pickle, string? Part)[] bombs =
        [
            ([.. header, .. Enumerable.Repeat(PickleCode.EmptyDictionary, Many), PickleCode.Stop], "more objects"),
            ([.. header, .. Enumerable.Repeat(PickleCode.EmptyList, Many), PickleCode.Stop], "more objects"),
            ([.. header, .. Enumerable.Repeat(PickleCode.None, Many), PickleCode.Stop], null),
            ([.. header, PickleCode.None, .. Enumerable.Repeat(PickleCode.Duplicate, Many), PickleCode.Stop], null),
            ([.. header, PickleCode.None, .. Enumerable.Repeat(PickleCode.Memoize, Many), PickleCode.Stop], "more objects"),
            ([.. header, .. Enumerable.Repeat(PickleCode.Mark, Many), PickleCode.Stop], null),
            ([.. header, PickleCode.None, .. Enumerable.Repeat(PickleCode.Tuple1, Many), PickleCode.Stop], "more objects"),
            ([.. header, .. Enumerable.Repeat<byte[]>([PickleCode.Byte, 1], Many).SelectMany(code => code), PickleCode.Stop], "more objects"),
            ([.. header, PickleCode.Long4, 255, 255, 255, 127, PickleCode.Stop], "2147483647"),
            ([.. header, PickleCode.Long4, 255, 255, 255, 255, PickleCode.Stop], "4294967295"),
            ([.. header, PickleCode.Text, 255, 255, 255, 255, PickleCode.Stop], "4294967295"),
            ([.. header, PickleCode.LongText, 255, 255, 255, 255, 255, 255, 255, 127, PickleCode.Stop], "9223372036854775807"),
            ([.. header, PickleCode.LongBytes, 0, 0, 0, 64, 0, 0, 0, 0, PickleCode.Stop], "1073741824"),
            ([.. header, PickleCode.Frame, 255, 255, 255, 255, 255, 255, 255, 255, PickleCode.Stop], "18446744073709551615"),
            (TinyPickle.Dictionary(Doubling), "more than four times"),
            (TinyPickle.Dictionary(Nested), "more than 512 characters"),
        ];
        foreach ((byte[] pickle, string? part) in bombs)
        {
            Refused(TinyPickle.Zip(pickle, ("0", new byte[40_000])), part);
        }
    }

    /// <summary>A dictionary that holds the same dictionary twice, and so on, has 2^60 paths to its tensor; each part is walked over once.</summary>
    [Fact]
    public void Open_PartsThatHoldOneAnother_AreWalkedOverOnce()
    {
        byte[] pickle = TinyPickle.Dictionary(root =>
        {
            root.Text("w").Tensor("FloatStorage", "0", 4, 0, [4], [1]).Text("inner").Code(PickleCode.EmptyDictionary, PickleCode.Put, 0);
            for (byte depth = 1; depth < 60; depth++)
            {
                root.Code(PickleCode.Mark).Text("a").Code(PickleCode.EmptyDictionary, PickleCode.Put, depth).Text("b").Code(PickleCode.Get, depth, PickleCode.SetItems, PickleCode.Pop, PickleCode.Get, depth);
            }

            root.Text("self").Code(PickleCode.Get, 0, PickleCode.SetItem);
        });
        Assert.Null(HostileFiles.ErrorOf(TinyPickle.Zip(pickle, ("0", Four)), ReadAll));
    }

    [Fact]
    public void Open_LyingZip_IsRefused()
    {
        byte[] pickle = TinyPickle.OneTensor();
        (byte[] Bytes, string Part)[] lies =
        [
            (new TinyZip().Add("a/data.pkl", pickle).Add("a/data/0", Four, length: 1 << 30).Finish(), "claims 1073741824 bytes"),
            (new TinyZip().Add("a/data.pkl", pickle, length: uint.MaxValue).Add("a/data/0", Four).Finish(), "claims 4294967295 bytes"),
            (new TinyZip().Add("a/data.pkl", pickle).Add("a/data/0", Four, length: 1 << 30, packed: 16).Finish(), "compressed"),
            (new TinyZip().Add("a/data.pkl", pickle).Add("a/data/0", Four, method: 8).Finish(), "compressed"),
            (new TinyZip().Add("a/data.pkl", pickle).Add("a/data/0", Four, header: 0).Finish(), "lies over"),
            (new TinyZip().Add("a/data.pkl", pickle, length: (uint)pickle.Length + 20).Add("a/data/0", Four).Finish(), "lies over"),
            (new TinyZip().Add("a/data.pkl", pickle).Add("a/data/0", Four, header: 7).Finish(), "is not at byte 7"),
            (new TinyZip().Add("a/data.pkl", pickle).Add("a/data/0", Four, header: uint.MaxValue - 1).Finish(), "claims to begin"),
            (new TinyZip().Add("a/data.pkl", pickle).Add("a/data/0", Four).Add("a/data/0", Four).Finish(), "twice"),
            (new TinyZip().Add("a/data.pkl", pickle).Add("b/data.pkl", pickle).Add("a/data/0", Four).Finish(), "more than one"),
            (new TinyZip().Add("a/data/0", Four).Finish(), "none"),
            (new TinyZip().Add("a/data.pkl", pickle).Add("a/data/0", Four).Finish(files: 60_000), "60000 files"),
            (new TinyZip().Add("a/data.pkl", pickle).Add("a/data/0", Four).Finish(start: 1 << 30), "1073741824"),
            (new TinyZip().Add("a/data.pkl", pickle).Add("a/data/0", Four).Add("a/byteorder", "big"u8.ToArray()).Finish(), "lowest byte first"),
        ];
        foreach ((byte[] bytes, string part) in lies)
        {
            Refused(bytes, part);
        }

        Assert.Null(HostileFiles.ErrorOf(new TinyZip().Add("x/y/data.pkl", pickle).Add("x/y/data/0", Four).Add("x/y/byteorder", "little"u8.ToArray()).Finish(), ReadAll));
    }

    [Fact]
    public void Open_NoFileOfTorch_IsRefused()
    {
        Refused([], "nothing");
        Refused([0x80, 2, PickleCode.None, PickleCode.Stop], "torch.save");
        Refused("{\"a\": 1}"u8.ToArray(), "7b22");
        Refused(new TinyCheckpoint().Bytes, "torch.save");
        Assert.Throws<BadFileException>(() => PickleFile.Open(_folder.File("none")));
        Assert.Throws<BadFileException>(() => PickleFile.Open(_folder.Path));
    }

    [Fact]
    public void ReadRows_OutsideTheTensor_AreRefused()
    {
        using PickleFile file = PickleFile.Open(_folder.Write("a.pt", TinyPickle.Zip(TinyPickle.OneTensor(), ("0", Four))));
        PickleTensor tensor = file["w"];
        foreach ((int first, int count) in ((int, int)[])[(-1, 2), (0, 3), (0, 6), (1, 4), (2, 2), (3, 0)])
        {
            Assert.Throws<BadFileException>(() => file.ReadRows(tensor, first, new float[count]));
        }
    }

    /// <summary>Hundreds of names for one tensor.</summary>
    private static void Doubling(TinyPickle pickle)
    {
        pickle.Text("a").Tensor("FloatStorage", "0", 10_000, 0, [10_000], [1]).Code(PickleCode.Put, 0);
        for (int i = 0; i < 200; i++)
        {
            pickle.Text($"b{i}").Code(PickleCode.Get, 0);
        }
    }

    /// <summary>Long keys, one inside another, above many tensors.</summary>
    private static void Nested(TinyPickle pickle)
    {
        pickle.Text(new string('k', 20_000)).Code(PickleCode.EmptyDictionary, PickleCode.Mark);
        for (int i = 0; i < 50; i++)
        {
            pickle.Text($"b{i}").Tensor("FloatStorage", "0", 1, 0, [1], [1]);
        }

        pickle.Code(PickleCode.SetItems).Text("w").Tensor("FloatStorage", "0", 1, 0, [1], [1]);
    }

    private void Refused(byte[] bytes, string? part)
    {
        BadFileException? error = HostileFiles.ErrorOf(bytes, ReadAll);
        Assert.True(error is not null, $"read without an error; '{part}' was expected");
        Assert.Contains(part ?? "", error.Message, StringComparison.Ordinal);
    }

    private void ReadAll(byte[] bytes)
    {
        using PickleFile file = PickleFile.Open(_folder.Write("damaged.pt", bytes));
        foreach (PickleTensor tensor in file.Tensors.Values)
        {
            file.Read(tensor).Dispose();
        }
    }
}
