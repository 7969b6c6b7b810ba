using System.Buffers.Binary;

namespace Pellucid.Cli.Tests.Frame;

/// <summary>A llama2.c checkpoint of zeros, large enough that its context takes many seconds to fill.</summary>
internal static class SlowModel
{
    internal static string Write(string path)
    {
        const int DModel = 256, DMlp = 512, Layers = 16, Heads = 8, Vocabulary = 512, Context = 4096;
        long perLayer = (2L * DModel) + (4L * DModel * DModel) + (3L * DModel * DMlp);
        long values = ((long)Vocabulary * DModel) + (Layers * perLayer) + DModel + ((long)Context * (DModel / Heads));
        using FileStream stream = File.Create(path);
        Span<byte> field = stackalloc byte[4];
        foreach (int value in (int[])[DModel, DMlp, Layers, Heads, Heads, Vocabulary, Context])
        {
            BinaryPrimitives.WriteInt32LittleEndian(field, value);
            stream.Write(field);
        }

        stream.SetLength(stream.Length + (values * sizeof(float)));
        return path;
    }
}
