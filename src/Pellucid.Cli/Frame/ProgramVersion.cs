using System.Reflection;
using Pellucid.Tensors;

namespace Pellucid.Cli.Frame;

/// <summary>Which program this is.</summary>
internal static class ProgramVersion
{
    private static readonly string[] Parts =
        (typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "").Split('+');

    /// <summary>Name, version, commit and the instruction set in use.</summary>
    /// <exception cref="PellucidException">The environment asks for an instruction set that is not there.</exception>
    internal static VersionResult Current =>
        new("pellucid", Parts[0], Parts is [_, { Length: > 0 } commit] ? commit : null, Processor.InstructionSet.ToString().ToLowerInvariant());
}
