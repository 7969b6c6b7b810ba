using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors.Sparse;

public sealed unsafe partial class SparseEncoder
{
    private readonly GrowingBuffer _screenPanels = new();
    private readonly GrowingBuffer _screenFactors = new();
    private readonly GrowingBuffer _screenRows = new();
    private bool _screen;

    /// <summary>The weights as 16-bit integers; false where the screen's bound is not proven for them.</summary>
    private bool PackScreen()
    {
        ScreenArguments to = ScreenArguments();
        int panels = (Latents + PackedMatrix.PanelWidth - 1) / PackedMatrix.PanelWidth, failed = 0;
        Dispatch.RunRows(new QuantizePanelsKernel(to, Latents, &failed), panels, (long)PackedMatrix.PanelWidth * Width);
        return failed == 0;
    }

    private bool TryScreen(Tensor x, in EncoderCut cut, int k, SparseCodes codes)
    {
        ScreenArguments arguments = ScreenArguments();
        int rows = x.Shape[0], failed = 0;
        long integers = (long)rows * arguments.Pairs * sizeof(int);
        byte* memory = (byte*)_screenRows.Reserve(integers + (rows * (long)(sizeof(ScreenNorms) + sizeof(int))));
        ScreenNorms* norms = (ScreenNorms*)(memory + integers);
        int* counts = (int*)(norms + rows);
        Dispatch.RunRows(new QuantizeRowsKernel(x.Pointer, Width, (int*)memory, norms, &failed), rows, Width, 2);
        if (failed != 0)
        {
            return false;
        }

        TopKOutput output = new(1, rows, k, codes.ValuesPointer, codes.IndicesPointer, counts, Names);
        Dispatch.Run(new ScreenKernel(arguments, x.Pointer, rows, cut, k, output, norms, (int*)memory), cut.RowBlocks, 1);
        TopKSelection.CloseGaps(codes, counts, rows, k);
        return true;
    }

    private ScreenArguments ScreenArguments()
    {
        const int panel = PackedMatrix.PanelWidth;
        int pairs = (Width + 1) / 2;
        long padded = ((long)Latents + panel - 1) / panel * panel;
        float* factors = (float*)_screenFactors.Reserve(4 * Math.Max(1, padded) * sizeof(float));
        return new()
        {
            Width = Width,
            Pairs = pairs,
            Panels = (int*)_screenPanels.Reserve(Math.Max(1, padded * pairs) * sizeof(int)),
            Weights = _weights,
            Bias = (float*)_bias.Pointer,
            Scales = factors,
            OfNorm = factors + padded,
            OfResidue = factors + (2 * padded),
            Fixed = factors + (3 * padded),
        };
    }

    private void DisposeScreen()
    {
        _screenPanels.Dispose();
        _screenFactors.Dispose();
        _screenRows.Dispose();
    }
}
