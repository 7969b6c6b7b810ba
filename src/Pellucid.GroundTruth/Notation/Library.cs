namespace Pellucid.GroundTruth.Notation;

/// <summary>What every program has before its first line: the base s-ops, the functions of the language, and those of <c>Library.rasp</c>.</summary>
internal static class Library
{
    private static readonly Lazy<Scope> Built = new(Build);

    /// <summary>The variables that every program sees.</summary>
    internal static Scope Scope => Built.Value;

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
