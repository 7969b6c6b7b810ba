using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Copies weights into the panels of <see cref="ColumnPanels"/>: element k = (tap row, tap column, channel) of column n is at
/// <c>Source[group · StrideGroup + row · StrideRow + column · StrideColumn + channel · StrideChannel + n · StrideOutput]</c>;
/// where Inner is above 1, n stands for n / Inner and n mod Inner is another axis, of StrideInner.
/// </summary>
internal unsafe struct WeightPacking
{
    internal float* Source;
    internal int Groups;
    internal int Rows;
    internal int Columns;
    internal int Channels;
    internal int Outputs;
    internal nint StrideGroup;
    internal nint StrideRow;
    internal nint StrideColumn;
    internal nint StrideChannel;
    internal nint StrideOutput;
    internal int Inner;
    internal nint StrideInner;

    internal readonly long PackedLength => (long)Groups * Rows * Columns * Channels * ColumnPanels.Padded(Outputs);

    internal readonly void Run(float* target)
    {
        int panels = ColumnPanels.Count(Outputs);
        Workers.For(
            Groups * panels,
            (This: this, Target: (nint)target, panels),
            static (part, state) => state.This.Panel((float*)state.Target, part / state.panels, part % state.panels));
    }

    private readonly void Panel(float* target, int group, int panel)
    {
        int first = ColumnPanels.First(Outputs, panel), width = ColumnPanels.First(Outputs, panel + 1) - first;
        int kept = Math.Min(width, Outputs - first);
        long depth = (long)Rows * Columns * Channels;
        float* to = target + (group * depth * ColumnPanels.Padded(Outputs)) + (depth * first);
        nint* places = stackalloc nint[ColumnPanels.WidestPanel];
        for (int n = 0; n < kept; n++)
        {
            (int outer, int inner) = Math.DivRem(first + n, Math.Max(1, Inner));
            places[n] = (outer * StrideOutput) + (inner * StrideInner);
        }

        float* from = Source + (group * StrideGroup);
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                for (int channel = 0; channel < Channels; channel++)
                {
                    float* value = from + (row * StrideRow) + (column * StrideColumn) + (channel * StrideChannel);
                    for (int n = 0; n < kept; n++)
                    {
                        to[n] = value[places[n]];
                    }

                    new Span<float>(to + kept, width - kept).Clear();
                    to += width;
                }
            }
        }
    }
}
