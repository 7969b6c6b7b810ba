using System.Collections.Frozen;
using System.Text.Json;

namespace Pellucid.Models;

/// <summary>One message of a chat.</summary>
/// <param name="Role">Who says it: <c>system</c>, <c>user</c>, <c>assistant</c>, <c>tool</c>.</param>
/// <param name="Content">What it says; null where a message has only tool calls.</param>
public sealed record ChatMessage(string Role, string? Content)
{
    /// <summary>Further members that templates read, each a JSON value: <c>tool_calls</c>, <c>reasoning_content</c>, <c>name</c>.</summary>
    public IReadOnlyDictionary<string, JsonElement> More { get; init; } = FrozenDictionary<string, JsonElement>.Empty;
}
