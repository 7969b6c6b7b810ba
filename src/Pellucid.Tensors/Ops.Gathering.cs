using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors;

public sealed unsafe partial class Ops
{
    /// <summary>The rows of a table at the given indices.</summary>
    /// <param name="table">[count, width].</param>
    /// <param name="indices">Row-major for the leading axes of the result; each 0 to count − 1.</param>
    /// <param name="leading">The leading axes of the result; its size is the number of indices.</param>
    /// <returns>[leading..., width].</returns>
    /// <exception cref="ShapeException">An index is outside the table, the table is no matrix, or the number of indices is not the leading size.</exception>
    public Tensor Gather(Tensor table, ReadOnlySpan<int> indices, Shape leading)
    {
        if (table.Shape.Rank != 2 || leading.Count != indices.Length || indices.ContainsAnyExceptInRange(0, table.Shape[0] - 1))
        {
            throw new ShapeException($"Gather: {indices.Length} indices do not fit {leading} rows of the table {table.Shape}.");
        }

        using Operand plain = Plain(table);
        Tensor result = New(leading.Followed(table.Shape.Width));
        long width = table.Shape.Width;
        for (int i = 0; i < indices.Length; i++)
        {
            Copy(plain.Pointer + (indices[i] * width), result.Pointer + (i * width), width);
        }

        return Record(
            result, indices, static (in step) => step.GiveRows(0, step.Gradient, step.Saved(0)), [NodeOf(table)]);
    }

    /// <summary>The weights of some outputs of a packed matrix: the rows of the table [outputs, inputs] that it holds turned, as of an embedding.</summary>
    /// <param name="matrix">inputs by outputs.</param>
    /// <param name="indices">Row-major for the leading axes of the result; each 0 to outputs − 1.</param>
    /// <param name="leading">The leading axes of the result; its size is the number of indices.</param>
    /// <returns>[leading..., inputs].</returns>
    /// <exception cref="ShapeException">An index is no output, or the number of indices is not the leading size.</exception>
    public Tensor GatherOutputs(PackedMatrix matrix, ReadOnlySpan<int> indices, Shape leading)
    {
        if (leading.Count != indices.Length || indices.ContainsAnyExceptInRange(0, matrix.Outputs - 1))
        {
            throw new ShapeException($"GatherOutputs: {indices.Length} indices do not fit {leading} of the {matrix.Outputs} outputs of a matrix.");
        }

        Tensor result = New(leading.Followed(matrix.Inputs));
        fixed (int* chosen = indices)
        {
            PanelGather.Run(matrix, chosen, indices.Length, result.Pointer);
        }

        return Record(result, indices, static (in step) =>
        {
            if (step.NodeOf(0).Origin is not LeafNode { Matrix: not null })
            {
                step.GiveRows(0, step.Gradient, step.Saved(0));
                return;
            }

            Shape matrix = step.ShapeOf(0);
            Tensor table = step.Ops.Zeros(new Shape(matrix[1], matrix[0]));
            step.Ops.AddRows(table, step.Gradient, step.Saved(0));
            step.Give(0, step.Ops.Transpose(table, 1, 0));
        }, [_tape?.NodeOf(matrix)]);
    }

    /// <summary>table[places[i]] += rows[i], in order; places are I32.</summary>
    internal void AddRows(Tensor table, Tensor rows, Tensor places)
    {
        using Operand added = Plain(rows);
        RowScatter.Add(added.Pointer, (int*)places.RawPointer, table.Pointer, places.Shape[0], table.Shape.Width);
    }

    /// <summary>Some of the columns, the same ones of every row.</summary>
    /// <param name="x">[..., width].</param>
    /// <param name="columns">Indices into the last axis, in the order wanted; one may come more than once.</param>
    /// <returns>[..., columns].</returns>
    /// <exception cref="ShapeException">An index is outside the last axis, or x is a scalar.</exception>
    public Tensor GatherColumns(Tensor x, ReadOnlySpan<int> columns)
    {
        if (x.Shape.Rank == 0 || columns.ContainsAnyExceptInRange(0, x.Shape.Width - 1))
        {
            throw new ShapeException($"GatherColumns: [{string.Join(", ", columns.ToArray())}] are not columns of {x.Shape}: each is 0 to its width less 1.");
        }

        using Operand plain = Plain(x);
        Tensor result = New(x.Shape.WithWidth(columns.Length));
        fixed (int* chosen = columns)
        {
            Places.Gather(plain.Pointer, chosen, 0, result.Pointer, x.Shape.Rows, x.Shape.Width, columns.Length);
        }

        return Record(result, columns, static (in step) =>
        {
            Tensor part = step.Ops.New(step.ShapeOf(0)), chosen = step.Saved(0);
            Places.Scatter(step.Gradient.Pointer, (int*)chosen.RawPointer, 0, part.Pointer, part.Shape.Rows, part.Shape.Width, chosen.Shape[0]);
            step.Give(0, part);
        }, [NodeOf(x)]);
    }

