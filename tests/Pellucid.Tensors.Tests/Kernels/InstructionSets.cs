namespace Pellucid.Tensors.Tests.Kernels;

/// <summary>Every instruction set that this machine can run, for theories.</summary>
public sealed class InstructionSets : TheoryData<InstructionSet>
{
    public InstructionSets() => AddRange(Processor.Supported.ToArray());
}
