using Pellucid.Tensors;

namespace Pellucid.Models.Networks;

/// <summary>What follows from a config alone, made once and shared by every model of it: tables, names, rotary angles. Safe for any thread.</summary>
internal sealed class NetworkPlan
{
    private readonly AttentionOptions[] _attention;
    private readonly RotaryTables? _rotary;
    private readonly RotaryTables? _localRotary;

    internal NetworkPlan(ModelConfig config)
    {
        Config = config;
        _attention = [.. Enumerable.Range(0, config.Layers).Select(layer => new AttentionOptions
        {
            Scale = config.ScalesScoresByLayer ? config.ScoreScale / (layer + 1) : config.ScoreScale,
            IsCausal = config.IsCausal,
            Window = config.IsLocal(layer) ? config.Window : 0,
            SoftCap = config.AttentionSoftCap,
        })];
        Hooks = new HookTable(config);
        Parameters = new ParameterTable(config);
        LayerNames = [.. Enumerable.Range(0, config.Layers).Select(layer => new LayerHookNames(layer))];
        if (config.PositionEmbedding == PositionKind.Rotary)
        {
            _rotary = new RotaryTables(config, config.RotaryBase, config.RotaryScaling);
            _localRotary = config.LocalRotaryBase is { } local ? new RotaryTables(config, local, null) : _rotary;
        }
    }

    internal ModelConfig Config { get; }

    internal HookTable Hooks { get; }

    internal ParameterTable Parameters { get; }

    internal LayerHookNames[] LayerNames { get; }

    /// <summary>How a layer's attention weighs keys.</summary>
    internal AttentionOptions AttentionOf(int layer) => _attention[layer];

    /// <summary>A layer's angles in a run of so many positions, where positions are rotary.</summary>
    internal RotaryTable? RotaryOf(int layer, int positions) => (Config.IsLocal(layer) ? _localRotary : _rotary)?.For(positions);
}
