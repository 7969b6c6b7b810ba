using System.Collections.Frozen;
using Pellucid.Models.Folders;
using Pellucid.Models.Generation;
using Pellucid.Models.Networks;
using Pellucid.Models.Registry;
using Pellucid.Models.Runs;
using Pellucid.Models.Sentences;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models;

/// <summary>
/// A network whose every intermediate value has a name. Immutable: experiments are <see cref="Intervention"/>s, and a model
/// composed with them is itself a model. Safe for any number of threads.
/// </summary>
/// <remarks>Owns its parameters; models made by <see cref="With"/> borrow them and need no disposal of their own.</remarks>
public sealed class Model : IDisposable
{
    private readonly bool _ownsWeights;

    internal Model(string name, ModelConfig config, NetworkWeights weights, Tokenizer? tokenizer, string hash)
        : this(name, new NetworkPlan(config), weights, tokenizer, new ModelHash(hash))
    {
    }

    internal Model(string name, NetworkPlan plan, NetworkWeights weights, Tokenizer? tokenizer, ModelHash hash)
    {
        (Name, Plan, Weights, Tokenizer, Identity) = (name, plan, weights, tokenizer, hash);
        InterventionsAt = FrozenDictionary<string, Intervention[]>.Empty;
        _ownsWeights = true;
    }

