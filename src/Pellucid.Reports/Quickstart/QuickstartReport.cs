using System.Text;
using Pellucid.Explanations.Studies;
using Pellucid.Tensors.Files;

namespace Pellucid.Reports;

/// <summary>
/// The page of a quickstart: one HTML file that needs no network. What the dictionary is, how well its latents are explained beside
/// every control, the latents themselves with held-out text, and one of them steered. Equal results give equal bytes, times apart,
/// which are not in it.
/// </summary>
public static class QuickstartReport
{
    /// <summary>Writes the page, and <see cref="QuickstartJson.FileName"/> beside it.</summary>
    /// <param name="result">What was found.</param>
    /// <param name="path">The file; written whole or not at all.</param>
    /// <exception cref="BadFileException">A file cannot be written.</exception>
    public static void Write(QuickstartResult result, string path)
    {
        QuickstartJson.Write(result, Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, QuickstartJson.FileName));
        AtomicFile.WriteAllText(path, Render(result));
    }

    /// <summary>The page as text.</summary>
    public static string Render(QuickstartResult result)
    {
        StringBuilder page = new();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>");
        page.Append("<title>Pellucid quickstart: ").Append(Html.Encode(result.Model)).Append("</title><style>").Append(PageStyle.Css).Append("</style></head><body><main>");
        page.Append("<h1>What is inside ").Append(Html.Encode(result.Model)).Append("</h1><p class=\"lead\">").Append(Lead(result)).Append("</p>");
        ScoresSection.Render(page, result);
        DictionaryTable(page, result);
        LatentsSection.Steering(page, result.Steering);
        LatentsSection.Render(page, result);
        page.Append("<footer>Made by <code>pellucid quickstart --tokens ").Append(result.Tokens).Append(" --latents ").Append(result.DSae).Append(" --k ").Append(result.K)
            .Append(" --seed ").Append(result.Seed).Append("</code>. The numbers: result.json; every explanation: explanations/; where it comes from: provenance.json.</footer>");
        return page.Append("</main></body></html>\n").ToString();
    }

    private static string Lead(QuickstartResult result) =>
        $"A TopK sparse autoencoder with {Html.Count(result.DSae)} latents (k = {result.K}) was trained on {Html.Count(result.Tokens)} activations of "
        + $"<code>{Html.Encode(result.Hook)}</code> (width {result.DIn}). Spliced into the model, it recovers {Html.Percent(result.LossRecovered)} of the loss that silencing the hook costs. "
        + $"{result.Latents.Count} of its latents were explained by patterns of text, and the explanations tested on stories that neither had seen, beside four controls.";

    private static void DictionaryTable(StringBuilder page, QuickstartResult result)
    {
        page.Append("<h2>The dictionary</h2><p>On the held-out stories, except for the last line. Losses are means in nats over predicted tokens; the position of BOS is left as it is.</p>");
        Html.Table(page, ["", "#"], (string[][])
        [
            ["Latents active at a token, mean (L0)", Html.Number(result.L0, "0.0")],
            ["Fraction of variance explained: 1 − mean ‖error‖² / mean ‖x − mean x‖²", Html.Number(result.VarianceExplained)],
            ["Loss of the model as it is", Html.Number(result.Ce)],
            ["… with the hook replaced by its reconstruction", Html.Number(result.CeSpliced)],
            ["… with the hook at its training mean", Html.Number(result.CeMean)],
            ["… with the hook at zero", Html.Number(result.CeZero)],
            ["Loss recovered, against zero: (zero − reconstruction) / (zero − as it is)", Html.Number(result.LossRecovered)],
            ["Loss recovered, against the mean", Html.Number(result.LossRecoveredMean)],
            ["Latents silent on every training token", Html.Percent(result.DeadFraction)],
        ]);
    }
}
