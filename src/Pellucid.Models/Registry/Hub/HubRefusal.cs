using System.Net;
using Pellucid.Tensors;

namespace Pellucid.Models.Registry.Hub;

/// <summary>Says what an answer without the thing that was asked for means, and what to do.</summary>
internal static class HubRefusal
{
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    /// <summary>The error of an answer that is no success.</summary>
    /// <param name="settings">Who asked.</param>
    /// <param name="name">The model.</param>
    /// <param name="file">The file; null for the listing.</param>
    /// <param name="answer">The answer.</param>
    internal static Exception Of(HubSettings settings, HubModelName name, string? file, HttpResponseMessage answer)
    {
        string what = file is null ? $"{name}" : $"{file} of {name}";
        string code = HubClient.Header(answer, "X-Error-Code") ?? "";
        string page = $"{settings.Endpoint.AbsoluteUri.TrimEnd('/')}/{name.Id}";
        bool hasToken = settings.Token is not null;
        return (answer.StatusCode, code) switch
        {
            (HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError, _) => new HubTroubleException(
                answer.StatusCode == HttpStatusCode.TooManyRequests
                    ? "The hub says that it was asked too often (429)"
                    : $"The hub could not give {what} ({(int)answer.StatusCode})",
                Wait(settings.Clock, answer)),
            (_, "GatedRepo") => new PellucidException(hasToken
                ? $"Model {name} is gated, and your token has no access to it. Ask for access at {page}, with the token's account."
                : $"Model {name} is gated. Accept its terms at {page}, make a token there, set HF_TOKEN to it, and pull again."),
            (_, "RevisionNotFound") => new PellucidException($"Model {name.Id} has no revision '{name.Revision}'. See its branches and tags at {page}."),
            (HttpStatusCode.NotFound, _) when file is not null => new PellucidException($"The hub lists {what} but does not have it (404). Pull again."),
            (HttpStatusCode.Unauthorized or HttpStatusCode.NotFound or HttpStatusCode.Forbidden, _) => new PellucidException(hasToken
                ? $"The hub does not give {what} ({(int)answer.StatusCode}): there is no such model, or your token has no access to it. Check the name and the token (HF_TOKEN)."
                : $"The hub does not give {what} ({(int)answer.StatusCode}): there is no such model, or it is private. Check the name; for a private model set HF_TOKEN."),
            _ => new PellucidException($"The hub answered {(int)answer.StatusCode} when asked for {what}. Check HF_ENDPOINT and try again later."),
        };
    }

    private static TimeSpan? Wait(TimeProvider clock, HttpResponseMessage answer)
    {
        TimeSpan? asked = answer.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - clock.GetUtcNow(),
            _ => null,
        };
        return asked < Least ? Least : asked;
    }
}
