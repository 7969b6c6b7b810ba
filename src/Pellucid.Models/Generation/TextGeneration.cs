namespace Pellucid.Models.Generation;

/// <summary>One text, piece by piece as its tokens come.</summary>
internal static class TextGeneration
{
    /// <summary>Checks at once, then runs as far as it is enumerated.</summary>
    internal static IEnumerable<GeneratedPiece> Pieces(Model model, IReadOnlyList<int> prompt, GenerateOptions options, bool skipSpecial)
    {
        IEnumerable<GenerationStep> steps = Generator.Steps(model, [prompt], options);
        return Pieces(model, steps, new ContinuedText(model, prompt[^1], options, skipSpecial), options);
    }

    private static IEnumerable<GeneratedPiece> Pieces(Model model, IEnumerable<GenerationStep> steps, ContinuedText text, GenerateOptions options)
    {
        StopReason reason = StopReason.Length;
        foreach (GenerationStep step in steps)
        {
            int id = step.Ids[0];
            if (options.Stops(model, id))
            {
                reason = StopReason.StopToken;
                break;
            }

            string added = text.Next(id);
            yield return new GeneratedPiece(added, id, null);
            if (text.HasStopped)
            {
                reason = StopReason.StopText;
                break;
            }
        }

        string rest = text.End();
        yield return new GeneratedPiece(rest, null, reason == StopReason.Length && text.HasStopped ? StopReason.StopText : reason);
    }
}
