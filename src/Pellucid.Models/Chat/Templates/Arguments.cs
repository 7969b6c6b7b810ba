namespace Pellucid.Models.Chat;

/// <summary>The arguments of a call, filter or test.</summary>
/// <param name="positional">Those without a name.</param>
/// <param name="named">Those with one.</param>
internal sealed class Arguments(IReadOnlyList<object?> positional, IReadOnlyList<KeyValuePair<string, object?>> named)
{
    /// <summary>Stands for an argument that was not given.</summary>
    internal static readonly object Missing = new();

    internal static Arguments Empty { get; } = new([], []);

    internal IReadOnlyList<object?> Positional { get; } = positional;

    internal IReadOnlyList<KeyValuePair<string, object?>> Named { get; } = named;

    /// <summary>The same without the first ones.</summary>
    internal Arguments Skip(int count) => new([.. Positional.Skip(count)], Named);

    /// <summary>The value of a named one, or missing.</summary>
    internal object? this[string name] => Named.FirstOrDefault(pair => pair.Key == name, new(name, Missing)).Value;

    /// <summary>The arguments in the order of parameters; <see cref="Missing"/> where none was given.</summary>
    /// <param name="context">For errors.</param>
    /// <param name="what">What is called.</param>
    /// <param name="parameters">Their names.</param>
    internal object?[] Take(RenderContext context, string what, params ReadOnlySpan<string> parameters)
    {
        if (Positional.Count > parameters.Length)
        {
            throw context.Error($"{what} takes at most {parameters.Length} arguments; {Positional.Count} were given.");
        }

        object?[] values = new object?[parameters.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = i < Positional.Count ? Positional[i] : Missing;
        }

        foreach ((string name, object? value) in Named)
        {
            int place = parameters.IndexOf(name);
            if (place < 0 || values[place] != Missing)
            {
                throw context.Error(place < 0 ? $"{what} has no argument '{name}'." : $"{what} was given '{name}' twice.");
            }

            values[place] = value;
        }

        return values;
    }
}
