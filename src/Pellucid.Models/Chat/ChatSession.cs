using System.Text;
using Pellucid.Models.Generation;
using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>
/// A chat with a model: the messages so far, each answer generated from all of them as the model's template writes them. For one thread; the
/// model is borrowed, and may be one with interventions.
/// </summary>
/// <remarks>
/// A message's text is read with the spellings of special tokens recognized, as everywhere in the field, so text from people who are not trusted can
/// end a turn. Each turn runs the whole chat anew.
/// </remarks>
public sealed class ChatSession
{
    private readonly ChatTemplateOptions _options;
    private readonly List<ChatMessage> _messages = [];
    private readonly Tokenizer _tokenizer;

    /// <summary>Begins a chat.</summary>
    /// <param name="model">The model.</param>
    /// <param name="template">The template; the model's own when null.</param>
    /// <param name="options">What the template is told; the model's BOS and EOS where they are null.</param>
    /// <exception cref="PellucidException">The model has no tokenizer, or there is no template.</exception>
    /// <exception cref="ChatTemplateException">The template does not parse.</exception>
    public ChatSession(Model model, ChatTemplate? template = null, ChatTemplateOptions? options = null)
    {
        Model = model;
        _tokenizer = model.Tokenizer ?? throw new PellucidException($"Model '{model.Name}' has no tokenizer, so it cannot chat. Open it with one (OpenOptions.Tokenizer).");
        Template = template ?? (model.ChatTemplate is { } text
            ? ChatTemplate.Parse(text)
            : throw new PellucidException($"Model '{model.Name}' has no chat template, so it was probably not trained to chat. Give a template, or generate from a prompt."));
        options ??= new ChatTemplateOptions();
        _options = options with { Bos = options.Bos ?? Spelling(model.Config.BosId ?? _tokenizer.BosId), Eos = options.Eos ?? Spelling(_tokenizer.EosId ?? model.Config.StopIds.Cast<int?>().FirstOrDefault()) };
        StopIds = [.. new[] { _tokenizer.EosId, EndOfTurn() }.OfType<int>().Concat(model.Config.StopIds).Distinct()];
    }

    /// <summary>The model.</summary>
    public Model Model { get; }

    /// <summary>The template.</summary>
    public ChatTemplate Template { get; }

    /// <summary>The messages so far. More can be added; a chat goes on from what stands here.</summary>
    public IList<ChatMessage> Messages => _messages;

    /// <summary>The tokens that end an answer: the model's, its tokenizer's, and the one that the template writes after an answer.</summary>
    public IReadOnlyList<int> StopIds { get; }

    /// <summary>The chat as text, ready for the next answer.</summary>
    /// <exception cref="ChatTemplateException">The template refuses the messages.</exception>
    public string Render() => Template.Render(_messages, _options);

    /// <summary>The token ids of <see cref="Render"/>: special tokens recognized, BOS in front where the model was trained with it, once.</summary>
    /// <exception cref="ChatTemplateException">The template refuses the messages.</exception>
    public IReadOnlyList<int> Tokenize()
    {
        IReadOnlyList<int> ids = _tokenizer.Encode(Render(), new EncodeOptions { ParseSpecial = true });
        return Model.Config.BosId is { } bos && (ids.Count == 0 || ids[0] != bos) ? [bos, .. ids] : ids;
    }

    /// <summary>Adds a message of the user and the model's answer to it.</summary>
    /// <param name="message">What the user says.</param>
    /// <param name="options">Length and sampling; greedy by default.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="PellucidException">The chat is longer than the context, or the template refuses it; the message is not added then.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; what there was of the answer stays.</exception>
    public string Send(string message, GenerateOptions? options = null) => string.Concat(Stream(message, options).Select(piece => piece.Text));

    /// <summary>Adds a message of the user and the model's answer to it, which is given piece by piece.</summary>
    /// <param name="message">What the user says.</param>
    /// <param name="options">Length and sampling; greedy by default.</param>
    /// <returns>The answer's pieces. Where they are not read to the end, what there was of the answer stays in the messages.</returns>
    /// <exception cref="PellucidException">The chat is longer than the context, or the template refuses it; the message is not added then.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; what there was of the answer stays.</exception>
    public IEnumerable<GeneratedPiece> Stream(string message, GenerateOptions? options = null)
    {
        _messages.Add(new ChatMessage("user", message));
        try
        {
            options ??= new GenerateOptions();
            IReadOnlyList<int> prompt = Tokenize();
            if (prompt.Count >= Model.Config.Context)
            {
                throw new PellucidException($"The chat has {prompt.Count} tokens; the context of model '{Model.Name}' is {Model.Config.Context}, which leaves none for an answer. Begin a new chat, or shorten the message.");
            }

            return Answer(TextGeneration.Pieces(Model, prompt, options with { StopIds = [.. options.StopIds, .. StopIds] }, skipSpecial: true));
        }
        catch
        {
            _messages.RemoveAt(_messages.Count - 1);
            throw;
        }
    }

    private IEnumerable<GeneratedPiece> Answer(IEnumerable<GeneratedPiece> pieces)
    {
        StringBuilder answer = new();
        try
        {
            foreach (GeneratedPiece piece in pieces)
            {
                answer.Append(piece.Text);
                yield return piece;
            }
        }
        finally
        {
            _messages.Add(new ChatMessage("assistant", answer.ToString()));
        }
    }

    /// <summary>A token as the template is to write it: empty where its spelling is not read as the token.</summary>
    private string Spelling(int? id) =>
        id is { } there && _tokenizer.TokenText(there) is var text && _tokenizer.Encode(text, new EncodeOptions { ParseSpecial = true }) is [var read] && read == there ? text : "";

    /// <summary>The special token that the template writes behind an answer: found by writing one.</summary>
    private int? EndOfTurn()
    {
        const string Answer = "an-answer-to-look-behind";
        try
        {
            string text = Template.Render([new("user", "a question"), new("assistant", Answer)], _options with { AddGenerationPrompt = false });
            int end = text.LastIndexOf(Answer, StringComparison.Ordinal);
            IReadOnlyList<int> after = end < 0 ? [] : _tokenizer.Encode(text[(end + Answer.Length)..].TrimStart(), new EncodeOptions { ParseSpecial = true });
            return after.Count > 0 && _tokenizer.IsSpecial(after[0]) ? after[0] : null;
        }
        catch (ChatTemplateException)
        {
            return null; // it wants other messages; the model's own stop tokens remain
        }
    }
}
