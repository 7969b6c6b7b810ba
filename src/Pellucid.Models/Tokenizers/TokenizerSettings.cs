using System.Text.Json;
using Pellucid.Models.Checkpoints;
using Pellucid.Models.Tokenizers.Definitions;
using Pellucid.Models.Tokenizers.Sequences;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tokenizers;

/// <summary>
/// What stands beside a vocabulary in a Hugging Face folder: <c>tokenizer_config.json</c>, <c>special_tokens_map.json</c>, <c>added_tokens.json</c> and
/// <c>chat_template.jinja</c>.
/// </summary>
internal sealed class TokenizerSettings
{
    private const long LongestFile = 1 << 26;
    private const string ConfigName = "tokenizer_config.json", MapName = "special_tokens_map.json", AddedName = "added_tokens.json", TemplateName = "chat_template.jinja";

    /// <summary>The files.</summary>
    internal static IReadOnlyList<string> Names { get; } = [ConfigName, MapName, AddedName, TemplateName];

    /// <summary>Classes whose own code puts BOS and EOS around a text as the settings say, whatever <c>tokenizer.json</c> has; BOS, but not EOS, where they do not say.</summary>
    private static readonly string[] Deciding = ["Llama", "CodeLlama", "Gemma"];

    private readonly Definition? _config;
    private readonly Definition? _map;
    private readonly Definition? _added;
    private readonly string? _template;

    private TokenizerSettings(Definition? config, Definition? map, Definition? added, string? template) => (_config, _map, _added, _template) = (config, map, added, template);

    /// <summary>Nothing stands there.</summary>
    internal static TokenizerSettings None { get; } = new(null, null, null, null);

    /// <summary>The name of the class that the tokenizer has in Hugging Face's library, without the ending; empty where none is named.</summary>
    internal string Class => (_config?.OptionalText("tokenizer_class") ?? "").Replace("TokenizerFast", "", StringComparison.Ordinal).Replace("Tokenizer", "", StringComparison.Ordinal);

    internal bool? AddsBos => _config?.OptionalFlag("add_bos_token");

    internal bool? AddsEos => _config?.OptionalFlag("add_eos_token");

    /// <summary>What the settings say by this key.</summary>
    internal bool? Flag(string key) => _config?.OptionalFlag(key);

    /// <summary>Reads what there is in a folder.</summary>
    /// <exception cref="BadFileException">A file is no JSON object, or too long.</exception>
    internal static TokenizerSettings In(string folder)
    {
        string template = Path.Combine(folder, TemplateName);
        return new TokenizerSettings(
            Read(folder, ConfigName), Read(folder, MapName), Read(folder, AddedName),
            File.Exists(template) ? System.Text.Encoding.UTF8.GetString(LimitedFile.Read(template, LongestFile, Advice)) : null);
    }

    /// <summary>A tokenizer with what the settings add to it.</summary>
    /// <param name="parts">The tokenizer.</param>
    /// <param name="template">Whether the parts may hold a template of their own, which stands unless the class decides.</param>
    /// <exception cref="FormatException">The settings cannot be read.</exception>
    internal PipelineParts Complete(PipelineParts parts, bool template)
    {
        parts = parts with { Added = [.. Added(parts)] };
        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        foreach (AddedToken token in parts.Added)
        {
            ids.TryAdd(token.Content, token.Id);
        }

        SpecialIds special = new()
        {
            Bos = Id("bos_token") ?? parts.Special.Bos,
            Eos = Id("eos_token") ?? parts.Special.Eos,
            Unknown = Id("unk_token") ?? parts.Special.Unknown,
            Pad = Id("pad_token") ?? parts.Special.Pad,
            Mask = Id("mask_token") ?? parts.Special.Mask ?? Standard("[MASK]"),
            Cls = Id("cls_token") ?? parts.Special.Cls ?? Standard("[CLS]"),
            Sep = Id("sep_token") ?? parts.Special.Sep ?? Standard("[SEP]"),
        };
        special = special with { Pad = special.Pad ?? Standard("[PAD]") };
        bool classDecides = Deciding.Contains(Class), decides = (AddsBos is not null || AddsEos is not null) && (!template || !parts.Template.Adds || classDecides);
        return parts with
        {
            Special = special,
            Template = decides ? SequenceTemplate.Around(AddsBos ?? classDecides ? special.Bos : null, AddsEos == true ? special.Eos : null) : parts.Template,
            ChatTemplates = ChatTemplates() is { Count: > 0 } templates ? templates : parts.ChatTemplates,
        };

        int? Id(string key) => Spelled(key) is { } token ? ids.TryGetValue(token, out int id) ? id : parts.Model.Tokens.IdOf(token) : null;

        int? Standard(string token) => ids.TryGetValue(token, out int id) ? id : null;
    }

    /// <summary>How a special token is spelled; null where the settings do not say.</summary>
    internal string? Spelled(string key)
    {
        foreach (Definition? file in (ReadOnlySpan<Definition?>)[_config, _map])
        {
            if (file?.Find(key) is { } token)
            {
                return token.ValueKind == JsonValueKind.String ? token.GetString() : Definition.Of(key, token).Text("content");
            }
        }

        return null;
    }

    private static string Advice => "Use the file that came with the model";

    private static Definition? Read(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            return null;
        }

        using JsonDocument document = JsonFile.Read(path, LongestFile, Advice);
        return new Definition(name, document.RootElement.Clone());
    }

    private Dictionary<string, string> ChatTemplates()
    {
        Dictionary<string, string> templates = new(StringComparer.Ordinal);
        if (_config?.Find("chat_template") is { ValueKind: JsonValueKind.Array })
        {
            foreach (Definition entry in _config.Value.List("chat_template"))
            {
                templates[entry.Text("name")] = entry.Text("template");
            }
        }
        else if (_config?.OptionalText("chat_template") is { } text)
        {
            templates["default"] = text;
        }

        if (_template is not null)
        {
            templates["default"] = _template;
        }

        return templates;
    }

    /// <summary>The tokens that the tokenizer has, and those that only the settings have.</summary>
    private IEnumerable<AddedToken> Added(PipelineParts parts)
    {
        HashSet<int> known = [.. parts.Added.Select(token => token.Id)];
        int vocabulary = parts.Model.Tokens.Count;
        IEnumerable<AddedToken> more = _config is { } config && config.Has("added_tokens_decoder")
            ? config.Members("added_tokens_decoder").Select(token => AddedTokenDefinitions.Read(
                Definition.Of("added_tokens_decoder", token.Value),
                int.TryParse(token.Name, out int id) ? id : throw new FormatException($"the id of an added token is '{JsonFile.Short(token.Name)}'"),
                vocabulary))
            : _added is { } added
                ? added.Json.EnumerateObject().Select(token => new AddedToken(
                    token.Name,
                    token.Value.ValueKind == JsonValueKind.Number && token.Value.TryGetInt32(out int id) && id >= 0 && id < vocabulary + (1 << 20)
                        ? id : throw new FormatException($"the added token '{JsonFile.Short(token.Name)}' has the id {Definition.Shown(token.Value)}"))
                { Special = true })
                : [];
        return [.. parts.Added, .. more.Where(token => known.Add(token.Id))];
    }
}
