// Edge patching (Goldowsky-Dill et al. 2023, path patching, arXiv:2304.05969; Syed et al. 2023, arXiv:2310.10348). Without norms each input
// of a part is linear in what the nodes before it wrote, so an edge can be patched alone: the target's input is made anew of the sum of
// what each node wrote, the patched ones' taken from the other run, all others' as they are in this run. Each row of a batch has its own
// pair of inputs and its own patched edges.
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.GroundTruth.Circuits;

/// <summary>Runs a network with edges patched. Safe for one thread; borrows the model.</summary>
internal sealed class EdgePatcher
{
    private readonly Model _model;
    private readonly ModelConfig _config;
    private readonly string[] _nodes;
    private readonly Dictionary<string, int> _numbers;
    private readonly Dictionary<string, (int From, int To, float Value)[]> _weights = [];

    internal EdgePatcher(Model model, IReadOnlyList<string> nodes)
    {
        (_model, _config, _nodes) = (model, model.Config, [.. nodes]);
        _numbers = _nodes.Index().ToDictionary(node => node.Item, node => node.Index, StringComparer.Ordinal);
        if (_config.Norm != NormKind.None)
        {
            throw new PellucidException($"Edges are patched one by one in a network without norms; '{model.Name}' has norms of kind {_config.Norm}.");
        }

        using ModelParameters parameters = model.CopyParameters();
        foreach (ParameterPoint point in parameters.Table.Points.Where(point => point.Shape.Rank == 2))
        {
            int columns = point.Shape[1];
            float[] values = parameters[point.Name].AsSpan().ToArray();
            _weights[point.Name] = [.. values.Index().Where(entry => entry.Item != 0).Select(entry => (entry.Index / columns, entry.Index % columns, entry.Item))];
        }
    }

    /// <summary>Runs inputs.</summary>
    /// <param name="embeddings">The input node of each row, [position · d_model].</param>
    /// <param name="positions">Positions of a row.</param>
    /// <param name="other">What the nodes wrote in the run that patched edges carry; null where nothing is patched.</param>
    /// <param name="isPatched">Whether an edge of a row is patched: row, source node, target input.</param>
    internal NodeOutputs Run(float[][] embeddings, int positions, NodeOutputs? other = null, Func<int, int, string, bool>? isPatched = null)
    {
        var pass = new Pass(this, embeddings, positions, other, isPatched);
        TokenBatch batch = TokenBatch.From([.. embeddings.Select(_ => new int[positions])]);
        using Run run = _model.With(pass.Interventions()).Run(batch);
        pass.Outputs.Logits = run.Logits.AsSpan().ToArray();
        return pass.Outputs;
    }

    /// <summary>One run: what its nodes wrote so far, and the interventions that patch it.</summary>
    private sealed class Pass(EdgePatcher patcher, float[][] embeddings, int positions, NodeOutputs? other, Func<int, int, string, bool>? isPatched)
    {
        private readonly int _width = patcher._config.DModel;

        internal NodeOutputs Outputs { get; } = new(patcher._nodes.Length, embeddings.Length, positions, patcher._config.DModel, patcher._config.Outputs);

        internal IEnumerable<Intervention> Interventions()
        {
            yield return Intervention.Custom(Hook.Embed, "input", (ops, x, _) => Input(ops, x));
            yield return Intervention.Zero(Hook.PosEmbed);
            for (int layer = 0; layer < patcher._config.Layers; layer++)
            {
                int l = layer;
                yield return Intervention.Custom(Hook.Q(l), "edges", (ops, x, _) => Heads(ops, x, l, "<q>", "W_Q"));
                yield return Intervention.Custom(Hook.K(l), "edges", (ops, x, _) => Heads(ops, x, l, "<k>", "W_K"));
                yield return Intervention.Custom(Hook.V(l), "edges", (ops, x, _) => Heads(ops, x, l, "<v>", "W_V"));
                yield return Intervention.Custom(Hook.Result(l), "record", (_, x, _) => Written(x, l));
                yield return Intervention.Custom(Hook.MlpPre(l), "edges", (ops, x, _) => Neurons(ops, x, l));
                yield return Intervention.Custom(Hook.MlpOut(l), "record", (_, x, _) => MlpWritten(x, l));
            }

            yield return Intervention.Custom(Hook.ResidPost(patcher._config.Layers - 1), "edges", (ops, x, _) => Last(ops, x));
        }

