using System.Collections.Frozen;
using System.Text.Json;

namespace Pellucid.Models;

/// <summary>What a chat template is told beside the messages. Immutable.</summary>
public sealed record ChatTemplateOptions
{
    /// <summary>Whether the text ends where the model's next answer begins; true by default.</summary>
    public bool AddGenerationPrompt { get; init; } = true;

    /// <summary>The spelling of the token that begins a sequence, <c>bos_token</c> to the template; undefined there when null.</summary>
    public string? Bos { get; init; }

    /// <summary>The spelling of the token that ends one, <c>eos_token</c> to the template; undefined there when null.</summary>
    public string? Eos { get; init; }

    /// <summary>A JSON array of tools that the model may call, <c>tools</c> to the template; none when null.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>Further variables of the template: <c>enable_thinking</c>, <c>date_string</c>.</summary>
    public IReadOnlyDictionary<string, JsonElement> Variables { get; init; } = FrozenDictionary<string, JsonElement>.Empty;

    /// <summary>The time that a template is told when it asks for it; that of the rendering when null.</summary>
    public DateTime? Now { get; init; }
}
