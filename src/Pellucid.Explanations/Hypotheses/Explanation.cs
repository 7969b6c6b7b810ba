using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pellucid.Tensors.Files;

namespace Pellucid.Explanations;

/// <summary>
/// A hypothesis about what a unit responds to: text for a person, and a program that predicts activations, so that it can be
/// held against the network. Immutable; safe for any thread.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "explainer", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(TokenTableExplanation), TokenTableExplanation.Name)]
[JsonDerivedType(typeof(PatternExplanation), PatternExplanation.Name)]
public abstract record Explanation
{
    private const long MostBytes = 64 << 20;

    /// <summary>For a person, a few lines.</summary>
    public required string Text { get; init; }

    /// <summary>What made it: <c>pattern</c>, <c>token_table</c>.</summary>
    [JsonIgnore]
    public abstract string Explainer { get; }

    /// <summary>SHA-256 of its serialized content, lower-case hexadecimal: what is recorded before a test is opened. Computed at every call.</summary>
    [JsonIgnore]
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Serialize()));

    /// <summary>Expected activation at each token of a text, at the scale of the unit, never below 0.</summary>
    /// <param name="tokens">Token ids, in order; what stands before the first is unknown.</param>
    /// <returns>One value for each token.</returns>
    public abstract float[] Predict(IReadOnlyList<int> tokens);

    /// <summary>Writes it as JSON; the same explanation gives the same bytes.</summary>
    /// <exception cref="BadFileException">It cannot be written.</exception>
    public void Save(string path) => AtomicFile.WriteAllBytes(path, Serialize());

    /// <summary>Reads an explanation.</summary>
    /// <exception cref="BadFileException">The file is missing, damaged, or no explanation.</exception>
    public static Explanation Load(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MostBytes)
            {
                throw new JsonException($"it is larger than {MostBytes} bytes");
            }

            Explanation explanation = JsonSerializer.Deserialize(File.ReadAllBytes(path), ExplanationsJson.Default.Explanation)
                ?? throw new JsonException("null");
            explanation.Check();
            return explanation;
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or IOException or UnauthorizedAccessException)
        {
            throw new BadFileException(path, $"it is not an explanation ({error.Message.TrimEnd('.')})", "Explain the unit again", error);
        }
    }

    internal byte[] Serialize() => JsonSerializer.SerializeToUtf8Bytes(this, ExplanationsJson.Default.Explanation);

    /// <summary>Refuses contents that no explainer writes.</summary>
    /// <exception cref="JsonException">They contradict themselves.</exception>
    private protected abstract void Check();
}
