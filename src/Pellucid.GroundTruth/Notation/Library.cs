namespace Pellucid.GroundTruth.Notation;

/// <summary>What every program has before its first line: the base s-ops, the functions of the language, and those of <c>Library.rasp</c>.</summary>
internal static class Library
{
    private static readonly Lazy<Scope> Built = new(Build);

    /// <summary>The variables that every program sees.</summary>
    internal static Scope Scope => Built.Value;

    /// <summary>What a program for a vocabulary and a length sees.</summary>
    internal static Scope For(CompileOptions? options)
    {
        Scope scope = new(Scope);
        if (options is not null)
        {
            scope.Variables = scope.Variables
                .SetItem("vocabulary", options.Vocabulary.Select(token => (object)token).ToArray())
                .SetItem("max_length", Value.Of((double)options.Length));
        }

        return scope;
    }

    private static Scope Build()
    {
        Scope language = new(null);
        void Set(string name, object value) => language.Variables = language.Variables.SetItem(name, value);
        foreach (string tokens in (string[])["tokens", "tokens_str", "tokens_int", "tokens_float", "tokens_bool"])
        {
            Set(tokens, Rasp.Tokens);
        }

        Set("indices", Rasp.Indices);
        Set("length", Rasp.Length);
        foreach (Function function in SequenceFunctions.All.Concat(ValueFunctions.All))
        {
            Set(function.Name, function);
        }

        Scope library = new(language);
        SourceText source = new(Resources.Text("Library.rasp"), "Library.rasp");
        new Interpreter(source, library).Execute(Parser.Parse(source));
        return library;
    }
}
