using System.Buffers.Binary;
using System.Text;
using Pellucid.Tensors.Files;

namespace Pellucid.Tensors.Tests.Files;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pellucid-").FullName;

    private string File1 => Path.Combine(_folder, "a.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_EveryStorageType_ReadsBackTheSame()
    {
        SeededRandom random = new(1);
        using Tensor source = Tensor.From([.. Enumerable.Range(0, 60).Select(_ => (float)random.NextNormal() * 10)], new Shape(3, 4, 5));
        Dictionary<string, Tensor> arrays = Enum.GetValues<DType>().Where(type => type != DType.Q8).ToDictionary(type => type.ToString(), source.To);
        arrays["scalar \"é\""] = Tensor.From([7f], new Shape());
        arrays["empty"] = Tensor.Zeros(new Shape(0, 3));
        arrays["turned"] = source.Transpose(2, 0, 1);
        SafetensorsFile.Write(File1, arrays, new Dictionary<string, string> { ["b"] = "2", ["a"] = "line\nline" });
        using SafetensorsFile file = SafetensorsFile.Open(File1);
        Assert.Equal("line\nline", file.Metadata["a"]);
        foreach ((string name, Tensor tensor) in arrays)
        {
            using Tensor read = file.Read(name);
            Assert.Equal((tensor.Shape, tensor.DType), (read.Shape, read.DType));
            Assert.Equal(tensor.ToArray(), read.ToArray());
        }

        using Tensor range = file.ReadRange("F32", 1, 2), expected = source.Slice(0, 1, 2);
        Assert.Equal(expected.ToArray(), range.ToArray());
        Assert.Equal(0, file.Entries.Values.Where(entry => entry.Length > 0).Min(entry => entry.Start) % 8);
        byte[] first = File.ReadAllBytes(File1);
        SafetensorsFile.Write(File1, arrays, new Dictionary<string, string> { ["a"] = "line\nline", ["b"] = "2" });
        Assert.Equal(first, File.ReadAllBytes(File1));
    }

    [Fact]
    public void Open_EveryTruncation_IsBadFile()
    {
        byte[] good = SmallFile();
        for (int length = 0; length < good.Length; length++)
        {
            Bad(good[..length]);
        }
    }

    [Fact]
    public void Open_RandomBytesAndDamage_IsBadFileOrReads()
    {
        SeededRandom random = new(2);
        byte[] good = SmallFile();
        for (int i = 0; i < 500; i++)
        {
            byte[] noise = [.. Enumerable.Range(0, random.NextInt(200)).Select(_ => (byte)random.NextWord())];
            Bad(noise);
            byte[] damaged = [.. good];
            damaged[random.NextInt(good.Length)] = (byte)random.NextWord();
            damaged[8 + random.NextInt(100)] = (byte)random.NextWord();
            Assert.True(Record.Exception(() => ReadAll(damaged)) is null or BadFileException);
        }
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4],"data_offsets":[4,20]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1048576,1048576,16777216],"data_offsets":[0,0]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1e3],"data_offsets":[0,4]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[99999999999],"data_offsets":[0,4]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[9223372036854775804,9223372036854775807]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}""")]
    [InlineData("""{"a":{"dtype":"0","shape":[1],"data_offsets":[0,4]}}""")]
    [InlineData("""{"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}""")]
    [InlineData("""{"a":{"dtype":7,"shape":[1],"data_offsets":[0,4]}}""")]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,4]}}""")]
    [InlineData("""{"a":{"dtype":"F4","shape":[1],"data_offsets":[0,0]}}""")]
    [InlineData("""{"a":5}""")]
    [InlineData("""[1]""")]
    [InlineData("""{"__metadata__":{"a":1}}""")]
    [InlineData("""{"__metadata__":5}""")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"I64","shape":[1],"data_offsets":[4,12]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""")]
    public void Open_LyingHeader_IsBadFile(string header) => Bad(Build(header, 16));

    [Theory]
    [InlineData(0xFFFF_FFFF_FFFF_FFFF)]
    [InlineData(0x7FFF_FFFF_FFFF_FFFF)]
    [InlineData(99_999_999)]
    public void Open_LyingHeaderLength_IsBadFileWithoutAllocatingIt(ulong length)
    {
        byte[] bytes = SmallFile();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        File.WriteAllBytes(File1, bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<BadFileException>(() => SafetensorsFile.Open(File1));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Open_DeepHeader_IsBadFile() => Bad(Build(new string('[', 100_000), 0));

    [Fact]
    public void Open_TypesThatCannotBeRead_AreNamedAndLeaveTheOthers()
    {
        File.WriteAllBytes(
            File1, Build("""{"mask":{"dtype":"BOOL","shape":[4],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"n":{"dtype":"I64","shape":[],"data_offsets":[8,16]}}""", 16));
        using SafetensorsFile file = SafetensorsFile.Open(File1);
        Assert.Equal(["w"], file.Entries.Keys);
        Assert.Equal(("BOOL", "I64"), (file.Unreadable["mask"], file.Unreadable["n"]));
        using Tensor w = file.Read("w");
        Assert.Contains("I64", Assert.Throws<BadFileException>(() => file.Read("n")).Message, StringComparison.Ordinal);
        Assert.Contains("It has: w", Assert.Throws<BadFileException>(() => file.Read("x")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, -1)]
    [InlineData(1, 2)]
    [InlineData(int.MaxValue, 1)]
    [InlineData(1, int.MaxValue)]
    public void ReadRange_Outside_IsRefused(int start, int count)
    {
        File.WriteAllBytes(File1, SmallFile());
        using SafetensorsFile file = SafetensorsFile.Open(File1);
        Assert.Throws<BadFileException>(() => file.ReadRange("a", start, count));
    }

    [Fact]
    public void Read_FileShortenedAfterOpening_IsBadFile()
    {
        File.WriteAllBytes(File1, SmallFile());
        using SafetensorsFile file = SafetensorsFile.Open(File1);
        using (FileStream stream = new(File1, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            Assert.SkipWhen(OperatingSystem.IsWindows(), "an open file cannot be shortened there");
            stream.SetLength(stream.Length - 4);
        }

        Assert.Throws<BadFileException>(() => file.Read("b"));
    }

    [Fact]
    public void Open_MissingOrFolder_IsBadFile()
    {
        Assert.Throws<BadFileException>(() => SafetensorsFile.Open(Path.Combine(_folder, "none")));
        Assert.Throws<BadFileException>(() => SafetensorsFile.Open(_folder));
    }

    private static byte[] Build(string header, int data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header), length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        return [.. length, .. json, .. new byte[data]];
    }

    private byte[] SmallFile()
    {
        using Tensor a = Tensor.From([1f, 2, 3, 4], new Shape(2, 2)), b = Tensor.From<int>([5, 6, 7], new Shape(3));
        SafetensorsFile.Write(File1, [new("a", a), new("b", b)], new Dictionary<string, string> { ["k"] = "v" });
        return File.ReadAllBytes(File1);
    }

    private void Bad(byte[] bytes)
    {
        File.WriteAllBytes(File1, bytes);
        Assert.DoesNotContain('\n', Assert.Throws<BadFileException>(() => SafetensorsFile.Open(File1)).Message);
    }

    private void ReadAll(byte[] bytes)
    {
        File.WriteAllBytes(File1, bytes);
        using SafetensorsFile file = SafetensorsFile.Open(File1);
        foreach (string name in file.Entries.Keys)
        {
            file.Read(name).Dispose();
        }
    }
}
