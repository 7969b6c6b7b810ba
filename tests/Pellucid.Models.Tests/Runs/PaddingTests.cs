using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Runs;

/// <summary>Sequences of different lengths together give what each gives alone, on whichever side they are padded.</summary>
public sealed class PaddingTests
{
    /// <summary>Rows of products are added up in the same order whatever stands beside them; scores and norms too.</summary>
    private const double Rounding = 2e-5;

    private static readonly int[][] Sequences = [[3, 9, 4, 1, 7, 7, 2, 12], [5, 1, 11], [8, 2, 6, 6, 10]];

    private static readonly ModelConfig Llama = new()
    {
        Architecture = "padded",
        Layers = 2,
        DModel = 20,
        Heads = 4,
        KeyHeads = 2,
        DHead = 6,
        DMlp = 31,
        Vocabulary = 13,
        Context = 24,
    };

    private static readonly ModelConfig Bert = Llama with
    {
        Norm = NormKind.Layer,
        PositionEmbedding = PositionKind.Learned,
        NormPlacement = NormPlacement.After,
        GatedMlp = false,
        KeyHeads = 4,
        IsCausal = false,
        EmbeddingNorm = true,
        TokenTypes = 2,
        Pooler = true,
        NextSentenceHead = true,
        LogitTransform = true,
        AttentionBias = true,
        MlpBias = true,
        AttentionOutputBias = true,
    };

    /// <summary>Every fact that has to do with positions and keys, in some network.</summary>
    private static readonly Dictionary<string, ModelConfig> Networks = new()
    {
        ["llama"] = Llama,
        ["window"] = Llama with { Window = 3, LocalLayers = [true, false], LocalRotaryBase = 500, AttentionSoftCap = 2, QueryKeyNorm = true, RotaryDimensions = 4 },
        ["learned"] = Llama with { PositionEmbedding = PositionKind.Learned },
        ["parallel"] = Llama with { Norm = NormKind.Layer, Block = BlockKind.ParallelSharedNorm, GatedMlp = false, ScalesScoresByLayer = true },
        ["sandwich"] = Llama with { NormPlacement = NormPlacement.BeforeAndAfter, EmbeddingScale = 3, LogitSoftCap = 1, EmbeddingWidth = 7 },
        ["bert"] = Bert,
    };

    public static TheoryData<string, PaddingSide> Cases => new([.. Networks.Keys.SelectMany(name => Enum.GetValues<PaddingSide>().Select(side => (name, side)))]);

