using Pellucid.Tensors;

namespace Pellucid.Models.Networks;

/// <summary>What follows from a config alone, made once and shared by every model of it: tables, names, rotary angles. Immutable.</summary>
internal sealed class NetworkPlan
{
    internal NetworkPlan(ModelConfig config)
    {
        Config = config;
        Attention = new AttentionOptions { Scale = config.ScoreScale, IsCausal = config.IsCausal };
        Hooks = new HookTable(config);
        Parameters = new ParameterTable(config);
        LayerNames = [.. Enumerable.Range(0, config.Layers).Select(layer => new LayerHookNames(layer))];
        Rotary = config.PositionEmbedding == PositionKind.Rotary ? RotaryTable.Create(config.Context, config.DHead, config.RotaryBase) : null;
    }

    internal ModelConfig Config { get; }

    /// <summary>How attention weighs keys.</summary>
    internal AttentionOptions Attention { get; }

    internal HookTable Hooks { get; }

    internal ParameterTable Parameters { get; }

    internal LayerHookNames[] LayerNames { get; }

    /// <summary>The angles, where positions are rotary.</summary>
    internal RotaryTable? Rotary { get; }
}
