using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Chat;

public sealed class ChatSessionTests
{
    private const string Turns =
        "{{ bos_token }}{% for m in messages %}{{ m.role + ': ' + m.content + ('<|end|>' if m.role == 'assistant' else '') + '\\n' }}{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}";

    [Fact]
    public void Send_TwoTurns_ContinuesTheRenderedChat()
    {
        using Model model = Open(new LetterTokenizer(Turns));
        ChatSession chat = new(model);
        chat.Messages.Add(new ChatMessage("system", "be kind"));
        GenerateOptions options = new() { MaxTokens = 12, Temperature = 1, Seed = 3 };
        string first = chat.Send("hello", options);
        Assert.Equal(3, chat.Messages.Count);
        Assert.Equal(new ChatMessage("assistant", first), chat.Messages[2]);

        string text = "<s>system: be kind\nuser: hello\nassistant: " + first + "<|end|>\nuser: and now?\nassistant:";
        IReadOnlyList<int> ids = model.Tokenizer!.Encode(text, new EncodeOptions());
        string expected = model.Tokenizer.DecodeWithoutSpecial(model.Generate([ids], options with { StopIds = [1, 2] })[0].Ids);
        Assert.Equal(expected, chat.Send("and now?", options));
        Assert.NotEqual("", expected);
        Assert.Equal(5, chat.Messages.Count);
    }

    [Fact]
    public void Tokenize_TemplateWithAndWithoutBos_HasItOnce()
    {
        using Model with = Open(new LetterTokenizer(Turns)), without = Open(new LetterTokenizer(Turns.Replace("{{ bos_token }}", "", StringComparison.Ordinal)));
        foreach (Model model in (Model[])[with, without])
        {
            ChatSession chat = new(model);
            chat.Messages.Add(new ChatMessage("user", "hi"));
            IReadOnlyList<int> ids = chat.Tokenize();
            Assert.Equal(0, ids[0]);
            Assert.Equal(1, ids.Count(id => id == 0));
        }
    }

    [Fact]
    public void StopIds_TemplateThatEndsAnswersByASpecialToken_HasIt()
    {
        using Model model = Open(new LetterTokenizer(Turns));
        Assert.Equal([1, 2], new ChatSession(model).StopIds.Order());
        Assert.Equal([1], new ChatSession(model, ChatTemplate.Parse("{{ messages[-1].content }}")).StopIds);
        Assert.Equal([1], new ChatSession(model, ChatTemplate.Parse("{{ raise_exception('no') }}")).StopIds);
    }

    [Fact]
    public void Stream_AnswerThatIsStopped_KeepsWhatThereWas()
    {
        using Model model = Open(new LetterTokenizer(Turns));
        ChatSession chat = new(model);
        using CancellationTokenSource source = new();
        string seen = "";
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (GeneratedPiece piece in chat.Stream("hi", new GenerateOptions { MaxTokens = 30, Temperature = 1, Seed = 5, CancellationToken = source.Token }))
            {
                seen += piece.Text;
                if (seen.Length >= 3)
                {
                    source.Cancel();
                }
            }
        });
        Assert.Equal(("assistant", seen), (chat.Messages[1].Role, chat.Messages[1].Content));
    }

    [Fact]
    public void Stream_MessageThatTheTemplateRefuses_LeavesTheChatAsItWas()
    {
        using Model model = Open(new LetterTokenizer("{% if messages|length > 1 %}{{ raise_exception('one only') }}{% endif %}x"));
        ChatSession chat = new(model);
        chat.Messages.Add(new ChatMessage("system", "s"));
        Assert.Contains("one only", Assert.Throws<ChatTemplateException>(() => chat.Send("hi")).Message, StringComparison.Ordinal);
        Assert.Single(chat.Messages);
        chat = new ChatSession(model, ChatTemplate.Parse("{{ messages[0].content }}"));
        Assert.Contains("context", Assert.Throws<PellucidException>(() => chat.Send(new string('a', 200))).Message, StringComparison.Ordinal);
        Assert.Empty(chat.Messages);
    }

    [Fact]
    public void ChatSession_ModelWithoutTemplateOrTokenizer_SaysWhichIsMissing()
    {
        using Model without = Open(new LetterTokenizer()), bare = Open(null);
        Assert.Contains("has no chat template", Assert.Throws<PellucidException>(() => new ChatSession(without)).Message, StringComparison.Ordinal);
        Assert.Contains("has no tokenizer", Assert.Throws<PellucidException>(() => new ChatSession(bare, ChatTemplate.Parse("x"))).Message, StringComparison.Ordinal);
    }

    private static Model Open(Tokenizer? tokenizer)
    {
        ModelConfig config = ModelConfig.Gpt2Small with
        {
            Layers = 1,
            DModel = 32,
            Heads = 2,
            KeyHeads = 2,
            DHead = 16,
            DMlp = 32,
            Vocabulary = new LetterTokenizer().Vocabulary,
            Context = 160,
            BosId = 0,
            StopIds = [1],
        };
        using ModelParameters parameters = ModelParameters.Random(config, 4);
        return parameters.ToModel("letters", new OpenOptions { Tokenizer = tokenizer });
    }
}