    private Model(Model model, IReadOnlyList<Intervention> interventions)
    {
        (Name, Plan, Weights, Tokenizer, Identity, Sentences) = (model.Name, model.Plan, model.Weights, model.Tokenizer, model.Identity, model.Sentences);
        Interventions = interventions;
        InterventionsAt = interventions.GroupBy(intervention => intervention.Hook, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
    }

    /// <summary>The name or path under which it was opened.</summary>
    public string Name { get; private set; }

    /// <summary>Its sizes and conventions.</summary>
    public ModelConfig Config => Plan.Config;

    /// <summary>Its tokenizer, where it came with one.</summary>
    public Tokenizer? Tokenizer { get; }

    /// <summary>The text of the chat template that came with its tokenizer; null where there is none.</summary>
    public string? ChatTemplate => Tokenizer?.ChatTemplates.GetValueOrDefault("default");

    /// <summary>
    /// SHA-256 of its checkpoint file; of its facts and parameters where it was made of them or comes from a model folder, so that saving it
    /// changes nothing. Lower-case hexadecimal. A checkpoint file that was opened with rounded weights has a hash of its own: SHA-256 of
    /// the file's followed by <c> weights=bf16</c> or <c> weights=q8</c>. Where the parameters are hashed, they are as they are held; one that holds them as
    /// Q8, whose products round what enters them, shares its hash with none that does not.
    /// </summary>
    public string Hash => Identity.Value;

    /// <summary>How its matrices are held: F32, BF16 or Q8.</summary>
    public DType WeightStorage => Weights.Storage;

    /// <summary>Bytes of memory that its parameters hold as they are stored: matrices are padded to whole panels.</summary>
    public long ParameterBytes => Weights.Named(Plan).Sum(parameter => parameter.Matrix?.Bytes ?? (parameter.Array!.Shape.Count * parameter.Array.DType.Size()));

    /// <summary>The names and shapes of its activations.</summary>
    public HookTable Hooks => Plan.Hooks;

    /// <summary>The names and shapes of its parameters.</summary>
    public ParameterTable Parameters => Plan.Parameters;

    /// <summary>The interventions that are part of this model, in the order in which they are applied.</summary>
    public IReadOnlyList<Intervention> Interventions { get; } = [];

    /// <summary>How <see cref="Embed"/> makes one vector of a text: as its folder says, else the normalized mean.</summary>
    public SentenceOptions Sentences { get; internal init; } = SentenceOptions.Default;

    internal NetworkPlan Plan { get; }

    internal ModelHash Identity { get; }

    internal NetworkWeights Weights { get; }

    internal LayerHookNames[] LayerNames => Plan.LayerNames;

    internal FrozenDictionary<string, Intervention[]> InterventionsAt { get; }

    /// <summary>Opens a model.</summary>
    /// <param name="model">A registry name (<c>stories260k</c>), a model folder, a checkpoint file, or a model of the hub that was pulled (<c>owner/name</c>).</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="PellucidException">There is no such model, or its files are damaged.</exception>
    public static Task<Model> OpenAsync(string model, CancellationToken cancellationToken = default) =>
        OpenAsync(model, new OpenOptions(), cancellationToken);

    /// <summary>Opens a model with its parameters held as asked.</summary>
    /// <param name="model">A registry name (<c>stories260k</c>), a model folder, a checkpoint file, or a model of the hub that was pulled (<c>owner/name</c>).</param>
    /// <param name="options">How its parameters are held.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="PellucidException">There is no such model, its files are damaged, or weights are not held so.</exception>
    public static Task<Model> OpenAsync(string model, OpenOptions options, CancellationToken cancellationToken = default) =>
        Task.Run(() => ModelRegistry.Open(model, options), cancellationToken);

    /// <summary>
    /// Opens a model's tokenizer alone. Of the network no more than a header is read, unless the model is built in or its files stand in no form that this is known of.
    /// </summary>
    /// <param name="model">What <see cref="OpenAsync(string, CancellationToken)"/> takes; or a folder without a network; or a file such as <c>tokenizer.json</c>.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="PellucidException">There is no such model or file, it is damaged, or it has no tokenizer.</exception>
    public static async Task<Tokenizer> OpenTokenizerAsync(string model, CancellationToken cancellationToken = default)
    {
        if (await Task.Run(() => ModelRegistry.OpenTokenizer(model, ModelCache.Default), cancellationToken).ConfigureAwait(false) is { } alone)
        {
            return alone;
        }

        using Model whole = await OpenAsync(model, cancellationToken).ConfigureAwait(false);
        return whole.Tokenizer ?? throw new PellucidException($"Model '{model}' has no tokenizer. Open a model that came with one.");
    }

    /// <summary>
    /// Saves the model as a folder that <see cref="OpenAsync(string, CancellationToken)"/> opens: <c>config.json</c> and <c>model.safetensors</c> in
    /// TransformerLens's layout, and its tokenizer with its chat templates, as the files that it was read from (of a GGUF file, <c>tokenizer.gguf</c>, which has its
    /// metadata; of a <see cref="WordTokenizer"/>, <c>tokenizer.json</c>); a tokenizer of your own class is left out. Opened again, its parameters,
    /// logits and token ids are the same to the bit. Other files in the folder stay.
    /// </summary>
    /// <param name="folder">Where it goes; made if it is not there. Written whole or not at all.</param>
    /// <param name="overwrite">Whether a model that is there is replaced.</param>
    /// <param name="cancellationToken">Stops it and removes what it had begun.</param>
    /// <exception cref="PellucidException">There is a model already, or this one has interventions.</exception>
    /// <exception cref="BadFileException">The folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public Task SaveAsync(string folder, bool overwrite = false, CancellationToken cancellationToken = default) =>
        Task.Run(() => ModelFolder.Save(this, folder, overwrite, cancellationToken), cancellationToken);

    /// <summary>A network of random parameters: for training from scratch, tests and measurements.</summary>
    /// <param name="config">What it is.</param>
    /// <param name="seed">The same config and seed give the same parameters (<see cref="ModelParameters.Random"/>).</param>
    /// <exception cref="PellucidException">No network can be built of these facts.</exception>
    public static Model Random(ModelConfig config, long seed)
    {
        using ModelParameters parameters = ModelParameters.Random(config, seed);
        return parameters.ToModel($"random {config.Architecture}, seed {seed}");
    }

    /// <summary>This model with interventions after those that it already has; shares the parameters.</summary>
    /// <exception cref="HookNotFoundException">An intervention names an activation that the model does not have.</exception>
    /// <exception cref="ShapeException">An intervention does not fit its activation.</exception>
    public Model With(params IEnumerable<Intervention> interventions)
    {
        Intervention[] all = [.. Interventions, .. interventions];
        foreach (Intervention intervention in all)
        {
            intervention.Check(Hooks[intervention.Hook]);
        }

        return new Model(this, all);
    }

    /// <summary>Runs a text, with BOS where the model was trained with it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="capture">The activations to keep; none by default.</param>
    /// <exception cref="PellucidException">The model has no tokenizer, the text is longer than the context, or a hook is unknown.</exception>
    public Run Run(string text, Capture? capture = null) =>
        Run(TokenBatch.Of(Tokenize(text)), new RunOptions { Capture = capture ?? Capture.None });

    /// <summary>Runs token ids as they are.</summary>
    /// <param name="tokens">The sequences.</param>
    /// <param name="options">What to keep and compute; all logits and no activation by default.</param>
    /// <exception cref="PellucidException">An id is outside the vocabulary, a sequence is longer than the context, or a hook is unknown.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public Run Run(TokenBatch tokens, RunOptions? options = null) => Run(tokens, options ?? RunOptions.Default, null, tokens.Positions);

    /// <summary>
    /// Runs token ids as they are in place of an earlier run, with its objects and memory: a loop of such runs allocates nothing on the managed heap.
    /// </summary>
    /// <param name="tokens">The sequences.</param>
    /// <param name="options">What to keep and compute.</param>
    /// <param name="reuse">An earlier run, of any model; a new one when null. What was read from it is void, and must not be used or disposed any more.</param>
    /// <returns>The earlier run, begun anew.</returns>
    /// <exception cref="PellucidException">An id is outside the vocabulary, a sequence is longer than the context, or a hook is unknown.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public Run Run(TokenBatch tokens, RunOptions options, Run? reuse) => Run(tokens, options, null, tokens.Positions, reuse);

    /// <summary>
    /// Runs tokens to a metric and back: the metric's value, and its gradients with respect to activations and parameters. Interventions take
    /// part; a gradient at a hook is that of the activation as the interventions there left it.
    /// </summary>
    /// <param name="tokens">The sequences.</param>
    /// <param name="metric">One number of the run.</param>
    /// <param name="options">With respect to what, and how.</param>
    /// <exception cref="PellucidException">A hook or parameter is unknown, an intervention has no backward, or the tokens do not fit the model.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public GradientRun Gradients(TokenBatch tokens, Metric metric, GradientOptions options) => Gradients(tokens, metric, options, null);

    /// <summary>
    /// Runs tokens to a metric and back in place of an earlier run, with its objects and memory: a loop of such runs allocates nothing on the managed
    /// heap.
    /// </summary>
    /// <param name="tokens">The sequences.</param>
    /// <param name="metric">One number of the run.</param>
    /// <param name="options">With respect to what, and how.</param>
    /// <param name="reuse">An earlier run, of any model; a new one when null. What was read from it is void, and must not be used or disposed any more.</param>
    /// <returns>The earlier run, begun anew.</returns>
    /// <exception cref="PellucidException">A hook or parameter is unknown, an intervention has no backward, or the tokens do not fit the model.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public GradientRun Gradients(TokenBatch tokens, Metric metric, GradientOptions options, GradientRun? reuse)
    {
        CheckGradients(tokens, metric, options);
        LogitsWanted logits = metric.ReadsLogits ? LogitsWanted.All : LogitsWanted.None;
        if (RunMemory.IsInDoubt(this, tokens, options.Capture, logits, options.Recompute ? 1 : Config.Layers))
        {
            RunMemory.Require(tokens, PeakBytes(tokens, metric, options));
        }

        return (reuse ?? new GradientRun()).Execute(this, tokens, metric, options);
    }

    /// <summary>
    /// What a run holds at its peak, in bytes beside the parameters and whatever else is there. Interventions of your own are taken to leave
    /// their activation as it is.
    /// </summary>
    /// <param name="tokens">The sequences.</param>
    /// <param name="options">What to keep and compute; all logits and no activation by default.</param>
    /// <exception cref="PellucidException">The tokens do not fit the model, a hook is unknown, or one array alone is more than there may be.</exception>
    public long PeakBytes(TokenBatch tokens, RunOptions? options = null)
    {
        CheckRun(tokens, options ??= RunOptions.Default, null);
        Model plain = Plannable();
        return ComputeMemory.PeakOf(() => new Run(tokens).Execute(plain, tokens, options, null, tokens.Positions).Dispose());
    }

    /// <summary>What a run to a metric and back holds at its peak, in bytes beside the parameters and whatever else is there.</summary>
    /// <param name="tokens">The sequences.</param>
    /// <param name="metric">One number of the run; one of your own is taken to be a sum of what it reads.</param>
    /// <param name="options">With respect to what, and how.</param>
    /// <exception cref="PellucidException">The tokens do not fit the model, a hook or parameter is unknown, or one array alone is more than there may be.</exception>
    public long PeakBytes(TokenBatch tokens, Metric metric, GradientOptions options)
    {
        CheckGradients(tokens, metric, options);
        Model plain = Plannable();
        return ComputeMemory.PeakOf(() => new GradientRun().Execute(plain, tokens, metric.Plannable(), options).Dispose());
    }

    /// <summary>A copy of the parameters as arrays that can be changed.</summary>
    public ModelParameters CopyParameters() => ModelParameters.Of(Plan, Weights);

    /// <summary>
    /// A text as the model was trained to read it: with BOS in front where it had one, and around a text for a network that attends both ways what its
    /// tokenizer puts there (<c>[CLS]</c> and <c>[SEP]</c>).
    /// </summary>
    /// <exception cref="PellucidException">The model has no tokenizer.</exception>
    public IReadOnlyList<int> Tokenize(string text)
    {
        Tokenizer tokenizer = Tokenizer ?? throw new PellucidException($"Model '{Name}' has no tokenizer. Give token ids instead of text.");
        return Config.BosId is { } bos ? [bos, .. tokenizer.Encode(text)]
            : Config.IsCausal ? tokenizer.Encode(text)
            : tokenizer.Tokenize(text, new EncodeOptions { AddSpecial = true }).Ids;
    }

    /// <summary>
    /// One vector of each text, for similarity and search: the last vectors of its tokens, with what the tokenizer puts around them, pooled. An
    /// encoder such as MiniLM was trained for it; of another network it is what it is.
    /// </summary>
    /// <param name="texts">The texts.</param>
    /// <param name="options">How they are pooled; as the model's files say (<see cref="Sentences"/>) when null.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>For each text, in their order, d_model values.</returns>
    /// <exception cref="PellucidException">The model has no tokenizer, or a text has no tokens.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public float[][] Embed(IReadOnlyList<string> texts, SentenceOptions? options = null, CancellationToken cancellationToken = default) =>
        SentenceEncoder.Embed(this, texts, options ?? Sentences, cancellationToken);

    /// <summary>Continues a text; an empty one starts from BOS.</summary>
    /// <param name="prompt">The text.</param>
    /// <param name="options">Length and sampling; greedy by default.</param>
    /// <exception cref="PellucidException">The model has no tokenizer, or the text is longer than the context.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public Generated Generate(string prompt, GenerateOptions? options = null) => Generate([Tokenize(prompt)], options)[0];

    /// <summary>
    /// Continues several sequences together, each with a random stream of its own. They may differ in length: shorter ones are padded in front, and
    /// go on as they would alone.
    /// </summary>
    /// <param name="prompts">Token ids, as they are.</param>
    /// <param name="options">Length and sampling; greedy by default.</param>
    /// <exception cref="PellucidException">A sequence is empty or longer than the context; an option is outside its range.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public IReadOnlyList<Generated> Generate(IReadOnlyList<IReadOnlyList<int>> prompts, GenerateOptions? options = null) =>
        Generator.Generate(this, prompts, options ?? new GenerateOptions());

    /// <summary>Continues several sequences, which may differ in length, one token at a time, as far as the result is enumerated.</summary>
    /// <param name="prompts">Token ids, as they are.</param>
    /// <param name="options">Length and sampling; greedy by default.</param>
    /// <returns>Each step with the logits that it chose from; ends when every sequence has met a stop token.</returns>
    /// <exception cref="PellucidException">A sequence is empty or longer than the context; an option is outside its range.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public IEnumerable<GenerationStep> GenerateSteps(IReadOnlyList<IReadOnlyList<int>> prompts, GenerateOptions? options = null) =>
        Generator.Steps(this, prompts, options ?? new GenerateOptions());

    /// <summary>Continues a text and gives it piece by piece, as whole characters come; the same text as <see cref="Generate(string, GenerateOptions)"/>.</summary>
    /// <param name="prompt">The text.</param>
    /// <param name="options">Length and sampling; greedy by default.</param>
    /// <returns>A piece for each token and a last one, which says why the text ended. Each is computed when it is asked for.</returns>
    /// <exception cref="PellucidException">The model has no tokenizer, the text is longer than the context, or an option is outside its range.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public IEnumerable<GeneratedPiece> GenerateStream(string prompt, GenerateOptions? options = null) => GenerateStream(Tokenize(prompt), options);

    /// <summary>Continues token ids and gives the text piece by piece, as whole characters come.</summary>
    /// <param name="prompt">Token ids, as they are.</param>
    /// <param name="options">Length and sampling; greedy by default.</param>
    /// <returns>A piece for each token and a last one, which says why the text ended. Each is computed when it is asked for.</returns>
    /// <exception cref="PellucidException">The ids are longer than the context, or an option is outside its range.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public IEnumerable<GeneratedPiece> GenerateStream(IReadOnlyList<int> prompt, GenerateOptions? options = null) =>
        TextGeneration.Pieces(this, prompt, options ?? new GenerateOptions(), skipSpecial: false);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ownsWeights)
        {
            Weights.Dispose();
        }
    }

    /// <summary>Gives it the name that its files were found by; only for who has just opened it.</summary>
    internal Model Called(string name)
    {
        Name = name;
        return this;
    }

    internal Run Run(TokenBatch tokens, RunOptions options, KeyValueCache? cache, int prompt, Run? reuse = null)
    {
        CheckRun(tokens, options, cache);
        if (RunMemory.IsInDoubt(this, tokens, options.Capture, options.Logits, 1))
        {
            RunMemory.Require(tokens, PeakBytes(tokens, options));
        }

        return (reuse ?? new Run(tokens)).Execute(this, tokens, options, cache, prompt);
    }

    /// <summary>This model without what might depend on the values of arrays.</summary>
    private Model Plannable() => new(this, [.. Interventions.Where(intervention => !intervention.IsCustom)]);

    private void CheckRun(TokenBatch tokens, RunOptions options, KeyValueCache? cache)
    {
        CheckTokens(tokens, cache?.Length ?? 0);
        options.Capture.Check(Hooks, tokens);
    }

    private void CheckGradients(TokenBatch tokens, Metric metric, GradientOptions options)
    {
        CheckTokens(tokens, 0);
        if (metric.ReadsLogits && !Config.HasUnembedding) // no message is made where nothing is refused
        {
            Config.RequireLogits($"Metric '{metric.Name}'");
        }

        foreach (string hook in metric.Hooks)
        {
            _ = Hooks[hook];
        }

        options.At.Check(Hooks, tokens);
        options.Capture.Check(Hooks, tokens);
        if (!options.At.IsWhole)
        {
            throw new PellucidException("Gradients with respect to activations are given at every position. Leave out the positions of GradientOptions.At and read those you want.");
        }

        foreach (string name in options.Parameters.Names)
        {
            _ = Parameters[name];
        }
    }

    /// <summary>Refuses tokens that the model cannot run from a position on.</summary>
    /// <exception cref="PellucidException">They go past the context, or an id or a token type is not one of the model's.</exception>
    internal void CheckTokens(TokenBatch tokens, int start)
    {
        int longest = start + tokens.Positions - tokens.LeastBefore;
        if (longest > Config.Context)
        {
            throw new PellucidException(
                $"{longest} tokens are more than the context of model '{Name}', which is {Config.Context}. Shorten the text.");
        }

        if (tokens.MostTypes > Config.TokenTypes)
        {
            throw new PellucidException($"Token type {tokens.MostTypes - 1} is not one of the {Config.TokenTypes} of model '{Name}'. Give types from 0, or none.");
        }

        int outside = tokens.Span.IndexOfAnyExceptInRange(0, Config.Vocabulary - 1);
        if (outside >= 0)
        {
            throw new PellucidException($"Token id {tokens.Span[outside]} is not in the vocabulary of model '{Name}', 0 to {Config.Vocabulary - 1}.");
        }
    }
}
