using System.CommandLine;
using System.Globalization;
using Pellucid.Cli.Frame;
using Pellucid.Models;

namespace Pellucid.Cli.Verbs;

/// <summary>What <c>model list --json</c> prints.</summary>
internal sealed record ModelListResult(IReadOnlyList<ModelListEntry> Models);

/// <summary>One model with a name; the location is null for one that is built in, the commit for one that is not of the hub.</summary>
internal sealed record ModelListEntry(string Id, string Description, string? Licence, long Bytes, bool BuiltIn, bool Present, string? Location, string? Commit)
{
    internal static ModelListEntry Of(ModelEntry model) =>
        new(model.Id, model.Description, model.Licence, model.Bytes, model.IsBuiltIn, model.IsPresent, model.Location, model.Commit);
}

/// <summary><c>pellucid model list</c>: the models that have a name.</summary>
internal sealed class ModelList() : Verb("list", "Lists the models that can be opened by name: those of the registry, and those in the hub's cache.")
{
    internal override IReadOnlyList<string> Examples { get; } = ["pellucid model list", "pellucid model list --json"];

    internal override string Json => """{"models":[{"id","description","licence","bytes","built_in","present","location","commit"}]}: models of the registry, then those in the hub's cache; location is null for a built-in model, commit but for one of the hub, licence where it is not known.""";

    internal override Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        ModelListResult result = new([.. ModelRegistry.List().Select(ModelListEntry.Of)]);
        terminal.Table(
            ["model", "MB#", "licence", "here", "what it is"],
            result.Models.Select(model => (string[])
            [
                model.Id,
                (model.Bytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture),
                model.Licence ?? "",
                model.BuiltIn ? "built in" : model.Present ? "yes" : $"no: pellucid model pull {model.Id}",
                model.Description,
            ]));
        terminal.Print(result, CliJson.Documents.ModelListResult);
        return Task.CompletedTask;
    }
}
