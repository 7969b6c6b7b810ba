// Assignment of rows to columns at the largest sum: the Hungarian method (Kuhn 1955) by shortest augmenting paths (Jonker and Volgenant 1987, "A shortest
// augmenting path algorithm for dense and sparse linear assignment problems", Computing 38). Row by row a path of least reduced cost
// cost[i, j] − u[i] − v[j] is grown from the row to a free column, and the potentials u, v are raised so that reduced costs stay ≥ 0 and
// are 0 on assigned pairs. O(rows² · columns).
namespace Pellucid.Dictionaries.Evaluation;

/// <summary>The best one-to-one matching between rows and columns.</summary>
internal static class Assignment
{
    /// <summary>The column of each row; −1 for rows beyond the number of columns that nothing is left for.</summary>
    /// <param name="value">Value of a pair; the sum over pairs becomes as large as possible.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    internal static int[] Best(Func<int, int, double> value, int rows, int columns)
    {
        if (rows <= columns)
        {
            return Wide(value, rows, columns);
        }

        int[] result = new int[rows];
        Array.Fill(result, -1);
        foreach ((int column, int row) in Wide((column, row) => value(row, column), columns, rows).Index())
        {
            result[row] = column;
        }

        return result;
    }

    private static int[] Wide(Func<int, int, double> value, int rows, int columns)
    {
        double[] rowPotential = new double[rows], columnPotential = new double[columns];
        int[] rowOf = new int[columns];
        Array.Fill(rowOf, -1);
        for (int row = 0; row < rows; row++)
        {
            Augment(value, row, rowPotential, columnPotential, rowOf);
        }

        int[] columnOf = new int[rows];
        for (int column = 0; column < columns; column++)
        {
            if (rowOf[column] >= 0)
            {
                columnOf[rowOf[column]] = column;
            }
        }

        return columnOf;
    }

    private static void Augment(Func<int, int, double> value, int start, double[] rowPotential, double[] columnPotential, int[] rowOf)
    {
        int columns = columnPotential.Length;
        double[] distance = new double[columns];
        int[] previous = new int[columns];
        bool[] done = new bool[columns];
        Array.Fill(distance, double.PositiveInfinity);
        Array.Fill(previous, -1);
        List<int> visited = [];
        int row = start, last = -1;
        double reached = 0;
        while (true)
        {
            int nearest = -1;
            for (int column = 0; column < columns; column++)
            {
                if (done[column])
                {
                    continue;
                }

                double through = reached - value(row, column) - rowPotential[row] - columnPotential[column];
                if (through < distance[column])
                {
                    (distance[column], previous[column]) = (through, last);
                }

                nearest = nearest < 0 || distance[column] < distance[nearest] ? column : nearest;
            }

            (reached, last) = (distance[nearest], nearest);
            if (rowOf[nearest] < 0)
            {
                break;
            }

            done[nearest] = true;
            visited.Add(nearest);
            row = rowOf[nearest];
        }

        rowPotential[start] += reached;
        foreach (int column in visited)
        {
            rowPotential[rowOf[column]] += reached - distance[column];
            columnPotential[column] -= reached - distance[column];
        }

        for (int column = last; column >= 0; column = previous[column])
        {
            rowOf[column] = previous[column] < 0 ? start : rowOf[previous[column]];
        }
    }
}
