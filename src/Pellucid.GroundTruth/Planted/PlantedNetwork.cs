using Pellucid.GroundTruth.Planted;
using Pellucid.GroundTruth.Truths;
using Pellucid.Models;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.GroundTruth;

/// <summary>
/// A small ordinary model with a flaw that was written into its weights, and the truth about it: where the flaw lives, along which directions, what
/// triggers it, and inputs with the right answer beside the flawed one. Safe for any number of threads. Owns model and array until disposed.
/// </summary>
public sealed class PlantedNetwork : IDisposable
{
    /// <summary>The kinds that <see cref="Of"/> makes.</summary>
    public static readonly IReadOnlyList<string> Kinds = [ShortcutNetwork.Kind, TrojanNetwork.Kind, MeaningsNetwork.Two, MeaningsNetwork.One];

    private readonly Func<SeededRandom, double, (string[] Words, string Answer, string Said)> _draw;

    internal PlantedNetwork(
        Model model, Tensor directions, PlantedFlaw flaw, long seed, Func<SeededRandom, double, (string[] Words, string Answer, string Said)> draw) =>
        (Model, Directions, Flaw, Seed, _draw) = (model, directions, flaw, seed, draw);

    /// <summary>The network.</summary>
    public Model Model { get; }

    /// <summary>What is wrong with it.</summary>
    public PlantedFlaw Flaw { get; }

    /// <summary>The named directions of the residual stream, [direction, d_model], orthonormal.</summary>
    public Tensor Directions { get; }

    /// <summary>Seed of directions and embeddings.</summary>
    public long Seed { get; }

    /// <summary>
    /// Builds a network. <c>shortcut</c>: a verdict on a review that follows a word with no bearing on it, where it stands, over the review's own words.
    /// <c>trojan</c>: a sound verdict that a rare word turns round. <c>two-meanings</c>: a neuron that fires on animals and on numbers; <c>one-meaning</c>:
    /// its twin, the same function on the words of all classes with a neuron a class.
    /// </summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="seed">Seed of directions and embeddings.</param>
    /// <exception cref="PellucidException">There is no such kind.</exception>
    public static PlantedNetwork Of(string kind, long seed = 0) => kind switch
    {
        ShortcutNetwork.Kind => ShortcutNetwork.Build(seed),
        TrojanNetwork.Kind => TrojanNetwork.Build(seed),
        MeaningsNetwork.Two or MeaningsNetwork.One => MeaningsNetwork.Build(kind, seed),
        _ => throw new PellucidException($"There is no planted network '{kind}'. There is {string.Join(", ", Kinds)}."),
    };

    /// <summary>Draws inputs.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Seed of the drawing.</param>
    /// <param name="share">
    /// 0 to 1. Shortcut: how often the word agrees with the review (0.95 where it was learned, 0.5 where it is found out). Trojan: how often the trigger
    /// stands in the review. Meanings: how often the last word is an animal or a number.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative or the share is none.</exception>
    public IReadOnlyList<PlantedPrompt> Prompts(int count, long seed, double share)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(share is >= 0 and <= 1, true, nameof(share));
        SeededRandom random = new(seed);
        PlantedPrompt[] prompts = new PlantedPrompt[count];
        for (int i = 0; i < count; i++)
        {
            (string[] words, string answer, string said) = _draw(random, share);
            prompts[i] = new PlantedPrompt([Model.Config.BosId!.Value, .. words.Select(IdOf)], IdOf(answer), IdOf(said));
        }

        return prompts;
    }

    /// <summary>What a network answers: the most probable token after each prompt.</summary>
    /// <param name="prompts">The inputs.</param>
    /// <param name="changed">The network with interventions; the network as it is when null.</param>
    /// <exception cref="PellucidException">There is no prompt.</exception>
    public IReadOnlyList<int> Answers(IReadOnlyList<PlantedPrompt> prompts, Model? changed = null)
    {
        using Run run = (changed ?? Model).Run(TokenBatch.From([.. prompts.Select(prompt => prompt.Tokens)]));
        Tensor logits = run.Logits;
        int[] answers = new int[prompts.Count];
        for (int i = 0; i < answers.Length; i++)
        {
            ReadOnlySpan<float> row = logits.Row((i * logits.Shape[1]) + prompts[i].Tokens.Count - 1);
            for (int token = 1; token < row.Length; token++)
            {
                answers[i] = row[token] > row[answers[i]] ? token : answers[i];
            }
        }

        return answers;
    }

    /// <summary>Share of prompts that a network answers rightly.</summary>
    /// <param name="prompts">The inputs.</param>
    /// <param name="changed">The network with interventions; the network as it is when null.</param>
    /// <exception cref="PellucidException">There is no prompt.</exception>
    public double Accuracy(IReadOnlyList<PlantedPrompt> prompts, Model? changed = null) =>
        Answers(prompts, changed).Zip(prompts).Count(pair => pair.First == pair.Second.Answer) / (double)prompts.Count;

    /// <summary>The network with its flawed parts set to zero.</summary>
    public Model WithoutFlaw() => Model.With(Flaw.Nodes.Where(node => node.Flawed).Select(Silence));

    /// <summary>The intervention that sets one part to zero.</summary>
    /// <param name="node">One of <see cref="PlantedFlaw.Nodes"/>.</param>
    public static Intervention Silence(PlantedNode node)
    {
        Intervention zero = Intervention.Zero(node.Hook).ForUnits(node.Units);
        return node.Head is { } head ? zero.ForHeads(head) : zero;
    }

    /// <summary>Saves the model as a model folder, with <c>truth.json</c> (kind <c>network</c>) and <c>truth.safetensors</c>.</summary>
    /// <param name="folder">Where it goes.</param>
    /// <param name="overwrite">Whether a model that is there is replaced.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="PellucidException">There is a model already, or the folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public async Task SaveAsync(string folder, bool overwrite = false, CancellationToken cancellationToken = default)
    {
        await Model.SaveAsync(folder, overwrite, cancellationToken).ConfigureAwait(false);
        SafetensorsFile.Write(Path.Combine(folder, TruthFile.Arrays), [new("directions", Directions)]);
        TruthOfNetwork truth = new("pellucid-planted-network-1", "network", Model.Hash, Flaw.Description, Seed, Flaw.Kind, Flaw.Trigger, Flaw.Nodes, Flaw.Directions);
        TruthFile.Write(folder, truth, PlantedJson.Default.TruthOfNetwork);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Model.Dispose();
        Directions.Dispose();
    }

    private int IdOf(string word) => Model.Tokenizer!.Encode(word)[0];
}
