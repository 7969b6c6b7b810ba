// Neuron to graph: Foote et al. 2023, arXiv:2305.19911.
//   pivot      the strongest tokens of the strongest training records
//   prune      the shortest suffix that ends at the pivot and keeps at least half of the activation, run behind BOS
//   augment    each token of it replaced by substitutes; those that keep half are alternatives; a context token whose
//              replacement costs less than a quarter on average becomes a wildcard
//   merge      into a trie read backward from the pivot
// Departures: substitutes come from the corpus's own bigrams instead of a second language model; the pivots that were found are also
// probed in contexts of the corpus; a path's value is not one example's activation but the mean over probes and training
// records, interpolated with that of the shorter path, so that a context never seen falls back on what it ends with.
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.Explanations;

/// <summary>One search for the patterns of one unit. For one thread.</summary>
internal sealed class PatternSearch(UnitRecord record, Probes probes, CorpusTokens corpus, PatternOptions options, Tokenizer? tokenizer)
{
    private const double Silent = 0.05;

    private readonly List<Observation> _observations = [];
    private readonly PatternTrie _trie = new();
    private readonly SeededRandom _random = new(options.Seed, record.Unit);
    private readonly float _max = (float)record.Max;

    internal PatternExplanation Explain()
    {
        if (_max <= 0)
        {
            return new PatternExplanation { Text = "never active in the training records", Nodes = [new PatternNode(-1, PatternTrie.Any, 0, 0)] };
        }

        ObserveRecords();
        AugmentAll([.. Pivots().Select(Prune)]);
        ProbeCorpus();
        InsertSuffixes();
        PatternFit fit = new(_trie, _observations);
        (int depth, float[] values) = fit.Best();
        PatternNode[] nodes = Condense(depth, values, fit);
        return new PatternExplanation { Text = PatternText.Of(nodes, _max, tokenizer), Nodes = nodes };
    }

    private void ObserveRecords()
    {
        for (int i = 0; i < record.Train.Count; i++)
        {
            int[] tokens = [.. record.Train[i].Tokens];
            for (int at = 0; at < tokens.Length; at++)
            {
                _observations.Add(new Observation(tokens, at, Math.Max(0, record.Train[i].Activations[at]), i % PatternFit.Folds, false));
            }
        }
    }

    /// <summary>The strongest places, no two with the same token and the same token before it.</summary>
    private IEnumerable<Observation> Pivots() => _observations
        .Where(one => !one.IsProbe && one.Value > Silent * _max)
        .OrderByDescending(one => one.Value)
        .DistinctBy(one => (one.Tokens[one.At], one.At > 0 ? one.Tokens[one.At - 1] : -1))
        .Take(options.Pivots)
        .ToArray();

    private Observation Prune(Observation pivot)
    {
        int longest = Math.Min(options.Context, pivot.At + 1);
        int[][] suffixes = [.. Enumerable.Range(1, longest).Select(length => pivot.Tokens[(pivot.At + 1 - length)..(pivot.At + 1)])];
        float[] values = Probe(suffixes, pivot.Fold);
        int enough = Array.FindIndex(values, value => value >= options.Keep * pivot.Value);
        int kept = enough < 0 ? longest - 1 : enough;
        return new Observation(suffixes[kept], kept, values[kept], pivot.Fold, true);
    }

    private void AugmentAll(Observation[] pruned)
    {
        List<(int Context, int Place, int[] Text)> changed = [];
        for (int context = 0; context < pruned.Length; context++)
        {
            for (int place = 0; place < pruned[context].Tokens.Length; place++)
            {
                foreach (int substitute in Substitutes(pruned[context].Tokens, place))
                {
                    int[] text = [.. pruned[context].Tokens];
                    text[place] = substitute;
                    changed.Add((context, place, text));
                }
            }
        }

        float[] values = probes.Run([.. changed.Select(one => one.Text)]);
        foreach (IGrouping<int, (int Context, int Place, int[] Text, float Value)> group in changed
            .Select((one, i) => (one.Context, one.Place, one.Text, values[i])).GroupBy(one => one.Context))
        {
            Merge(pruned[group.Key], [.. group]);
        }
    }

    private void Merge(Observation context, (int Context, int Place, int[] Text, float Value)[] changed)
    {
        bool[] matters =
        [
            .. Enumerable.Range(0, context.Tokens.Length)
                .Select(place => place == context.At || Importance(context, place, changed) >= options.Importance),
        ];
        Insert(context.Tokens, matters);
        foreach ((_, int place, int[] text, float value) in changed)
        {
            _observations.Add(new Observation(text, context.At, value, context.Fold, true));
            if (matters[place] && value >= options.Keep * context.Value)
            {
                Insert(text, matters);
            }
        }
    }