    /// <summary>Of each row the values at places of its own.</summary>
    /// <param name="x">[..., width].</param>
    /// <param name="indices">I32 [..., k]: for each row of x, indices into it.</param>
    /// <returns>[..., k].</returns>
    /// <exception cref="ShapeException">The shapes do not fit, the indices are no I32, or one is outside its row.</exception>
    public Tensor GatherPlaces(Tensor x, Tensor indices)
    {
        CheckPlaces("GatherPlaces", x, indices, x.Shape.Width);
        using Operand plain = Plain(x);
        Tensor result = New(indices.Shape);
        Places.Gather(plain.Pointer, (int*)indices.RawPointer, indices.Shape.Width, result.Pointer, x.Shape.Rows, x.Shape.Width, indices.Shape.Width);
        return Record(
            result, x.Shape.Width, static (in step) => step.Give(0, step.Ops.ScatterPlaces(step.Gradient, step.Saved(0), step.State)),
            [NodeOf(x)], [indices]);
    }

    /// <summary>Rows of zeros, with values added at places of their own: what undoes <see cref="GatherPlaces"/>.</summary>
    /// <param name="values">[..., k].</param>
    /// <param name="indices">I32, the same shape: indices into the rows of the result.</param>
    /// <param name="width">Size of the rows of the result.</param>
    /// <returns>[..., width].</returns>
    /// <exception cref="ShapeException">The shapes differ, the indices are no I32, or one is outside its row.</exception>
    public Tensor ScatterPlaces(Tensor values, Tensor indices, int width)
    {
        Require(values.Shape == indices.Shape, "ScatterPlaces", values, indices, "an index for each value");
        CheckPlaces("ScatterPlaces", values, indices, width);
        using Operand plain = Plain(values);
        Tensor result = New(values.Shape.WithWidth(width));
        Places.Scatter(plain.Pointer, (int*)indices.RawPointer, indices.Shape.Width, result.Pointer, values.Shape.Rows, width, indices.Shape.Width);
        return Record(
            result, 0, static (in step) => step.Give(0, step.Ops.GatherPlaces(step.Gradient, step.Saved(0))), [NodeOf(values)], [indices]);
    }

    /// <summary>The k largest values of each row, largest first; of equal ones the lower index.</summary>
    /// <param name="x">[..., width].</param>
    /// <param name="k">1 to width.</param>
    /// <returns>Values and indices (I32), [..., k] each. A gradient goes back through the values to the places that were chosen.</returns>
    /// <exception cref="ShapeException">k is not 1 to width.</exception>
    public (Tensor Values, Tensor Indices) TopK(Tensor x, int k)
    {
        if (k < 1 || k > x.Shape.Width)
        {
            throw new ShapeException($"TopK: the {k} largest of {x.Shape} cannot be taken; 1 to {x.Shape.Width} can.");
        }

        using Operand plain = Plain(x);
        Tensor values = New(x.Shape.WithWidth(k)), indices = New(x.Shape.WithWidth(k), DType.I32);
        Selection.TopK(plain.Pointer, k, values.Pointer, (int*)indices.RawPointer, x.Shape.Rows, x.Shape.Width);
        Record(
            values, x.Shape.Width, static (in step) => step.Give(0, step.Ops.ScatterPlaces(step.Gradient, step.Saved(0), step.State)),
            [NodeOf(x)], [indices]);
        return (values, indices);
    }

    /// <summary>The k largest values of each row where they are, and zeros elsewhere (Makhzani and Frey 2013, arXiv:1312.5663).</summary>
    /// <param name="x">[..., width]; with the whole batch as one row, the k largest of the batch are kept (Bussmann et al. 2024, arXiv:2412.06410).</param>
    /// <param name="k">1 to width.</param>
    /// <exception cref="ShapeException">k is not 1 to width.</exception>
    public Tensor KeepTopK(Tensor x, int k)
    {
        (Tensor values, Tensor indices) = TopK(x, k);
        return ScatterPlaces(values, indices, x.Shape.Width);
    }

    /// <summary>The index of the largest value of each row, of equal ones the lowest. It has no derivative and is never recorded.</summary>
    /// <param name="x">[..., width]; not of width 0.</param>
    /// <returns>I32 [..., 1].</returns>
    public Tensor ArgMax(Tensor x)
    {
        using Operand plain = Plain(x);
        Tensor result = New(x.Shape.WithWidth(1), DType.I32);
        Selection.ArgMax(plain.Pointer, (int*)result.RawPointer, x.Shape.Rows, x.Shape.Width);
        return result;
    }

    private static void CheckPlaces(string operation, Tensor x, Tensor indices, int width)
    {
        Require(
            indices.DType == DType.I32 && indices.IsContiguous && x.Shape.Rank > 0 && indices.Shape.Rank == x.Shape.Rank
                && indices.Shape.Sizes[..^1].SequenceEqual(x.Shape.Sizes[..^1]),
            operation, x, indices, "I32 indices with the same leading axes, one run of values");
        foreach (int index in new ReadOnlySpan<int>(indices.RawPointer, checked((int)indices.Count)))
        {
            if ((uint)index >= (uint)width)
            {
                throw new ShapeException($"{operation}: index {index} is outside rows of {width}.");
            }
        }
    }
}
