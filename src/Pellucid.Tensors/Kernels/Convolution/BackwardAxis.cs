namespace Pellucid.Tensors.Kernels;

/// <summary>Windows of outputs around the input's values of one phase; tap t is the kernel's value LastKernel − t · KernelStep.</summary>
internal readonly record struct BackwardAxis(WindowAxis Axis, int LastKernel, int KernelStep);