    private static double Importance(Observation context, int place, (int Context, int Place, int[] Text, float Value)[] changed)
    {
        float[] values = [.. changed.Where(one => one.Place == place).Select(one => one.Value)];
        return values.Length == 0 || context.Value <= 0 ? 1 : 1 - (values.Average() / context.Value);
    }

    private IEnumerable<int> Substitutes(int[] tokens, int place)
    {
        bool isPivot = place == tokens.Length - 1;
        IEnumerable<(int Token, int Count)> likely = !isPivot ? corpus.Before(tokens[place + 1]) : place > 0 ? corpus.After(tokens[place - 1])
            : corpus.Counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value));
        return likely.Select(pair => pair.Token).Where(token => token != tokens[place]).Take(options.Substitutes);
    }

    /// <summary>Tokens that activate the unit, in contexts of the corpus: each after the tokens that most often precede it.</summary>
    private void ProbeCorpus()
    {
        (int Token, float Mean)[] pivots =
        [
            .. _observations.GroupBy(one => one.Tokens[one.At]).Select(group => (Token: group.Key, Mean: group.Max(one => one.Value)))
                .Where(pair => pair.Mean > Silent * _max).OrderByDescending(pair => pair.Mean).ThenBy(pair => pair.Token),
        ];
        double total = pivots.Sum(pair => pair.Mean);
        List<int[]> texts = [];
        foreach ((int token, float mean) in pivots)
        {
            int share = (int)Math.Ceiling(options.CorpusContexts * mean / total);
            foreach ((int before, _) in corpus.Before(token).Take(Math.Min(share, options.CorpusContexts - texts.Count)))
            {
                texts.Add(corpus.Context(before, token, _random.NextInt(int.MaxValue), options.Context));
            }
        }

        float[] values = probes.Run(texts);
        for (int i = 0; i < values.Length; i++)
        {
            _observations.Add(new Observation(texts[i], texts[i].Length - 1, values[i], i % PatternFit.Folds, true));
        }
    }

    /// <summary>A path for every suffix that was seen, as deep as is useful: one token where the token never activates the unit.</summary>
    private void InsertSuffixes()
    {
        HashSet<int> active = [.. _observations.Where(one => one.Value > Silent * _max).Select(one => one.Tokens[one.At])];
        foreach (Observation one in _observations)
        {
            int node = 0, depth = active.Contains(one.Tokens[one.At]) ? options.Depth : 1;
            for (int back = 0; back < depth && one.At - back >= 0; back++)
            {
                node = _trie.Add(node, one.Tokens[one.At - back]);
            }
        }
    }

    private void Insert(int[] tokens, bool[] matters)
    {
        int node = 0, first = Math.Max(Array.IndexOf(matters, true), tokens.Length - options.Depth);
        while (!matters[first])
        {
            first++;
        }

        for (int place = tokens.Length - 1; place >= first; place--)
        {
            node = _trie.Add(node, matters[place] ? tokens[place] : PatternTrie.Any);
        }
    }

    private float[] Probe(int[][] texts, int fold)
    {
        float[] values = probes.Run(texts);
        for (int i = 0; i < texts.Length; i++)
        {
            _observations.Add(new Observation(texts[i], texts[i].Length - 1, values[i], fold, true));
        }

        return values;
    }

    /// <summary>The nodes that say something else than the shorter path does, as many as are allowed, those that matter most first.</summary>
    private PatternNode[] Condense(int depth, float[] values, PatternFit fit)
    {
        bool[] kept = new bool[_trie.Count];
        kept[0] = true;
        IEnumerable<int> telling = Enumerable.Range(1, _trie.Count - 1)
            .Where(node => _trie.DepthOf(node) <= depth && _trie.Token(node) != PatternTrie.Any)
            .Where(node => Math.Abs(values[node] - values[_trie.Parent(node)]) > 0.02 * _max)
            .OrderByDescending(node => Math.Abs(values[node] - values[_trie.Parent(node)]) * Math.Sqrt(fit.Support(node))).ThenBy(node => node);
        int left = options.Nodes;
        foreach (int node in telling)
        {
            int missing = 0;
            for (int above = node; !kept[above]; above = _trie.Parent(above))
            {
                missing++;
            }

            for (int above = node; missing <= left && !kept[above]; above = _trie.Parent(above), left--)
            {
                kept[above] = true;
            }
        }

        int[] index = new int[_trie.Count];
        List<PatternNode> nodes = [];
        for (int node = 0; node < kept.Length; node++)
        {
            if (kept[node])
            {
                index[node] = nodes.Count;
                nodes.Add(new PatternNode(node == 0 ? -1 : index[_trie.Parent(node)], _trie.Token(node), values[node], fit.Support(node)));
            }
        }

        return [.. nodes];
    }
}
