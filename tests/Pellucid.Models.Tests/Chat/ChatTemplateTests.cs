using System.Diagnostics;
using System.Text.Json;
using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Chat;

/// <summary>Templates against Python's jinja2, whose renderings lie in goldens/chat-templates with the script that made them.</summary>
public sealed class ChatTemplateTests
{
    private static readonly JsonElement Cases = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "goldens", "chat-templates", "cases.json"))).RootElement;
    private static readonly ChatMessage[] Talk = [new("user", "Hi"), new("assistant", "Hello."), new("user", "How are you?")];

    [Fact]
    public void Render_EveryReferenceCase_IsWhatJinjaGives()
    {
        List<string> wrong = [];
        int texts = 0, errors = 0;
        foreach (JsonElement item in Cases.GetProperty("cases").EnumerateArray())
        {
            string expected = item.TryGetProperty("text", out JsonElement text) ? text.GetString()! : "ERROR";
            string found;
            try
            {
                found = Render(item);
            }
            catch (ChatTemplateException error)
            {
                Close.IsOneLine(error);
                found = expected == "ERROR" ? "ERROR" : error.Message;
            }

            if (expected == "ERROR")
            {
                errors++;
            }
            else
            {
                texts++;
            }

            if (found != expected)
            {
                int at = Math.Max(0, expected.AsSpan().CommonPrefixLength(found) - 20);
                wrong.Add($"{item.GetProperty("name").GetString()}\n  jinja2: …{expected[Math.Min(at, expected.Length)..]}\n  ours:   …{found[Math.Min(at, found.Length)..]}");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {texts + errors}:\n{string.Join("\n", wrong.Take(30))}");
        Assert.InRange(texts, 250, int.MaxValue);
        Assert.InRange(errors, 90, int.MaxValue);
    }

    [Theory]
    [InlineData("{% if true %}\n{{ 1 + 'a' }}", 2, 14)]
    [InlineData("a\n  {{ messages[0].nosuch.more }}{% endif %}", 2, 35)]
    [InlineData("{{ 'open }}", 1, 4)]
    [InlineData("{% for x in messages %}", 1, 24)]
    [InlineData("x\r\n{{ nosuch | nofilter }}", 2, 13)]
    public void Parse_TemplateThatDoesNotParse_SaysWhere(string template, int line, int column)
    {
        ChatTemplateException error = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(template));
        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.StartsWith($"Chat template, line {line}, column {column}: ", error.Message, StringComparison.Ordinal);
        Close.IsOneLine(error);
    }

    [Fact]
    public void Render_WhatCannotBeComputed_SaysWhereAndWhat()
    {
        ChatTemplateException error = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse("a\n  {{ 1 + messages[0].content }}").Render(Talk));
        Assert.Equal("Chat template, line 2, column 8: '+' does not go between a whole number and a text.", error.Message);
        Assert.Contains("the template refuses these messages: Not so.", Assert.Throws<ChatTemplateException>(
            () => ChatTemplate.Parse("{{ raise_exception('Not so.') }}").Render(Talk)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{% for a in range(1000) %}{% for b in range(1000) %}{% for c in range(1000) %}{% endfor %}{% endfor %}{% endfor %}")]
    [InlineData("{% for a in range(100000) %}{{ 'x' * 10000 }}{% endfor %}")]
    [InlineData("{{ 'x' * 100000000000 }}")]
    [InlineData("{% set ns = namespace(x='xxxxxxxx') %}{% for a in range(1000) %}{% set ns.x = ns.x + ns.x %}{% endfor %}")]
    [InlineData("{% set ns = namespace(x=[1]) %}{% for a in range(1000) %}{% set ns.x = ns.x + ns.x %}{% endfor %}")]
    [InlineData("{% set ns = namespace(x=[1]) %}{% for a in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}")]
    [InlineData("{% set ns = namespace(x=[1]) %}{% for a in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x == ns.x | list }}{{ ns.x | tojson }}")]
    [InlineData("{% set ns = namespace(x=[1]) %}{% for a in range(90000) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x | tojson }}")]
    [InlineData("{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}")]
    [InlineData("{% macro f(x) %}{{ f(x) }}{{ f(x) }}{% endmacro %}{{ f(1) }}")]
    [InlineData("{% set s = 'ab' * 1000000 %}{% for a in range(100000) %}{{ s | replace('a', 'bb') | length }}{% endfor %}")]
    [InlineData("{% set s = 'ab' * 1000000 %}{% for a in range(100000) %}{{ s is string and s == s ~ '' }}{{ s.find('q') }}{{ s | length }}{{ s[5] }}{{ s.strip() == s }}{{ 'q' in s }}{% endfor %}")]
    [InlineData("{{ range(1000000000) }}")]
    [InlineData("{{ 'a' | indent(100000000) }}{{ ('\\n' * 1000000) | indent(1000) }}")]
    [InlineData("{{ [1, [2]] | tojson(indent=100000000) }}{{ 2 ** 100 }}")]
    [InlineData("{{ range(100000) | unique | list }}")]
    public void Render_HostileTemplate_IsRefusedSoon(string template)
    {
        long started = Stopwatch.GetTimestamp();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Close.IsOneLine(Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(template).Render(Talk)));

        // A million steps take about 0.2 s and 32 million characters 64 MB; the rest is for steps' own objects and a machine that does other things.
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 5);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1L << 30);
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("not ", "")]
    [InlineData("-", "")]
    [InlineData("{1: ", "}")]
    [InlineData("1 if ", " else 1")]
    [InlineData("1 + ", "")]
    [InlineData("1 ~ ", "")]
    [InlineData("x and ", "")]
    [InlineData("f(", ")")]
    [InlineData("1 | d(", ")")]
    [InlineData("[1][", "]")]
    public void Parse_NestedBeyondMeasure_IsRefusedOrRuns(string open, string close)
    {
        const int Depth = 50_000;
        string inner = string.Concat(Enumerable.Repeat(open, Depth)) + "1" + string.Concat(Enumerable.Repeat(close, Depth));
        foreach (string template in (string[])[$"{{{{ {inner} }}}}", $"{{% set x = {inner} %}}", $"{{% if {inner} %}}a{{% endif %}}"])
        {
            Runs(template);
        }

        Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(string.Concat(Enumerable.Repeat("{% if 1 %}", Depth))));
        Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse("{{ 1" + string.Concat(Enumerable.Repeat(".a", Depth)) + " }}").Render(Talk));
        Runs("{{ 1" + string.Concat(Enumerable.Repeat("|string", Depth)) + " }}");
        Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(new string(' ', (1 << 20) + 1)));
    }

    [Fact]
    public void Render_TruncatedAndCorruptedTemplates_GiveATextOrAnError()
    {
        SeededRandom random = new(5);
        const string Signs = "{}%#-+'\"()[].|~:,= \n\\if0";
        foreach (JsonProperty shape in Cases.GetProperty("shapes").EnumerateObject())
        {
            string text = shape.Value.GetString()!;
            for (int length = 0; length < text.Length; length += 1 + (text.Length / 400))
            {
                Runs(text[..length]);
            }

            for (int i = 0; i < 300; i++)
            {
                char[] changed = text.ToCharArray();
                for (int change = (int)random.NextInt(3); change >= 0; change--)
                {
                    changed[random.NextInt(changed.Length)] = Signs[(int)random.NextInt(Signs.Length)];
                }

                Runs(new string(changed));
            }
        }
    }

    private static void Runs(string template)
    {
        long started = Stopwatch.GetTimestamp();
        try
        {
            _ = ChatTemplate.Parse(template).Render(Talk, new ChatTemplateOptions { Bos = "<s>", Eos = "</s>" });
        }
        catch (ChatTemplateException error)
        {
            Close.IsOneLine(error);
        }

        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 5);
    }

    private static string Render(JsonElement item)
    {
        string template = item.GetProperty("template").GetString()!;
        if (Cases.GetProperty("shapes").TryGetProperty(template, out JsonElement shape))
        {
            template = shape.GetString()!;
        }

        ChatTemplateOptions options = new()
        {
            AddGenerationPrompt = !item.TryGetProperty("add_generation_prompt", out JsonElement prompt) || prompt.GetBoolean(),
            Bos = item.TryGetProperty("bos", out JsonElement bos) ? bos.GetString() : null,
            Eos = item.TryGetProperty("eos", out JsonElement eos) ? eos.GetString() : null,
            Tools = item.TryGetProperty("tools", out JsonElement tools) ? tools : null,
            Variables = item.TryGetProperty("variables", out JsonElement variables) ? variables.EnumerateObject().ToDictionary(member => member.Name, member => member.Value) : new(),
            Now = Cases.GetProperty("now").GetDateTime(),
        };
        return ChatTemplate.Parse(template).Render([.. item.GetProperty("messages").EnumerateArray().Select(Message)], options);
    }

    private static ChatMessage Message(JsonElement message)
    {
        JsonElement content = message.GetProperty("content");
        return new ChatMessage(message.GetProperty("role").GetString()!, content.ValueKind == JsonValueKind.String ? content.GetString() : null)
        {
            More = message.EnumerateObject().Where(member => member.Name is not "role" && !(member.Name == "content" && content.ValueKind == JsonValueKind.String)).ToDictionary(member => member.Name, member => member.Value),
        };
    }
}
