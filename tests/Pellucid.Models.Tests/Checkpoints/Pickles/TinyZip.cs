using System.Buffers.Binary;
using System.Text;

namespace Pellucid.Models.Tests.Checkpoints.Pickles;

/// <summary>A zip archive of stored files, each of whose directory entries may lie.</summary>
internal sealed class TinyZip
{
    private readonly List<byte> _bytes = [];
    private readonly List<byte> _directory = [];
    private int _files;

    /// <summary>Adds a file.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="length">How long the directory says that it is.</param>
    /// <param name="packed">How many bytes the directory says that it takes.</param>
    /// <param name="header">Where the directory says that it begins.</param>
    /// <param name="method">How the directory says that it is packed.</param>
    internal TinyZip Add(string name, byte[] content, uint? length = null, uint? packed = null, uint? header = null, ushort method = 0)
    {
        byte[] text = Encoding.UTF8.GetBytes(name), sizes = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(sizes, packed ?? length ?? (uint)content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(sizes.AsSpan(4), length ?? (uint)content.Length);
        uint place = header ?? (uint)_bytes.Count;
        byte[] common = [0, 0, 0, 8, (byte)method, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. sizes, (byte)text.Length, 0, 0, 0];
        _bytes.AddRange([(byte)'P', (byte)'K', 3, 4, .. common, .. text, .. content]);
        _directory.AddRange([(byte)'P', (byte)'K', 1, 2, 0, 0, .. common, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. BitConverter.GetBytes(place), .. text]);
        _files++;
        return this;
    }

    /// <summary>The archive.</summary>
    /// <param name="files">How many files the end record says that there are.</param>
    /// <param name="start">Where the end record says that the directory begins.</param>
    internal byte[] Finish(int? files = null, uint? start = null)
    {
        byte[] count = BitConverter.GetBytes((ushort)(files ?? _files));
        return
        [
            .. _bytes, .. _directory, (byte)'P', (byte)'K', 5, 6, 0, 0, 0, 0, .. count, .. count, .. BitConverter.GetBytes(_directory.Count),
            .. BitConverter.GetBytes(start ?? (uint)_bytes.Count), 0, 0,
        ];
    }
}
