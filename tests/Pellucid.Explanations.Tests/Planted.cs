using Pellucid.Activations;
using Pellucid.Models;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Explanations.Tests;

/// <summary>
/// A model in which the meaning of a unit is known: component 0 of its embeddings is overwritten with 5 on token B after A, 2 on B after C,
/// component 1 with 4 on B wherever A stands two before it, component 2 with 0. Harvested once for all tests.
/// </summary>
public sealed class Planted : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("planted").FullName;
    private readonly Model _base;

    public Planted()
    {
        _base = Model.OpenAsync("stories260k").GetAwaiter().GetResult();
        CorpusTokens plain = new(TokenSequences.Of(_base, Corpus.BuiltIn.Range(0, 40)).Select(sequence => sequence.Ids.Skip(1).ToArray()));
        B = plain.Counts.OrderByDescending(pair => pair.Value).Select(pair => pair.Key).First(token => plain.Before(token)[0].Count < plain.Count(token) / 4);
        (A, C) = (plain.Before(B)[0].Token, plain.Before(B)[1].Token);
        Model = _base.With(Intervention.Custom(Hook.Embed, "planted", Plant));
        Training = Harvest("training", Corpus.BuiltIn.Range(0, 40));
        HeldOut = Harvest("held-out", Corpus.BuiltIn.Range(900, 25));
        Tokens = CorpusTokens.Of(Training);
        Units = new SelectedUnits(Training.Neurons, [0, 1, 2]);
        Population = Population.Gather("planted", Units, Training, HeldOut);
    }

    public int A { get; }

    public int B { get; }

    public int C { get; }

    public Model Model { get; }

    public ActivationStore Training { get; }

    public ActivationStore HeldOut { get; }

    public CorpusTokens Tokens { get; }

    public IUnits Units { get; }

    public Population Population { get; }

    public PatternExplainer Explainer => new(Model, Units, Tokens);

    public TokenTableExplainer Table => new(Model.Tokenizer);

    public UnitRecord Record(int unit) => UnitRecord.Read(Training, Units, Population.TrainingSummary, unit);

    public SealedTest Test(int unit) => SealedTest.Of(HeldOut, Units, Population.HeldOutSummary, [unit])[0];

    public void Dispose()
    {
        Training.Dispose();
        HeldOut.Dispose();
        _base.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A store of the plain model with the planted values written into its shards, as the planted model would have given them.</summary>
    private ActivationStore Harvest(string name, Corpus corpus)
    {
        string folder = Path.Combine(_folder, name);
        HarvestOptions options = new() { Hook = Hook.Embed, Tokens = long.MaxValue };
        using (ActivationStore plain = Harvester.HarvestAsync(_base, corpus, folder, options).GetAwaiter().GetResult())
        {
            for (int shard = 0; shard < plain.Shards; shard++)
            {
                using StoreShard rows = plain.ReadShard(shard);
                foreach ((_, int first, int count) in rows.BySequence())
                {
                    int[] tokens = rows.Tokens.AsSpan<int>().Slice(first, count).ToArray();
                    for (int at = 0; at < count; at++)
                    {
                        Plant(rows.Activations.Row(first + at), back => at < back ? -1 : tokens[at - back]);
                    }
                }

                SafetensorsFile.Write(
                    Path.Combine(folder, $"planted-{shard:D5}.safetensors"),
                    [new("activations", rows.Activations), new("tokens", rows.Tokens), new("sequences", rows.Sequences), new("positions", rows.Positions)]);
            }
        }

        foreach (string file in Directory.GetFiles(folder, "planted-*"))
        {
            File.Move(file, Path.Combine(folder, Path.GetFileName(file).Replace("planted-", "shard-", StringComparison.Ordinal)), overwrite: true);
        }

        return ActivationStore.Open(folder);
    }

    private Tensor Plant(Ops ops, Tensor x, HookContext context)
    {
        Tensor planted = ops.Own(x.Copy());
        for (int row = 0; row < planted.Shape.Rows; row++)
        {
            (int item, int position) = (row / context.Tokens.Positions, row % context.Tokens.Positions);
            Plant(planted.Row(row), back => position < back ? -1 : context.Tokens[item, position - back]);
        }

        return planted;
    }

    private void Plant(Span<float> row, Func<int, int> back)
    {
        bool isB = back(0) == B;
        row[0] = isB && back(1) == A ? 5 : isB && back(1) == C ? 2 : 0;
        row[1] = isB && back(2) == A ? 4 : 0;
        row[2] = 0;
    }
}
