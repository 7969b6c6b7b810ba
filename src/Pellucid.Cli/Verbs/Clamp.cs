using System.CommandLine;
using System.Globalization;
using Pellucid.Cli.Frame;
using Pellucid.Dictionaries;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.Cli.Verbs;

/// <summary>One <c>--clamp DICT:LATENT=MULTIPLE</c>.</summary>
/// <param name="Dictionary">Folder of the dictionary.</param>
/// <param name="Latent">Index of the latent.</param>
/// <param name="Multiple">Multiple of the latent's maximum at which it is held; also negative.</param>
internal sealed record Clamp(string Dictionary, int Latent, float Multiple)
{
    private const string Expected = "DICT:LATENT=MULTIPLE, such as out/dictionary:312=4";

    /// <summary>The option itself; it may be given several times.</summary>
    internal static Option<Clamp[]> Option() => new("--clamp")
    {
        HelpName = "DICT:LATENT=MULTIPLE",
        Description = "Hold a latent of a dictionary at a multiple of its maximum, at every position but BOS; may be given again.",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = _ => [],
        CustomParser = result =>
        {
            List<Clamp> clamps = [];
            foreach (System.CommandLine.Parsing.Token token in result.Tokens)
            {
                if (Parse(token.Value) is { } clamp)
                {
                    clamps.Add(clamp);
                }
                else
                {
                    result.AddError($"--clamp '{token.Value}' is not {Expected}.");
                }
            }

            return [.. clamps];
        },
    };

    /// <summary>The interventions that clamps stand for.</summary>
    /// <exception cref="PellucidException">A dictionary cannot be opened, or does not fit the model.</exception>
    internal static IReadOnlyList<Intervention> Open(IReadOnlyList<Clamp> clamps, Model model)
    {
        List<Intervention> interventions = [];
        foreach (IGrouping<string, Clamp> group in clamps.GroupBy(clamp => clamp.Dictionary))
        {
            Dictionary dictionary = Dictionaries.Dictionary.Load(group.Key); // borrowed by the interventions, so it lives as long as the process
            Fit.Require(dictionary, group.Key, model);
            interventions.AddRange(group.Select(clamp => dictionary.ClampToMultipleOfMax(clamp.Latent, clamp.Multiple)));
        }

        return interventions;
    }

    /// <summary>Reads from the right, because the name of a folder may itself hold ':' and '='.</summary>
    internal static Clamp? Parse(string text)
    {
        int equals = text.LastIndexOf('=');
        int colon = equals < 1 ? -1 : text.LastIndexOf(':', equals - 1);
        return colon > 0
            && int.TryParse(text.AsSpan(colon + 1, equals - colon - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int latent)
            && float.TryParse(text.AsSpan(equals + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out float multiple)
            && float.IsFinite(multiple)
            ? new Clamp(text[..colon], latent, multiple)
            : null;
    }
}
