namespace Pellucid.Models.Registry.Hub;

/// <summary>A try that failed where the next one may not: a cut connection, a server that is busy. Never leaves this folder.</summary>
/// <param name="message">What happened, without a full stop.</param>
/// <param name="wait">How long the server asked to wait.</param>
/// <param name="inner">What caused it.</param>
internal sealed class HubTroubleException(string message, TimeSpan? wait = null, Exception? inner = null) : Exception(message, inner)
{
    internal TimeSpan? Wait { get; } = wait;
}
