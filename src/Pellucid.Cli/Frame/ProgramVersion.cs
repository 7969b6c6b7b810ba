using System.Reflection;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pellucid.Cli.Frame;

/// <summary>Which program this is.</summary>
internal static class ProgramVersion
{
    private static readonly string[] Parts =
        (typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "").Split('+');

    internal static VersionResult Current { get; } = new("pellucid", Parts[0], Parts is [_, { Length: > 0 } commit] ? commit : null, InstructionSet);

    private static string InstructionSet =>
        Avx512F.IsSupported && Vector512.IsHardwareAccelerated ? "avx512" : Avx2.IsSupported && Fma.IsSupported ? "avx2" : "portable";
}
