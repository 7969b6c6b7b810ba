using Pellucid.Models.Generation;
using Pellucid.Models.Tests.Chat;
using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Generation;

public sealed class StreamTests
{
    [Fact]
    public void GenerateStream_Pieces_AreTheGeneratedTextAndIds()
    {
        foreach (GenerateOptions options in new GenerateOptions[]
        {
            new() { MaxTokens = 40 },
            new() { MaxTokens = 60, Temperature = 1.5, TopK = 200, Seed = 9 },
            new() { MaxTokens = 40, StopTexts = ["little", "zz"] },
            new() { MaxTokens = 40, StopTexts = ["nowhere"] },
        })
        {
            Generated whole = Stories.Model260K.Generate("Once upon a time", options);
            GeneratedPiece[] pieces = [.. Stories.Model260K.GenerateStream("Once upon a time", options)];
            Assert.Equal(whole.Text, string.Concat(pieces.Select(piece => piece.Text)));
            Assert.Equal(whole.Ids, pieces.Select(piece => piece.Id).OfType<int>());
            Assert.All(pieces[..^1], piece => Assert.Null(piece.Stop));
            Assert.NotNull(pieces[^1].Stop);
        }
    }

    [Fact]
    public void GenerateStream_StopText_EndsBeforeIt()
    {
        Model model = Stories.Model260K;
        string text = model.Generate("", new GenerateOptions { MaxTokens = 40 }).Text;
        int end = text.IndexOf("girl", StringComparison.Ordinal);
        GenerateOptions options = new() { MaxTokens = 40, StopTexts = ["named", "girl na", "girl"] };
        GeneratedPiece[] pieces = [.. model.GenerateStream("", options)];
        Assert.Equal(text[..end], string.Concat(pieces.Select(piece => piece.Text)));
        Assert.Equal(StopReason.StopText, pieces[^1].Stop);
        Assert.Equal(text[..end], model.Generate("", options).Text);
        Assert.Equal([text[..end], text[..end]], model.Generate([[1], [1]], options).Select(generated => generated.Text));
    }

    [Fact]
    public void Generate_StopId_EndsTheTextBeforeIt()
    {
        Model model = Stories.Model260K;
        IReadOnlyList<int> ids = model.Generate("", new GenerateOptions { MaxTokens = 20 }).Ids;
        GenerateOptions options = new() { MaxTokens = 20, StopIds = [ids[7]] };
        int first = ids.ToList().IndexOf(ids[7]);
        Assert.Equal(ids.Take(first), model.Generate("", options).Ids);
        GeneratedPiece[] pieces = [.. model.GenerateStream("", options)];
        Assert.Equal(StopReason.StopToken, pieces[^1].Stop);
        Assert.Equal(first + 1, pieces.Length);
        Assert.Equal(StopReason.Length, model.GenerateStream("", new GenerateOptions { MaxTokens = 3 }).Last().Stop);
    }

    [Fact]
    public void GenerateStream_CharacterOfSeveralTokens_ComesWhole()
    {
        using Model model = new LetterModel([3, 4, 6, 3, 6]).Model;
        GeneratedPiece[] pieces = [.. model.GenerateStream([0], new GenerateOptions { MaxTokens = 5 })];
        Assert.Equal(["", "é", "a", "", "\uFFFDa", ""], pieces.Select(piece => piece.Text));
        Assert.Equal(["", "é", "a", "", "\uFFFD"], [.. new LetterModel([3, 4, 6, 3, 6]).Model.GenerateStream([0], new GenerateOptions { MaxTokens = 4 }).Select(piece => piece.Text)]);
    }

    [Fact]
    public void GenerateStream_WrongOption_IsRefusedBeforeItIsEnumerated()
    {
        Assert.Throws<PellucidException>(() => Stories.Model260K.GenerateStream("a", new GenerateOptions { TopK = -1 }));
        Assert.Throws<PellucidException>(() => Stories.Model260K.GenerateStream("a", new GenerateOptions { MinP = 1.1 }));
        Assert.Throws<PellucidException>(() => Stories.Model260K.GenerateStream("a", new GenerateOptions { RepetitionPenalty = 0 }));
        Assert.Throws<PellucidException>(() => Stories.Model260K.GenerateStream("a", new GenerateOptions { StopTexts = [""] }));
        using Model bare = new TinyCheckpoint().Open();
        Assert.Contains("no tokenizer", Assert.Throws<PellucidException>(() => bare.GenerateStream([1], new GenerateOptions { StopTexts = ["x"] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void StopTextSearch_AnyCutOfAnyText_GivesWhatStandsBeforeTheFirst()
    {
        SeededRandom random = new(8);
        string[][] stops = [["ab"], ["aab", "b"], ["aba", "bb"], ["abab"]];
        for (int round = 0; round < 400; round++)
        {
            string text = string.Concat(Enumerable.Range(0, (int)random.NextInt(12)).Select(_ => "ab c"[(int)random.NextInt(4)]));
            string[] wanted = stops[round % stops.Length];
            int first = wanted.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(text.Length).Min();
            StopTextSearch search = new(wanted);
            string found = "";
            for (int at = 0; at < text.Length;)
            {
                int length = Math.Min(text.Length - at, 1 + (int)random.NextInt(3));
                found += search.Next(text.Substring(at, length));
                at += length;
            }

            Assert.Equal((text[..first], first < text.Length), (found + search.End(), search.Found));
        }
    }

    /// <summary>A network that says the same tokens whatever it reads: its logits at a position are that position's.</summary>
    private sealed class LetterModel
    {
        internal LetterModel(int[] says)
        {
            LetterTokenizer tokenizer = new();
            int count = tokenizer.Vocabulary;
            ModelConfig config = ModelConfig.Gpt2Small with
            {
                Layers = 1,
                DModel = count,
                Heads = 1,
                KeyHeads = 1,
                DHead = 2,
                DMlp = 2,
                Vocabulary = count,
                Context = says.Length + 1,
                BosId = 0,
                StopIds = [],
                Norm = NormKind.None,
                TiedEmbedding = false,
                AttentionBias = false,
                AttentionOutputBias = false,
                MlpBias = false,
            };
            Dictionary<string, Tensor> arrays = [];
            foreach (ParameterPoint point in new ParameterTable(config).Points)
            {
                Tensor array = Tensor.Zeros(point.Shape);
                if (point.Name is "pos_embed.W_pos")
                {
                    for (int i = 0; i < says.Length; i++)
                    {
                        array.AsSpan()[(i * count) + says[i]] = 1;
                    }
                }
                else if (point.Name is "unembed.W_U")
                {
                    for (int i = 0; i < count; i++)
                    {
                        array.AsSpan()[(i * count) + i] = 1;
                    }
                }

                arrays.Add(point.Name, array);
            }

            using ModelParameters parameters = ModelParameters.From(config, arrays);
            Model = parameters.ToModel("says", new OpenOptions { Tokenizer = tokenizer });
        }

        internal Model Model { get; }
    }
}
