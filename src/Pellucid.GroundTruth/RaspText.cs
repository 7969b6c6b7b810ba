using Pellucid.GroundTruth.Notation;

namespace Pellucid.GroundTruth;

/// <summary>
/// RASP programs as text, in the notation of Weiss et al. (2021, arXiv:2106.06981) with what compiling needs beside it; <c>docs/rasp.md</c> is the
/// language. Reading a program runs nothing but the program: steps, depth and sizes are bounded, so hostile text ends in an error.
/// </summary>
public static class RaspText
{
    /// <summary>Reads a program.</summary>
    /// <param name="text">The text. Its result is the variable <c>output</c> where there is one, otherwise what the last assignment or expression gives.</param>
    /// <param name="name">Name of the program.</param>
    /// <param name="file">The file that errors name; null for none.</param>
    /// <param name="options">What it is to be compiled for: the values of the variables <c>vocabulary</c> and <c>max_length</c>, which a program for
    /// any vocabulary and length does without.</param>
    /// <exception cref="RaspException">The text is no program; <see cref="RaspException.Span"/> is the place.</exception>
    public static RaspProgram Parse(string text, string name = "program", string? file = null, CompileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        SourceText source = new(text, file);
        Scope scope = new(Library.For(options));
        Interpreter interpreter = new(source, scope);
        interpreter.Execute(Parser.Parse(source));
        TextSpan end = new(text.Length, 0);
        (object result, TextSpan span) = scope.Variables.TryGetValue("output", out object? output)
            ? (output, end)
            : interpreter.Last ?? throw source.Error(end, "The program has no output. Assign an s-op, or write one as the last statement.");
        return result is Expression expression
            ? new RaspProgram(name, expression, text)
            : throw source.Error(span, $"The output of a program is an s-op, and this is {Kinds.Describe(result)}. Let the last statement, or the variable 'output', be an s-op.");
    }

    /// <summary>Reads a program from a file, which must be UTF-8 and at most 1,000,000 characters long.</summary>
    /// <param name="path">The file; its name without the ending is the program's.</param>
    /// <param name="options">What it is to be compiled for, as in <see cref="Parse"/>.</param>
    /// <exception cref="RaspException">The text is no program.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RaspProgram Read(string path, CompileOptions? options = null)
    {
        char[] text = new char[SourceText.LongestText + 1]; // a file need not tell its length, and may have no end
        using StreamReader reader = new(path);
        int length = reader.ReadBlock(text);
        if (length > SourceText.LongestText)
        {
            throw new RaspException($"'{path}' has more than {SourceText.LongestText} characters, the most that a program may have. Is it a program?");
        }

        return Parse(new string(text, 0, length), Path.GetFileNameWithoutExtension(path), path, options);
    }

    /// <summary>The text of a built-in program, which computes what its C# form does.</summary>
    /// <param name="name">A name of <see cref="BuiltInPrograms.Programs"/>.</param>
    /// <exception cref="RaspException">There is none of that name.</exception>
    public static string OfBuiltIn(string name) => Resources.Text($"{BuiltInPrograms.Get(name).Name}.rasp");
}