        private Tensor Input(Ops ops, Tensor x)
        {
            float[] all = [.. embeddings.SelectMany(row => row)];
            all.CopyTo(Outputs.Of(0).AsSpan());
            return ops.Own(Tensor.From(all, x.Shape));
        }

        private Tensor Written(Tensor x, int layer)
        {
            ReadOnlySpan<float> values = x.AsSpan();
            int heads = patcher._config.Heads;
            for (int head = 0; head < heads; head++)
            {
                if (!patcher._numbers.TryGetValue($"a{layer}.h{head}", out int node))
                {
                    continue;
                }

                float[] written = Outputs.Of(node);
                for (int place = 0; place < embeddings.Length * positions; place++)
                {
                    values.Slice(((place * heads) + head) * _width, _width).CopyTo(written.AsSpan(place * _width));
                }
            }

            return x;
        }

        private Tensor MlpWritten(Tensor x, int layer)
        {
            if (patcher._numbers.TryGetValue($"m{layer}", out int node))
            {
                x.AsSpan().CopyTo(Outputs.Of(node));
            }

            return x;
        }

        private Tensor Heads(Ops ops, Tensor x, int layer, string input, string matrix)
        {
            (int heads, int size) = (patcher._config.Heads, patcher._config.DHead);
            float[]? changed = null;
            for (int head = 0; head < heads; head++)
            {
                int first = head * size;
                Patch($"a{layer}.h{head}", $"a{layer}.h{head}{input}", (place, read) =>
                {
                    changed ??= x.AsSpan().ToArray();
                    Product($"blocks.{layer}.attn.{matrix}", read, changed.AsSpan(place * heads * size, heads * size), first, first + size);
                });
            }

            return changed is null ? x : ops.Own(Tensor.From(changed, x.Shape));
        }

        private Tensor Neurons(Ops ops, Tensor x, int layer)
        {
            int size = patcher._config.DMlp;
            float[]? changed = null;
            Patch($"m{layer}", $"m{layer}", (place, read) =>
            {
                changed ??= x.AsSpan().ToArray();
                Product($"blocks.{layer}.mlp.W_in", read, changed.AsSpan(place * size, size), 0, size);
            });
            return changed is null ? x : ops.Own(Tensor.From(changed, x.Shape));
        }

        private Tensor Last(Ops ops, Tensor x)
        {
            float[]? changed = null;
            Patch("logits", "logits", (place, read) =>
            {
                changed ??= x.AsSpan().ToArray();
                read.CopyTo(changed.AsSpan(place * _width, _width));
            });
            return changed is null ? x : ops.Own(Tensor.From(changed, x.Shape));
        }

        /// <summary>
        /// Makes the residual stream that a target reads, at each position of the rows where one of its edges is patched.
        /// </summary>
        private void Patch(string node, string target, Action<int, float[]> use)
        {
            if (isPatched is null || !patcher._numbers.TryGetValue(node, out int number))
            {
                return;
            }

            int[] before = [.. Enumerable.Range(0, number).Where(source => Circuit.IsBefore(patcher._nodes[source], node))];
            float[] read = new float[_width];
            for (int row = 0; row < embeddings.Length; row++)
            {
                bool[] patched = [.. before.Select(source => isPatched(row, source, target))];
                for (int position = 0; position < positions && patched.Contains(true); position++)
                {
                    int place = (row * positions) + position;
                    Array.Clear(read);
                    foreach ((int i, int source) in before.Index())
                    {
                        float[] written = (patched[i] ? other! : Outputs).Of(source);
                        for (int d = 0; d < read.Length; d++)
                        {
                            read[d] += written[(place * _width) + d];
                        }
                    }

                    use(place, read);
                }
            }
        }

        private void Product(string matrix, float[] read, Span<float> result, int first, int end)
        {
            result[first..end].Clear();
            foreach ((int from, int to, float value) in patcher._weights[matrix])
            {
                if (to >= first && to < end)
                {
                    result[to] += read[from] * value;
                }
            }
        }
    }
}
