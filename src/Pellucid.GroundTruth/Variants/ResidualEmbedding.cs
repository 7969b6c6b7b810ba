using Pellucid.GroundTruth.Compilation;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.GroundTruth.Variants;

/// <summary>
/// An embedding of a wide residual stream in a narrow one: a matrix C [d_model, dimensions]. What is written, y, becomes y C, and what is read of a narrow stream
/// h is h Cᵀ, so that each matrix of a network has a narrow form.
/// </summary>
internal static class ResidualEmbedding
{
    private static readonly string[] Readers = ["W_Q", "W_K", "W_V", "W_in", "W_U"];

    /// <summary>A parameter of the narrow network, as an expression of the embedding.</summary>
    /// <param name="ops">The operations.</param>
    /// <param name="name">Its name.</param>
    /// <param name="wide">The parameter of the wide network.</param>
    /// <param name="embedding">C.</param>
    /// <param name="sharpness">Factor on queries, and so on attention scores.</param>
    internal static Tensor Narrow(Ops ops, string name, Tensor wide, Tensor embedding, float sharpness)
    {
        Tensor narrow = Reads(name) ? ops.MatMul(embedding, wide, transposeLeft: true) : ops.MatMul(wide, embedding);
        return name.EndsWith("W_Q", StringComparison.Ordinal) ? ops.Scale(narrow, sharpness) : narrow;
    }

    /// <summary>
    /// The principal components of what the stream holds on inputs of the program, at coordinates that anything reads. Where these are no more than the dimensions,
    /// nothing is lost.
    /// </summary>
    internal static Tensor Principal(CompiledProgram program, ModelParameters wide, int dimensions, long seed)
    {
        const int Inputs = 5000;
        int width = program.Model.Config.DModel;
        bool[] isRead = [.. Enumerable.Range(0, width).Select(i => wide.Table.Points.Any(point => Reads(point.Name) && wide[point.Name].Row(i).ContainsAnyExcept(0)))];
        double[] moments = new double[width * width];
        string[] streams = [Hook.ResidPre(0), .. Enumerable.Range(0, program.Model.Config.Layers).SelectMany(layer => (string[])[Hook.ResidMid(layer), Hook.ResidPost(layer)])];
        foreach (IGrouping<int, Value[]> inputs in InputSpace.Of(program.Options, Inputs, seed).GroupBy(input => input.Length))
        {
            using Run run = program.Model.Run(program.Batch([.. inputs]), new RunOptions { Capture = Capture.Of(streams) });
            foreach (string stream in streams)
            {
                for (int row = 0; row < run[stream].Shape.Rows; row++)
                {
                    AddMoments(run[stream].Row(row), isRead, moments);
                }
            }
        }

        SymmetricEigen eigen = SymmetricEigen.Of(moments, width);
        return OfColumns([.. Enumerable.Range(0, dimensions).Select(eigen.Vector)]);
    }

    /// <summary>Random orthonormal directions, by Gram and Schmidt.</summary>
    internal static Tensor Orthonormal(int width, int dimensions, SeededRandom random)
    {
        double[][] columns = new double[dimensions][];
        for (int column = 0; column < dimensions; column++)
        {
            double[] direction = [.. Enumerable.Range(0, width).Select(_ => random.NextNormal())];
            Orthogonal.RemoveAll(direction, columns.AsSpan(0, column));
            columns[column] = Orthogonal.Unit(direction);
        }

        return OfColumns(columns);
    }

    private static bool Reads(string name) => Array.Exists(Readers, reader => name.EndsWith(reader, StringComparison.Ordinal));

    private static void AddMoments(ReadOnlySpan<float> x, bool[] isRead, double[] moments)
    {
        for (int i = 0; i < x.Length; i++)
        {
            for (int j = 0; x[i] != 0 && isRead[i] && j < x.Length; j++)
            {
                moments[(i * x.Length) + j] += isRead[j] ? (double)x[i] * x[j] : 0;
            }
        }
    }

    private static Tensor OfColumns(double[][] columns)
    {
        Tensor embedding = Tensor.Empty(new Shape(columns[0].Length, columns.Length).Named("d_model", "dimension"));
        for (int i = 0; i < columns[0].Length; i++)
        {
            Span<float> row = embedding.Row(i);
            for (int column = 0; column < columns.Length; column++)
            {
                row[column] = (float)columns[column][i];
            }
        }

        return embedding;
    }
}
