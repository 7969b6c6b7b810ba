using System.Text.Json.Serialization;

namespace Pellucid.Models;

/// <summary>What was done about the token that begins a sequence.</summary>
public enum BosPolicy
{
    /// <summary>There was none.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>It was put in front and counted like any other token.</summary>
    [JsonStringEnumMemberName("prepended")]
    Prepended,

    /// <summary>It was put in front, and its position left out of what was gathered or changed.</summary>
    [JsonStringEnumMemberName("prepended_and_left_out")]
    PrependedAndLeftOut,
}
