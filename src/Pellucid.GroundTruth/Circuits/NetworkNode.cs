using System.Globalization;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.GroundTruth.Circuits;

/// <summary>A part of a transformer that writes to the residual stream: an attention head or an MLP. Immutable.</summary>
/// <param name="Layer">The block.</param>
/// <param name="Head">The head; null for the MLP.</param>
internal sealed record NetworkNode(int Layer, int? Head)
{
    /// <summary>What it computes, before a head's output matrix.</summary>
    internal string Hook => Head is null ? Models.Hook.MlpOut(Layer) : Models.Hook.Z(Layer);

    /// <summary>The part of a name in a circuit, <c>m3</c> or <c>a0.h1</c>; null for <c>input</c>, <c>logits</c> and anything else.</summary>
    internal static NetworkNode? Parse(string node) => node.Split('.') switch
    {
        [['m', .. string mlp]] when Number(mlp) is { } layer => new NetworkNode(layer, null),
        [['a', .. string attention], ['h', .. string own]] when Number(attention) is { } layer && Number(own) is { } head => new NetworkNode(layer, head),
        _ => null,
    };

    /// <summary>All parts of a network, in the order in which they run.</summary>
    internal static IEnumerable<NetworkNode> All(ModelConfig config) => Enumerable.Range(0, config.Layers)
        .SelectMany(layer => Enumerable.Range(0, config.Heads).Select(head => new NetworkNode(layer, head)).Append(new NetworkNode(layer, null)));

    /// <summary>
    /// Gives the first half of a batch what this part computes in the second half. The gradient goes back into both halves.
    /// </summary>
    /// <param name="rows">Sequences in the batch, an even number.</param>
    internal Intervention TakenFromSecondHalf(int rows)
    {
        int[] from = [.. Enumerable.Range(rows / 2, rows / 2), .. Enumerable.Range(rows / 2, rows / 2)];
        Intervention taken = Intervention.Custom(Hook, $"interchange {this}", (ops, x, _) =>
        {
            Tensor flat = ops.Reshape(x, new Shape(rows, (int)(x.Count / rows)));
            return ops.Reshape(ops.Gather(flat, from, new Shape(rows)), x.Shape);
        });
        return Head is { } head ? taken.ForHeads(head) : taken;
    }

    /// <inheritdoc/>
    public override string ToString() => Head is { } head
        ? string.Create(CultureInfo.InvariantCulture, $"a{Layer}.h{head}")
        : string.Create(CultureInfo.InvariantCulture, $"m{Layer}");

    private static int? Number(string digits) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
