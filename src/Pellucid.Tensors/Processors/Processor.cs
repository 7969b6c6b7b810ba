using System.Runtime.Intrinsics.X86;

namespace Pellucid.Tensors;

/// <summary>
/// What this process computes with. The choice is made once: the widest instruction set that the hardware has, or the one that the
/// environment variable <c>PELLUCID_ISA</c> (<c>portable</c>, <c>avx2</c> or <c>avx512</c>) names. Safe for many threads.
/// </summary>
public static class Processor
{
    private const string Variable = "PELLUCID_ISA";

    private static readonly Lazy<InstructionSet> Chosen =
        new(() => Choose(Environment.GetEnvironmentVariable(Variable), FindSupported()));

    [ThreadStatic]
    private static InstructionSet? _forced;

    /// <summary>The instruction set in use.</summary>
    /// <exception cref="PellucidException"><c>PELLUCID_ISA</c> names a set that is unknown or that this machine does not have.</exception>
    public static InstructionSet InstructionSet => _forced ?? Chosen.Value;

    /// <summary>Every set that this machine can run, narrowest first.</summary>
    internal static IReadOnlyList<InstructionSet> Supported { get; } = FindSupported();

    /// <summary>
    /// Makes kernels called from this thread use <paramref name="set"/> until the result is disposed. A kernel picks its path on the
    /// thread that calls it, so this disturbs no other thread.
    /// </summary>
    internal static IDisposable Force(InstructionSet set)
    {
        if (!Supported.Contains(set))
        {
            throw Refuse("The instruction set", set.ToString(), Supported);
        }

        Forced scope = new(_forced);
        _forced = set;
        return scope;
    }

    internal static InstructionSet Choose(string? name, IReadOnlyList<InstructionSet> supported)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            return supported[^1];
        }

        foreach (InstructionSet set in supported)
        {
            if (string.Equals(set.ToString(), name.Trim(), StringComparison.OrdinalIgnoreCase))
            {
                return set;
            }
        }

        throw Refuse(Variable, name, supported);
    }

    private static PellucidException Refuse(string what, string value, IReadOnlyList<InstructionSet> supported)
    {
        string names = string.Join(", ", supported.Select(set => set.ToString().ToLowerInvariant()));
        return new PellucidException(
            $"{what} is '{value}', but this machine supports {names}. Set {Variable} to one of these, or unset it.");
    }

    private static InstructionSet[] FindSupported()
    {
        bool avx2 = Avx2.IsSupported && Fma.IsSupported;
        bool avx512 = avx2 && Avx512F.IsSupported && Avx512DQ.IsSupported;
        return avx512 ? [InstructionSet.Portable, InstructionSet.Avx2, InstructionSet.Avx512]
            : avx2 ? [InstructionSet.Portable, InstructionSet.Avx2]
            : [InstructionSet.Portable];
    }

    private sealed class Forced(InstructionSet? previous) : IDisposable
    {
        public void Dispose() => _forced = previous;
    }
}
