using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.GroundTruth.Truths;

/// <summary>
/// <c>truth.json</c>: what is known of the network or the data beside it. Every kind begins with its <c>format</c> and its <c>kind</c>; arrays
/// are in <c>truth.safetensors</c>.
/// </summary>
/// <param name="Kind">What it is about, for a program: <c>program</c>, <c>toy</c>, <c>activations</c> or <c>network</c>.</param>
/// <param name="Format">The form of the file, with its version.</param>
/// <param name="About">What it is about, for a person.</param>
/// <param name="Advice">What to do where it is bad.</param>
/// <param name="Longest">The most bytes that are read.</param>
internal sealed record TruthFile(string Kind, string Format, string About, string Advice, long Longest = 64 << 20)
{
    internal const string Name = "truth.json", Arrays = "truth.safetensors";

    private const int LongestShown = 60;

    /// <summary>Writes a truth into a folder.</summary>
    internal static void Write<TTruth>(string folder, TTruth truth, JsonTypeInfo<TTruth> type)
    {
        byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(truth, type), (byte)'\n'];
        AtomicFile.WriteAllBytes(Path.Combine(folder, Name), bytes);
    }

    /// <summary>Reads a truth of this kind and format from a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="type">The form of the file.</param>
    /// <param name="use">Checks it and makes of it what is wanted; a <see cref="FormatException"/> says what is wrong with it.</param>
    /// <exception cref="BadFileException">It is missing, damaged, of another kind, or <paramref name="use"/> refuses it.</exception>
    internal T Read<TTruth, T>(string folder, JsonTypeInfo<TTruth> type, Func<TTruth, T> use)
    {
        string path = Path.Combine(folder, Name);
        try
        {
            byte[] bytes = Bytes(path);
            TruthHead head = JsonSerializer.Deserialize(bytes, TruthHeadJson.Default.TruthHead) ?? throw new FormatException("it is null");
            Require(head.Kind == Kind, $"its kind is '{Shown(head.Kind)}', '{Kind}' was expected");
            Require(head.Format == Format, $"its format is '{Shown(head.Format)}', '{Format}' was expected");
            return use(JsonSerializer.Deserialize(bytes, type)!);
        }
        catch (Exception error) when (error is FormatException or JsonException or InvalidOperationException or (PellucidException and not BadFileException))
        {
            throw new BadFileException(path, $"it is not the truth about {About} ({OneLine(error.Message)})", Advice, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadFileException(path, $"it cannot be read ({OneLine(error.Message)})", Advice, error);
        }
    }

    /// <summary>Refuses a truth unless a condition holds.</summary>
    /// <exception cref="FormatException">It does not.</exception>
    internal static void Require([DoesNotReturnIf(false)] bool condition, string problem)
    {
        if (!condition)
        {
            throw new FormatException(problem);
        }
    }

    private byte[] Bytes(string path)
    {
        long length = new FileInfo(path).Length;
        Require(length <= Longest, $"it has {length} bytes; at most {Longest} are read");
        return File.ReadAllBytes(path);
    }

    private static string? Shown(string? met) => met?[..Math.Min(met.Length, LongestShown)];

    /// <summary>The message in a line; of members that are missing, their names and not the type that wants them.</summary>
    private static string OneLine(string message)
    {
        const string Lacking = "missing required properties including: ";
        int at = message.IndexOf(Lacking, StringComparison.Ordinal);
        return (at < 0 ? message : $"it lacks {message[(at + Lacking.Length)..]}").ReplaceLineEndings(" ").TrimEnd('.');
    }
}

/// <summary>What every truth begins with.</summary>
internal sealed record TruthHead(string? Format, string? Kind);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(TruthHead))]
internal sealed partial class TruthHeadJson : JsonSerializerContext;
