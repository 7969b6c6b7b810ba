namespace Pellucid.Models.Networks;

/// <summary>The hash of a model's parameters, computed when it is first asked for. Safe for many threads.</summary>
internal sealed class ModelHash(Func<string> compute)
{
    private volatile string? _value;

    internal ModelHash(string value)
        : this(() => value)
    {
    }

    internal string Value => _value ??= compute();

    /// <summary>Lets the value be computed anew, because the parameters have changed.</summary>
    internal void Forget() => _value = null;
}
