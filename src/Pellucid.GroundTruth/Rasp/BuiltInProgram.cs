namespace Pellucid.GroundTruth;

/// <summary>A program that comes with Pellucid: made for a vocabulary and a length, with those that it is shown with. Immutable.</summary>
public sealed class BuiltInProgram
{
    private readonly Func<CompileOptions, Expression> _output;

    internal BuiltInProgram(string name, string description, Value[] vocabulary, int length, Func<CompileOptions, Expression> output) =>
        (Name, Description, Options, _output) = (name, description, new CompileOptions { Vocabulary = vocabulary, Length = length }, output);

    /// <summary>The name that a user types.</summary>
    public string Name { get; }

    /// <summary>What it computes at each position, in words.</summary>
    public string Description { get; }

    /// <summary>The vocabulary and length that it is shown with; for most programs those of the published table of sizes.</summary>
    public CompileOptions Options { get; }

    /// <summary>The program for a vocabulary and a length.</summary>
    /// <param name="options">What it is to be compiled for; the program's own when null.</param>
    public RaspProgram Create(CompileOptions? options = null) => new(Name, _output(options ?? Options));
}
