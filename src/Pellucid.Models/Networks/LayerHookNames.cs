namespace Pellucid.Models.Networks;

/// <summary>The names of one block's activations, spelled out once so that a pass makes no strings.</summary>
internal sealed record LayerHookNames(int Layer)
{
    internal string ResidPre { get; } = Hook.ResidPre(Layer);

    internal string ResidMid { get; } = Hook.ResidMid(Layer);

    internal string ResidPost { get; } = Hook.ResidPost(Layer);

    internal string AttnOut { get; } = Hook.AttnOut(Layer);

    internal string MlpOut { get; } = Hook.MlpOut(Layer);

    internal string NormalizedResidPost { get; } = Hook.NormalizedResidPost(Layer);

    internal string AttnWritten { get; } = Hook.AttnWritten(Layer);

    internal string MlpWritten { get; } = Hook.MlpWritten(Layer);

    internal string Ln1PostScale { get; } = Hook.Ln1PostScale(Layer);

    internal string Ln1PostNormalized { get; } = Hook.Ln1PostNormalized(Layer);

    internal string Ln2PostScale { get; } = Hook.Ln2PostScale(Layer);

    internal string Ln2PostNormalized { get; } = Hook.Ln2PostNormalized(Layer);

    internal string QNormScale { get; } = Hook.QNormScale(Layer);

    internal string QNormNormalized { get; } = Hook.QNormNormalized(Layer);

    internal string KNormScale { get; } = Hook.KNormScale(Layer);

    internal string KNormNormalized { get; } = Hook.KNormNormalized(Layer);

    internal string Ln1Scale { get; } = Hook.Ln1Scale(Layer);

    internal string Ln1Normalized { get; } = Hook.Ln1Normalized(Layer);

    internal string Ln2Scale { get; } = Hook.Ln2Scale(Layer);

    internal string Ln2Normalized { get; } = Hook.Ln2Normalized(Layer);

    internal string Q { get; } = Hook.Q(Layer);

    internal string K { get; } = Hook.K(Layer);

    internal string V { get; } = Hook.V(Layer);

    internal string RotQ { get; } = Hook.RotQ(Layer);

    internal string RotK { get; } = Hook.RotK(Layer);

    internal string AttnScores { get; } = Hook.AttnScores(Layer);

    internal string Pattern { get; } = Hook.Pattern(Layer);

    internal string Z { get; } = Hook.Z(Layer);

    internal string Result { get; } = Hook.Result(Layer);

    internal string MlpPre { get; } = Hook.MlpPre(Layer);

    internal string MlpPreLinear { get; } = Hook.MlpPreLinear(Layer);

    internal string MlpPost { get; } = Hook.MlpPost(Layer);
}
