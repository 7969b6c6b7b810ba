using System.Text.Json;
using Pellucid.Models.Checkpoints;
using Pellucid.Models.Tokenizers.Sequences;

namespace Pellucid.Models.Tokenizers.Definitions;

/// <summary>The post-processors of <c>tokenizer.json</c>.</summary>
internal static class TemplateDefinitions
{
    /// <summary>What is put around texts, and whether places leave out white space.</summary>
    /// <exception cref="FormatException">It cannot be read.</exception>
    internal static (SequenceTemplate? Template, bool Trims) Read(Definition definition) => definition.Kind switch
    {
        "TemplateProcessing" => (Template(definition), false),
        "BertProcessing" => (SequenceTemplate.Bert(Id(definition, "cls"), Id(definition, "sep")), false),
        "RobertaProcessing" => (SequenceTemplate.Roberta(Id(definition, "cls"), Id(definition, "sep")), definition.Flag("trim_offsets", true)),
        "ByteLevel" => (null, definition.Flag("trim_offsets", true)),
        "Sequence" => Sequence(definition),
        _ => throw definition.Unknown("Sequence, TemplateProcessing, BertProcessing, RobertaProcessing and ByteLevel"),
    };

    private static (SequenceTemplate?, bool) Sequence(Definition definition)
    {
        (SequenceTemplate? Template, bool Trims)[] parts = [.. definition.List("processors").Select(Read)];
        SequenceTemplate[] templates = [.. parts.Select(part => part.Template).OfType<SequenceTemplate>()];
        return templates.Length <= 1
            ? (templates.FirstOrDefault(), parts.Any(part => part.Trims))
            : throw new FormatException($"its {definition.Name} puts tokens around a text {templates.Length} times; once can be read");
    }

    private static SequenceTemplate Template(Definition definition)
    {
        Dictionary<string, int[]> tokens = new(StringComparer.Ordinal);
        foreach (JsonProperty token in definition.Has("special_tokens") ? definition.Members("special_tokens") : [])
        {
            tokens[token.Name] = [.. Definition.Of("special_tokens", token.Value).Elements("ids").Select(element => Number(element, token.Name))];
        }

        return new SequenceTemplate([.. definition.List("single").Select(part => Part(part, tokens))], [.. definition.List("pair").Select(part => Part(part, tokens))]);
    }

    private static SequencePart Part(Definition part, Dictionary<string, int[]> tokens)
    {
        if (part.Find("Sequence") is { } sequence)
        {
            Definition text = Definition.Of("Sequence", sequence);
            return new SequencePart(null, text.Text("id") switch
            {
                "A" => false,
                "B" => true,
                { } other => throw new FormatException($"its {part.Name} names the text '{JsonFile.Short(other)}'; A and B can be read"),
            }, text.Number("type_id", 0));
        }

        Definition token = Definition.Of("SpecialToken", part.Find("SpecialToken") ?? throw part.Missing("SpecialToken"));
        return tokens.TryGetValue(token.Text("id"), out int[]? ids)
            ? new SequencePart(ids, false, token.Number("type_id", 0))
            : throw new FormatException($"its {part.Name} names the token '{JsonFile.Short(token.Text("id"))}', which is not among its special_tokens");
    }

    /// <summary>The id of a token that is written as a text and an id.</summary>
    private static int Id(Definition definition, string key)
    {
        JsonElement[] pair = [.. definition.Elements(key)];
        return pair.Length == 2 ? Number(pair[1], key) : throw definition.Wrong(key, definition.Find(key)!.Value, "a token and its id");
    }

    private static int Number(JsonElement element, string name) => element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int id) && id >= 0
        ? id
        : throw new FormatException($"the id of '{JsonFile.Short(name)}' is {Definition.Shown(element)}; a whole number was expected");
}
