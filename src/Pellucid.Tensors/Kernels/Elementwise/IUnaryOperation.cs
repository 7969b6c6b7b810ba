namespace Pellucid.Tensors.Kernels;

/// <summary>A function of one element.</summary>
internal interface IUnaryOperation
{
    TVector Apply<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct;
}
