namespace Pellucid.Models;

/// <summary>Which networks have an activation.</summary>
public enum HookPresence
{
    /// <summary>Every network.</summary>
    All,

    /// <summary>Networks with rotary positions, such as Llama.</summary>
    RotaryPositions,

    /// <summary>Networks with learned positions, such as GPT-2.</summary>
    LearnedPositions,

    /// <summary>Networks whose MLP has a gate, such as Llama.</summary>
    GatedMlp,

    /// <summary>Networks with norms: all but compiled programs and toy models, as a rule.</summary>
    Norms,
}
