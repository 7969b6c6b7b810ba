// The language is Jinja's (palletsprojects.com, version 3.1), as far as chat templates use it, under the settings of Hugging Face's
// transformers: trim_blocks, lstrip_blocks, no escaping, an immutable sandbox, loop controls, generation blocks, raise_exception, strftime_now, and a
// tojson that leaves HTML's signs alone. Departures: whole numbers have 64 bits; 'safe' and 'escape' give plain texts; filters that give generators give lists;
// include, import, extends, call, autoescape and recursive loops are refused; steps, depth and sizes are bounded.
using System.Text.Json;
using Pellucid.Models.Chat;

namespace Pellucid.Models;

/// <summary>
/// How messages become the text that a chat model was trained on. A template comes with a model, from outside: it sees the values that it
/// is given and nothing else, and its steps, depth and output are bounded. Immutable, safe for any thread.
/// </summary>
public sealed class ChatTemplate
{
    private readonly TemplateSource _source;
    private readonly IReadOnlyList<Statement> _statements;

    private ChatTemplate(string text)
    {
        Text = text;
        _source = new TemplateSource(text);
        _statements = TemplateParser.Parse(_source);
    }

    /// <summary>The template's own text.</summary>
    public string Text { get; }

    /// <summary>Reads a template.</summary>
    /// <param name="text">Its text: <c>chat_template</c> of <c>tokenizer_config.json</c>, or <c>tokenizer.chat_template</c> of a GGUF file.</param>
    /// <exception cref="ChatTemplateException">It does not parse; the message has line and column.</exception>
    public static ChatTemplate Parse(string text) => new(text);

    /// <summary>The text of a chat.</summary>
    /// <param name="messages">The messages, first to last.</param>
    /// <param name="options">What else the template is told.</param>
    /// <exception cref="ChatTemplateException">The template refuses the messages, computes what cannot be, or does not end in a million steps.</exception>
    public string Render(IEnumerable<ChatMessage> messages, ChatTemplateOptions? options = null)
    {
        options ??= new ChatTemplateOptions();
        RenderContext context = new(_source, options.Now ?? DateTime.Now);
        Scope globals = new(null);
        foreach (TemplateFunction function in Globals.Functions)
        {
            globals[function.Name] = function;
        }

        foreach ((string name, object? value) in Values(messages, options))
        {
            globals[name] = value;
        }

        Statement.ExecuteAll(_statements, context, new Scope(globals));
        return context.Output;
    }

    private static IEnumerable<(string Name, object? Value)> Values(IEnumerable<ChatMessage> messages, ChatTemplateOptions options)
    {
        yield return ("messages", new TemplateList([.. messages.Select(Value)]));
        yield return ("tools", options.Tools is { } tools ? TemplateJson.Read(tools) : null);
        yield return ("documents", null);
        yield return ("add_generation_prompt", options.AddGenerationPrompt);
        if (options.Bos is { } bos)
        {
            yield return ("bos_token", bos);
        }

        if (options.Eos is { } eos)
        {
            yield return ("eos_token", eos);
        }

        foreach ((string name, JsonElement value) in options.Variables)
        {
            yield return (name, TemplateJson.Read(value));
        }
    }

    private static TemplateDictionary Value(ChatMessage message)
    {
        TemplateDictionary value = new();
        value.Set("role", message.Role);
        value.Set("content", message.Content);
        foreach ((string name, JsonElement member) in message.More)
        {
            value.Set(name, TemplateJson.Read(member));
        }

        return value;
    }
}
