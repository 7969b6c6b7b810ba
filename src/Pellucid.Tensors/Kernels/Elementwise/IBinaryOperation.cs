namespace Pellucid.Tensors.Kernels;

/// <summary>A function of two elements.</summary>
internal interface IBinaryOperation
{
    TVector Apply<TSimd, TVector>(TVector x, TVector y)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct;
}
