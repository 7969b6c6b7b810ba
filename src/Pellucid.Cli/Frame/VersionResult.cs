namespace Pellucid.Cli.Frame;

/// <summary>What <c>--version</c> prints.</summary>
internal sealed record VersionResult(string Name, string Version, string? Commit, string InstructionSet)
{
    public override string ToString() => $"{Name} {Version} (commit {Commit ?? "unknown"}, instruction set {InstructionSet})";
}
