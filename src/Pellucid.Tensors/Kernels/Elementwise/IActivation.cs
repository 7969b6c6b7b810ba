namespace Pellucid.Tensors.Kernels;

/// <summary>A function of one element with its derivative, which share their dear parts.</summary>
internal interface IActivation
{
    /// <summary>f(x), and f'(x) in <paramref name="slope"/>.</summary>
    TVector Apply<TSimd, TVector>(TVector x, out TVector slope)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct;
}
