using Pellucid.Tensors;

namespace Pellucid.Models.Generation;

/// <summary>The text of one sequence as its tokens come, up to the first stop text.</summary>
internal sealed class ContinuedText
{
    private readonly TextStream? _stream;
    private readonly StopTextSearch _search;

    /// <param name="model">Whose tokens they are; without a tokenizer all texts are empty.</param>
    /// <param name="previous">The token before the first one.</param>
    /// <param name="options">The stop texts.</param>
    /// <param name="skipSpecial">Whether special tokens are left out of the text.</param>
    /// <exception cref="PellucidException">There are stop texts but no tokenizer.</exception>
    internal ContinuedText(Model model, int previous, GenerateOptions options, bool skipSpecial)
    {
        if (model.Tokenizer is null && options.StopTexts.Count > 0)
        {
            throw new PellucidException($"Model '{model.Name}' has no tokenizer, so that it cannot look for stop texts. Give stop ids.");
        }

        _stream = model.Tokenizer is { } tokenizer ? new TextStream(tokenizer, previous, skipSpecial) : null;
        _search = new StopTextSearch(options.StopTexts);
    }

    /// <summary>Whether a stop text has come.</summary>
    internal bool HasStopped => _search.Found;

    /// <summary>The text that is certain by one more token.</summary>
    internal string Next(int id) => _search.Next(_stream?.Next(id) ?? "");

    /// <summary>What was held back.</summary>
    internal string End() => _search.Next(_stream?.End() ?? "") + _search.End();
}
