namespace Pellucid.Models.Architectures;

/// <summary>The part of an array that is one parameter, where several are stored together. The axis is that of the outputs, or of a table's rows.</summary>
/// <param name="Total">How long the whole axis is.</param>
/// <param name="Place">Where an index of the parameter lies on it.</param>
internal sealed record OutputSlice(Func<ModelConfig, int> Total, Func<ModelConfig, int, int> Place)
{
    /// <summary>One stretch, behind others.</summary>
    internal static OutputSlice After(Func<ModelConfig, int> first, Func<ModelConfig, int> total) => new(total, (config, index) => first(config) + index);

    /// <summary>One of queries, keys and values that lie side by side within each head: [head, 3, d_head].</summary>
    internal static OutputSlice InHeads(int part) => new(
        config => 3 * config.Heads * config.DHead,
        (config, index) => (((index / config.DHead * 3) + part) * config.DHead) + (index % config.DHead));
}