    public static TheoryData<string> Causal => [.. Networks.Keys.Where(name => Networks[name].IsCausal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_EitherSide_EqualsEachAlone(string name, PaddingSide side)
    {
        using Model model = Made(name);
        BatchOptions options = new() { Padding = side, PaddingId = 12 };
        foreach (Capture capture in (Capture[])[Capture.None, Capture.All(model)])
        {
            using Run run = model.Run(TokenBatch.From(Sequences, options), new RunOptions { Capture = capture });
            for (int row = 0; row < Sequences.Length; row++)
            {
                using Run alone = model.Run(TokenBatch.Of(Sequences[row]), new RunOptions { Capture = capture });
                IsAlone(alone.Logits, run.Logits, row, run.Tokens, model.Hooks[Hook.Embed], "logits");
                foreach (string hook in capture.Hooks)
                {
                    IsAlone(alone[hook], run[hook], row, run.Tokens, model.Hooks[hook], hook);
                }

                if (model.Config.IsCausal)
                {
                    Assert.Equal(alone.TokenLosses()[0], run.TokenLosses()[row], (x, y) => Math.Abs(x - y) < Rounding);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_EitherSide_PatternOfPaddingIsZero(string name, PaddingSide side)
    {
        using Model model = Made(name);
        TokenBatch tokens = TokenBatch.From(Sequences, new BatchOptions { Padding = side });
        Model changed = model.With(Intervention.Custom(Hook.Pattern(0), "even", static (ops, x, _) => ops.AddScalar(x, 0.1f)));
        foreach (Model each in (Model[])[model, changed])
        {
            using Run run = each.Run(tokens, new RunOptions { Capture = Capture.Of(Hook.Pattern(0)) });
            Tensor pattern = run[Hook.Pattern(0)];
            foreach ((int row, int head, int query, int key) in from row in Enumerable.Range(0, 3) from head in Enumerable.Range(0, 4) from query in Enumerable.Range(0, 8) from key in Enumerable.Range(0, 8) select (row, head, query, key))
            {
                int at = query - tokens.FirstColumns[row], seen = key - tokens.FirstColumns[row];
                bool isReal = at >= 0 && at < Sequences[row].Length;
                bool isSeen = seen >= 0 && seen < Sequences[row].Length && !(model.Config.IsCausal && seen > at) && !(model.Config.Window > 0 && seen <= at - model.Config.Window);
                Assert.True(!isReal || isSeen == (pattern[row, head, query, key] != 0), $"row {row}, query {query}, key {key}: {pattern[row, head, query, key]}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradients_EitherSide_AreThoseOfEachAlone(string name, PaddingSide side)
    {
        using Model model = Made(name);
        TokenBatch tokens = TokenBatch.From(Sequences, new BatchOptions { Padding = side });
        Metric metric = Metric.Sum(Sequences.Select((sequence, row) => (Metric.LogitDifference(1, 2, row), 1f + row)));
        foreach (bool recompute in (bool[])[false, true])
        {
            GradientOptions options = new() { At = Capture.Of(Hook.ResidPre(1), Hook.Q(0), Hook.K(1), Hook.Z(1)), Parameters = ParameterSet.All, Recompute = recompute };
            using GradientRun run = model.Gradients(tokens, metric, options), unfused = model.Gradients(tokens, metric, options with { At = Capture.All(model) });
            using ModelParameters sums = ModelParameters.Zeros(model.Config);
            for (int row = 0; row < Sequences.Length; row++)
            {
                using GradientRun alone = model.Gradients(TokenBatch.Of(Sequences[row]), Metric.Sum((Metric.LogitDifference(1, 2), 1f + row)), options with { At = Capture.All(model) });
                foreach ((string hook, Tensor gradient) in unfused.Hooks)
                {
                    IsAlone(alone[hook], gradient, row, tokens, model.Hooks[hook], hook);
                }

                foreach ((string hook, Tensor gradient) in run.Hooks)
                {
                    IsAlone(alone[hook], gradient, row, tokens, model.Hooks[hook], hook);
                }

                foreach ((string parameter, Tensor gradient) in alone.Parameters)
                {
                    for (int i = 0; i < gradient.Shape.Rows; i++)
                    {
                        for (int j = 0; j < gradient.Shape.Width; j++)
                        {
                            sums[parameter].Row(i)[j] += gradient.Row(i)[j];
                        }
                    }
                }
            }

            Assert.All(run.Parameters, pair => Close.Equal(sums[pair.Key], pair.Value, Scaled(sums[pair.Key]), pair.Key));
            Assert.All(unfused.Parameters, pair => Close.Equal(sums[pair.Key], pair.Value, Scaled(sums[pair.Key]), pair.Key));
        }
    }

    [Theory]
    [MemberData(nameof(Causal))]
    public void Generate_PromptsOfDifferentLength_GoOnAsAlone(string name)
    {
        using Model model = Made(name);
        foreach (GenerateOptions options in (GenerateOptions[])[new() { MaxTokens = 40 }, new() { MaxTokens = 40, UseCache = false }, new() { MaxTokens = 7, Temperature = 0.7, Seed = 5 }])
        {
            IReadOnlyList<Generated> together = model.Generate(Sequences, options);
            for (int row = 0; row < Sequences.Length; row++)
            {
                Generated alone = model.Generate([Sequences[row]], options)[0];
                Assert.Equal(Math.Min(options.MaxTokens, model.Config.Context - Sequences[row].Length), together[row].Ids.Count);
                if (options.Temperature == 0 || row == 0)
                {
                    Assert.Equal(alone.Ids, together[row].Ids); // sampling has a stream for each row
                }
            }
        }
    }

    [Fact]
    public void Generate_AnglesThatDependOnTheLength_UsesNoCacheAndSaysSo()
    {
        ModelConfig config = Llama with { DHead = 8, RotaryScaling = new() { Kind = RotaryScalingKind.Dynamic, Factor = 4, OriginalContext = 6 } };
        using Model model = Random(config);
        Generated generated = model.Generate([Sequences[0]], new() { MaxTokens = 5 })[0];
        Assert.False(generated.UsedCache);
        List<int> ids = [.. Sequences[0]];
        for (int step = 0; step < 5; step++)
        {
            using Run run = model.Run(TokenBatch.Of(ids), new RunOptions { Logits = LogitsWanted.Last });
            ids.Add(run.Logits.Row(0).ToArray().Index().MaxBy(pair => pair.Item).Index);
        }

        Assert.Equal(ids[8..], generated.Ids);
    }

    [Fact]
    public void Positions_OfInterventionsAndMetrics_AreThoseInTheSequence()
    {
        using Model model = Made("window");
        TokenBatch tokens = TokenBatch.From(Sequences, new BatchOptions { Padding = PaddingSide.Left });
        foreach (Positions positions in (Positions[])[Positions.At(1, 2), Positions.From(2)])
        {
            Model changed = model.With(Intervention.Scale(Hook.ResidPre(1), 3).At(positions));
            using Run run = changed.Run(tokens);
            for (int row = 0; row < Sequences.Length; row++)
            {
                using Run alone = changed.Run(TokenBatch.Of(Sequences[row]));
                IsAlone(alone.Logits, run.Logits, row, tokens, model.Hooks[Hook.Embed], positions.Name);
                using GradientRun metric = changed.Gradients(tokens, Metric.Logit(3, row, 1), new GradientOptions());
                Assert.Equal(alone.Logits[0, 1, 3], metric.Value, Rounding);
                Assert.Equal(Sequences[row][1], tokens[row, 1]);
            }

            // With a cache a later pass has the new columns alone.
            GenerateOptions options = new() { MaxTokens = 6 };
            Assert.Equal(changed.Generate(Sequences, options).Select(text => text.Ids), changed.Generate(Sequences, options with { UseCache = false }).Select(text => text.Ids));
        }
    }

    [Fact]
    public void Run_PositionsThatCountPadding_AreThoseOfTheColumns()
    {
        using Model model = Made("learned");
        BatchOptions options = new() { Padding = PaddingSide.Left, PositionsCountPadding = true };
        using ModelParameters parameters = model.CopyParameters();
        using Run run = model.Run(TokenBatch.From(Sequences, options), new RunOptions { Capture = Capture.Of(Hook.PosEmbed) });
        Assert.Equal(parameters[ParameterName.Positions].Row(6), run[Hook.PosEmbed].Row(8 + 6));
        using Run counted = model.Run(TokenBatch.From(Sequences, options with { PositionsCountPadding = false }), new RunOptions { Capture = Capture.Of(Hook.PosEmbed) });
        Assert.Equal(parameters[ParameterName.Positions].Row(1), counted[Hook.PosEmbed].Row(8 + 6));
    }

    [Fact]
    public void Run_TokenTypes_AreThoseOfEachToken()
    {
        using Model model = Made("bert");
        using ModelParameters parameters = model.CopyParameters();
        int[][] types = [[0, 0, 0, 1, 1, 1, 1, 1], [1, 0, 1], [0, 1, 1, 1, 0]];
        foreach (PaddingSide side in Enum.GetValues<PaddingSide>())
        {
            TokenBatch tokens = TokenBatch.From(Sequences, new BatchOptions { Padding = side, TokenTypes = types });
            using Run run = model.Run(tokens, new RunOptions { Capture = Capture.Of(Hook.TokenTypeEmbed) });
            for (int row = 0; row < 3; row++)
            {
                for (int position = 0; position < types[row].Length; position++)
                {
                    Assert.Equal(parameters["embed.W_token_type"].Row(types[row][position]), run[Hook.TokenTypeEmbed].Row((row * 8) + tokens.FirstColumns[row] + position));
                }
            }
        }

        Assert.Throws<PellucidException>(() => TokenBatch.From(Sequences, new BatchOptions { TokenTypes = [[0]] }));
        Assert.Throws<PellucidException>(() => model.Run(TokenBatch.From([[1, 2]], new BatchOptions { TokenTypes = [[0, 2]] })));
    }

    private static Model Made(string name) => Random(Networks[name]);

    /// <summary>Parameters large enough that every part of the network matters.</summary>
    private static Model Random(ModelConfig config)
    {
        using ModelParameters parameters = ModelParameters.Random(config, 3);
        foreach (ParameterPoint point in parameters.Table.Points.Where(point => point.Shape.Rank == 2))
        {
            foreach (ref float value in parameters[point.Name].AsSpan())
            {
                value *= 15;
            }
        }

        return parameters.ToModel();
    }

    /// <summary>Of one sequence, all that is not padding.</summary>
    private static void IsAlone(Tensor alone, Tensor together, int row, TokenBatch tokens, HookPoint point, string what)
    {
        (int length, int first) = (Sequences[row].Length, tokens.FirstColumns[row]);
        using Tensor own = together.Slice(0, row, 1);
        Tensor part = own;
        for (int axis = 1; axis < point.Axes.Count; axis++)
        {
            part = point.Axes[axis] is "pos" or "query" or "key" ? part.Slice(axis, first, length) : part;
        }

        Close.Equal(alone, part.Copy(), Scaled(alone), $"{what} of row {row}");
    }

    private static double Scaled(Tensor x) => Rounding * (1 + x.ToArray().Where(float.IsFinite).Max(Math.Abs));
}
