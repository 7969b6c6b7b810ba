using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Pellucid.Activations;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.Cli.Frame;

/// <summary>Arguments and options of the kinds that verbs share, with one wording for a malformed value.</summary>
internal static class Values
{
    /// <summary>The MODEL argument.</summary>
    internal static Argument<string> Model() => new("MODEL") { Description = "A registry name (stories260k), owner/name as it was pulled from the hub, a folder or a checkpoint file." };

    /// <summary>The CORPUS argument.</summary>
    internal static Argument<string> Corpus() => new("CORPUS")
    {
        Description = "tinystories, a text file, a folder of them, a .jsonl or .json file, or self:N[:SEED] for N texts sampled from the model.",
    };

    /// <summary>The STORE argument.</summary>
    internal static Argument<string> Store() => Named("STORE", "Folder that 'pellucid harvest' wrote.");

    /// <summary>The DICT argument.</summary>
    internal static Argument<string> DictionaryFolder() => Named("DICT", "Folder of a dictionary in the SAELens layout.");

    /// <summary>The <c>--documents</c> option.</summary>
    /// <param name="fallback">What is read where the option is not given, as a user writes it.</param>
    internal static Option<Documents?> DocumentsToRead(string fallback) => Parsed<Documents?>(
        "--documents", "PART", $"train (the first nine tenths), held-out (the last tenth) or all; {fallback} by default.", null, "train, held-out or all", text => text switch
        {
            "train" => (true, Documents.Train),
            "held-out" => (true, Documents.HeldOut),
            "all" => (true, Documents.All),
            _ => (false, null),
        });

    /// <summary>The documents that were asked for.</summary>
    internal static Corpus Choose(Corpus corpus, Documents documents) => documents switch
    {
        Documents.Train => corpus.TrainingPart(),
        Documents.HeldOut => corpus.HeldOutPart(),
        _ => corpus,
    };

    /// <summary>An argument that must not be empty.</summary>
    internal static Argument<string> Named(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result => ParseOne(result, name, "a name", text => (text.Trim().Length > 0, text)),
    };

    /// <summary>A whole number.</summary>
    internal static Option<int> Integer(string name, string description, int fallback, int least = 0) =>
        Parsed(name, "N", description, fallback, $"a whole number of at least {least}", text =>
            (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= least, value));

    /// <summary>The <c>--seed</c> option.</summary>
    internal static Option<long> Seed(long fallback = 0) =>
        Parsed("--seed", "S", "Seed of everything that is drawn.", fallback, "a whole number", text =>
            (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value), value));

    /// <summary>The <c>--weights</c> option.</summary>
    internal static Option<OpenOptions?> Weights() => Parsed<OpenOptions?>(
        "--weights", "TYPE", "How matrices are held: f32; bf16, rounded, in half the memory; q8, bytes with a scale for each 32, in less than a third; f32 by default.", null, "f32, bf16 or q8", text => text switch
        {
            "f32" => (true, new OpenOptions()),
            "bf16" => (true, new OpenOptions { WeightStorage = DType.BF16 }),
            "q8" => (true, new OpenOptions { WeightStorage = DType.Q8 }),
            _ => (false, null),
        });

    /// <summary>A number of things in words: <c>1 token</c>, <c>2 tokens</c>.</summary>
    internal static string Count(int number, string thing) => number == 1 ? $"1 {thing}" : string.Create(CultureInfo.InvariantCulture, $"{number} {thing}s");

    /// <summary>Token ids with commas between.</summary>
    internal static Option<int[]?> Ids(string name, string description) => Parsed<int[]?>(name, "1,2,3", description, null, "token ids such as 1,403,7", text =>
    {
        string[] parts = text.Split(',');
        int[] ids = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out ids[i]))
            {
                return (false, null);
            }
        }

        return (true, ids);
    });

    /// <summary>The <c>--process</c> option.</summary>
    internal static Option<WeightProcessing?> Processing() => Parsed<WeightProcessing?>(
        "--process", "STEPS", "Make the parameters easier to read without changing what the model computes: fold-norms, center-writing, center-unembedding, fold-value-biases, commas between; or standard, for those that hold of the model.",
        null, "standard, or steps such as fold-norms,center-writing", text => (WeightProcessing.TryParse(text, out WeightProcessing steps), steps));

    /// <summary>A number within bounds, both included.</summary>
    internal static Option<double> Number(string name, string description, double fallback, double least, double most = double.MaxValue) =>
        Parsed(name, "X", description, fallback, most == double.MaxValue ? $"a number of at least {least}" : $"a number from {least} to {most}", text =>
            (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= least && value <= most, value));

    /// <summary>An option whose text is parsed by a function.</summary>
    /// <param name="name">Its name, with the dashes.</param>
    /// <param name="shown">How its value is called in the help.</param>
    /// <param name="description">What it does.</param>
    /// <param name="fallback">Its value when it is not given.</param>
    /// <param name="expected">What a good value is, to follow "is not".</param>
    /// <param name="parse">Whether a text is good, and its value.</param>
    internal static Option<T> Parsed<T>(string name, string shown, string description, T fallback, string expected, Func<string, (bool Good, T Value)> parse) =>
        new(name)
        {
            HelpName = shown,
            Description = description,
            DefaultValueFactory = _ => fallback,
            CustomParser = result => ParseOne(result, name, expected, parse),
        };

    /// <summary>Parses the last text of a result, or adds the error that says what was expected.</summary>
    internal static T ParseOne<T>(ArgumentResult result, string name, string expected, Func<string, (bool Good, T Value)> parse)
    {
        string text = result.Tokens[^1].Value;
        (bool good, T value) = parse(text);
        if (!good)
        {
            result.AddError($"{name} '{text}' is not {expected}.");
        }

        return value;
    }
}
