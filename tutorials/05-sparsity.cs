#:project ../src/Pellucid.GroundTruth/Pellucid.GroundTruth.csproj

// Sparsity: what it costs to ask for few. One small regression, solved with three penalties from scratch: ridge (sum of squares), lasso (sum of
// absolute values) and best subset (how many), and what the difference between the last two does to a dictionary's codes. Every claim below is
// checked as it is made; run it with `dotnet run tutorials/05-sparsity.cs`.
using System.Globalization;
using System.Numerics;
using Pellucid.GroundTruth;
using Pellucid.Tensors;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

// 1. The problem: y = X β + noise. Sixty rows (and five thousand new ones to test on), twelve columns that resemble their neighbours (correlation one half), and four of the twelve matter.
const int Rows = 60, Columns = 12;
double[] truth = [3, 0, 0, -2, 0, 1.5, 0, 0, 0, 0, 0.8, 0];
(double[,] x, double[] y) = Draw(Rows, seed: 1);
(double[,] otherX, double[] otherY) = Draw(5000, seed: 2);
double[] plain = Ridge(x, y, 0);
Console.WriteLine($"least squares  {Text(plain)}");
Claim(plain.All(value => value != 0), "least squares uses every column, those that do not matter too");
Claim(MeanSquare(x, y, plain) < MeanSquare(x, y, truth), "it fits what it was fitted to better than the truth does");
Claim(MeanSquare(otherX, otherY, plain) > MeanSquare(otherX, otherY, truth), "and what it was not fitted to worse: the rest was noise");

// 2. Ridge (Hoerl and Kennard 1970) minimizes ‖y − Xβ‖²/2n + λ‖β‖²/2. The solution is closed: β = (XᵀX/n + λI)⁻¹ Xᵀy/n, one Cholesky
//    factorization. At the minimum the gradient, −Xᵀ(y − Xβ)/n + λβ, is zero. All coefficients shrink, and none becomes zero.
double[] ridge = Ridge(x, y, 0.3);
Console.WriteLine($"ridge 0.3      {Text(ridge)}");
double[] slope = Correlations(x, y, ridge);
Claim(slope.Zip(ridge).All(pair => Math.Abs(pair.First - (0.3 * pair.Second)) < 1e-12), "at the ridge solution the gradient is zero");
double[] norms = [.. new[] { 0, 0.01, 0.1, 1, 10 }.Select(lambda => Math.Sqrt(Ridge(x, y, lambda).Sum(value => value * value)))];
Claim(norms.Zip(norms.Skip(1)).All(pair => pair.First > pair.Second), "the larger λ, the shorter β");
Claim(Ridge(x, y, 10).All(value => value != 0), "however large λ is, ridge leaves no coefficient at zero");

// 3. The lasso (Tibshirani 1996) minimizes ‖y − Xβ‖²/2n + λ‖β‖₁. It has no closed form, but in one coordinate it has: with c the correlation of
//    column j with what the others leave and s its mean square, β_j = S(c, λ)/s, where S moves c towards zero by λ and stops there. Going round
//    the coordinates until nothing moves is coordinate descent (Friedman, Hastie and Tibshirani 2010).
double[] lasso = Lasso(x, y, 0.3);
Console.WriteLine($"lasso 0.3      {Text(lasso)}");
Claim(lasso.Count(value => value == 0) >= 5, "the lasso leaves columns out, exactly");

//    How do we know that it is the minimum? By its conditions (Karush, Kuhn, Tucker): a column in use correlates with the residual at λ, in
//    the direction of its coefficient, and no column correlates more. The problem is convex, so they are sufficient.
Claim(Violation(x, y, lasso, 0.3) < 1e-9, "the lasso solution fulfils its optimality conditions");
Claim(Violation(x, y, ridge, 0.3) > 0.1, "the check can fail: ridge's solution does not fulfil them");

//    Another way to the same point, ISTA (Daubechies, Defrise and De Mol 2004): a gradient step on the squares, then S on every coordinate. It is
//    the method that an encoder unrolls. The minimum is the same, whatever way leads there.
double[] ista = Ista(x, y, 0.3, nonNegative: false);
Claim(ista.Zip(lasso).All(pair => Math.Abs(pair.First - pair.Second) < 1e-8), "ISTA and coordinate descent end at the same point");

// 4. The path. At λ_max, the largest correlation of a column with y, everything is zero; below it one column after another comes in.
double largest = Correlations(x, y, new double[Columns]).Max(Math.Abs);
Claim(Lasso(x, y, largest).All(value => value == 0), "at λ_max the lasso uses no column");
Claim(Lasso(x, y, 0.99 * largest).Count(value => value != 0) == 1, "just below it uses one");
double[] lambdas = [.. Enumerable.Range(0, 60).Select(step => largest * Math.Pow(0.001, step / 59.0))];
double[][] path = [.. lambdas.Select(lambda => Lasso(x, y, lambda))];
foreach (int step in (int[])[0, 10, 20, 30, 40, 50, 59])
{
    Console.WriteLine($"λ {lambdas[step],7:0.0000}      {Text(path[step])}");
}

Claim(path.Select((beta, step) => Violation(x, y, beta, lambdas[step])).Max() < 1e-9, "every point of the path fulfils the conditions");
int[] strongest = [.. path.First(beta => beta.Count(value => value != 0) >= 3).Index().Where(place => place.Item != 0).Select(place => place.Index)];
Claim(strongest.All(column => truth[column] != 0), "the columns that come in first are among those that matter");
Claim(path[^1].Zip(plain).All(pair => Math.Abs(pair.First - pair.Second) < 0.05), "at the end of the path it is nearly least squares");

// 5. Counting: best subset minimizes ‖y − Xβ‖²/2n over all β with k coefficients that are not zero. That is not convex, and in general there is
//    no way but to try: twelve columns have 4,096 subsets, and forty would have a million million. Each is a small least squares.
double[][] subsets = [.. Enumerable.Range(0, Columns + 1).Select(k => BestSubset(x, y, k))];
double[] errors = [.. subsets.Select(beta => MeanSquare(x, y, beta))];
Claim(errors.Zip(errors.Skip(1)).All(pair => pair.First >= pair.Second - 1e-12), "more columns never fit worse");
int chosen = Enumerable.Range(0, Columns + 1).MinBy(k => (Rows * Math.Log(errors[k])) + (k * Math.Log(Rows))); // Schwarz 1978: each column costs log n
Console.WriteLine($"best of four   {Text(subsets[4])}");
Claim(chosen == 4, "the Bayesian information criterion chooses four columns");
Claim(subsets[4].Zip(truth).All(pair => (pair.First != 0) == (pair.Second != 0)), "the best subset of four is that of the four that matter");

// 6. The price of the convex way is bias. The lasso pulls every coefficient towards zero by what is needed to keep the others out, and the larger
//    ones no less: S subtracts, it does not choose. Best subset chooses, and leaves what it chose alone. On columns at right angles of mean
//    square 1 all three are formulas of the least squares coefficient b: ridge b/(1 + λ), lasso S(b, λ), subset b or 0.
double[,] upright = Upright();
double[] b = Ridge(upright, y, 0), shrunk = Ridge(upright, y, 0.25), soft = Lasso(upright, y, 0.25), hard = BestSubset(upright, y, 3);
Claim(b.Zip(shrunk).All(pair => Math.Abs(pair.Second - (pair.First / 1.25)) < 1e-9), "on upright columns ridge divides by 1 + λ");
Claim(b.Zip(soft).All(pair => Math.Abs(pair.Second - Soft(pair.First, 0.25)) < 1e-9), "on upright columns the lasso subtracts λ, down to zero");
double third = b.Select(Math.Abs).OrderDescending().ElementAt(2);
Claim(b.Zip(hard).All(pair => Math.Abs(pair.Second - (Math.Abs(pair.First) >= third ? pair.First : 0)) < 1e-9), "on upright columns best subset keeps the largest as they are");

double[] four = path.Last(beta => truth.Zip(beta).All(pair => pair.First != 0 || pair.Second == 0)); // the least λ that keeps the other eight out
Console.WriteLine($"lasso, alone   {Text(four)}");
Claim(truth.Zip(four).All(pair => pair.First == 0 || Math.Abs(pair.Second) < Math.Abs(subsets[4][Array.IndexOf(truth, pair.First)])), "where the lasso is right about the columns, each of its coefficients is too small");
double[] again = OnSupport(x, y, [.. Enumerable.Range(0, Columns).Where(column => four[column] != 0)]);
Claim(MeanSquare(otherX, otherY, again) < MeanSquare(otherX, otherY, four), "least squares on the columns that the lasso chose predicts new rows better than the lasso");
Claim(MeanSquare(otherX, otherY, subsets[4]) < MeanSquare(otherX, otherY, plain), "and the best four better than all twelve");

// 7. What this means for a dictionary. A sparse autoencoder explains an activation as few directions, and its penalty is one of the two: an L1 penalty
//    is a lasso, whose codes are too small, and TopK counts, as best subset does. Take planted activations whose directions and codes
//    are known, give both methods the true directions, and look at the codes alone.
using PlantedActivations planted = new(new PlantedOptions { Features = 48, Width = 64, ActiveFeatures = 3, Magnitude = MagnitudeLaw.Constant, Noise = 0.01, Seed = 3 });
using PlantedRows rows = planted.Rows(0, 300);
double[,] directions = new double[64, 48];
for (int feature = 0; feature < 48; feature++)
{
    for (int i = 0; i < 64; i++)
    {
        directions[i, feature] = planted.Directions[feature, i] * 8; // mean square 1 over 64 rows, so that λ is on the scale of the codes
    }
}

const double Lambda = 0.2;
double byL1 = 0, byCount = 0, errorOfL1 = 0, errorOfCount = 0;
int active = 0, missed = 0, invented = 0;
for (int row = 0; row < 300; row++)
{
    double[] activation = [.. rows.Activations.Row(row).ToArray().Select(value => value * 8.0)];
    int[] support = [.. Enumerable.Range(0, 48).Where(feature => rows.Codes[row, feature] > 0)];
    double[] penalized = Ista(directions, activation, Lambda, nonNegative: true);
    int[] largestCodes = [.. Enumerable.Range(0, 48).OrderByDescending(feature => penalized[feature]).Take(support.Length)];
    double[] counted = OnSupport(directions, activation, largestCodes);
    active += support.Length;
    missed += support.Count(feature => penalized[feature] == 0);
    invented += penalized.Index().Count(code => code.Item > 0.05 && !support.Contains(code.Index));
    byL1 += support.Sum(feature => penalized[feature]);
    byCount += support.Sum(feature => counted[feature]);
    errorOfL1 += MeanSquare(directions, activation, penalized);
    errorOfCount += MeanSquare(directions, activation, counted);
}

Console.WriteLine($"codes that are truly 1: by L1 {byL1 / active:0.000}, by count {byCount / active:0.000}; L1 missed {missed} of {active} and invented {invented}");
Claim(missed == 0 && invented < 0.02 * active, "the L1 codes name the right features");
Claim(Math.Abs((byL1 / active) - (1 - Lambda)) < 0.06, "but they are smaller than the truth by about λ");
Claim(Math.Abs((byCount / active) - 1) < 0.01, "counted codes are of the true size");
Claim(errorOfL1 > 5 * errorOfCount, "and so explain the activation better with as many features");

//    So an L1 dictionary reconstructs too little of every activation, and a network that it is spliced into feels that; its makers rescale codes or
//    learn thresholds (gated, JumpReLU). TopK has no such bias. Its price is that the count is the same for every row, whether the row needs it or not.
Console.WriteLine("Every claim held.");

(double[,] X, double[] Y) Draw(int rows, long seed)
{
    SeededRandom random = new(seed);
    double[,] matrix = new double[rows, Columns];
    double[] response = new double[rows];
    for (int row = 0; row < rows; row++)
    {
        double before = random.NextNormal();
        for (int column = 0; column < Columns; column++)
        {
            before = (0.5 * before) + (Math.Sqrt(0.75) * random.NextNormal());
            matrix[row, column] = before;
            response[row] += truth[column] * before;
        }

        response[row] += 0.5 * random.NextNormal();
    }

    return (matrix, response);
}

// Columns at right angles: cosines of whole frequencies over the rows.
static double[,] Upright()
{
    double[,] matrix = new double[Rows, Columns];
    for (int row = 0; row < Rows; row++)
    {
        for (int column = 0; column < Columns; column++)
        {
            matrix[row, column] = Math.Sqrt(2) * Math.Cos(Math.PI * (column + 1) * (row + 0.5) / Rows);
        }
    }

    return matrix;
}

static double[] Ridge(double[,] x, double[] y, double lambda) => Solve(x, y, [.. Enumerable.Range(0, x.GetLength(1))], lambda);

static double[] OnSupport(double[,] x, double[] y, int[] columns)
{
    double[] beta = new double[x.GetLength(1)], solved = Solve(x, y, columns, 0);
    foreach ((int i, int column) in columns.Index())
    {
        beta[column] = solved[i];
    }

    return beta;
}

// (XᵀX/n + λI) β = Xᵀy/n on some columns: a Cholesky factor L Lᵀ, then forward and backward.
static double[] Solve(double[,] x, double[] y, int[] columns, double lambda)
{
    int n = x.GetLength(0), size = columns.Length;
    double[,] factor = new double[size, size];
    double[] beta = new double[size];
    for (int i = 0; i < size; i++)
    {
        beta[i] = Enumerable.Range(0, n).Sum(row => x[row, columns[i]] * y[row]) / n;
        for (int j = 0; j <= i; j++)
        {
            double rest = (Enumerable.Range(0, n).Sum(row => x[row, columns[i]] * x[row, columns[j]]) / n) + (i == j ? lambda : 0);
            for (int k = 0; k < j; k++)
            {
                rest -= factor[i, k] * factor[j, k];
            }

            factor[i, j] = i == j ? Math.Sqrt(rest) : rest / factor[j, j];
        }
    }

    for (int i = 0; i < size; i++)
    {
        for (int k = 0; k < i; k++)
        {
            beta[i] -= factor[i, k] * beta[k];
        }

        beta[i] /= factor[i, i];
    }

    for (int i = size - 1; i >= 0; i--)
    {
        for (int k = i + 1; k < size; k++)
        {
            beta[i] -= factor[k, i] * beta[k];
        }

        beta[i] /= factor[i, i];
    }

    return beta;
}

static double[] Lasso(double[,] x, double[] y, double lambda)
{
    int n = x.GetLength(0), p = x.GetLength(1);
    double[] beta = new double[p], rest = [.. y], squares = [.. Enumerable.Range(0, p).Select(column => Enumerable.Range(0, n).Sum(row => x[row, column] * x[row, column]) / n)];
    for (double moved = double.MaxValue; moved > 1e-13;)
    {
        moved = 0;
        for (int column = 0; column < p; column++)
        {
            double correlation = 0;
            for (int row = 0; row < n; row++)
            {
                correlation += x[row, column] * rest[row] / n;
            }

            double next = Soft(correlation + (squares[column] * beta[column]), lambda) / squares[column], change = next - beta[column];
            for (int row = 0; row < n && change != 0; row++)
            {
                rest[row] -= change * x[row, column];
            }

            (beta[column], moved) = (next, Math.Max(moved, Math.Abs(change)));
        }
    }

    return beta;
}

static double[] Ista(double[,] x, double[] y, double lambda, bool nonNegative)
{
    double[] beta = new double[x.GetLength(1)];
    double step = 1 / LargestCurvature(x);
    for (double moved = double.MaxValue; moved > 1e-11;)
    {
        double[] slope = Correlations(x, y, beta);
        double[] next = [.. beta.Zip(slope, (value, up) => Soft(value + (step * up), step * lambda)).Select(value => nonNegative ? Math.Max(0, value) : value)];
        moved = next.Zip(beta, (after, before) => Math.Abs(after - before)).Max();
        beta = next;
    }

    return beta;
}

// The largest eigenvalue of XᵀX/n, by the power method, and a little more: a gradient step of its inverse never overshoots.
static double LargestCurvature(double[,] x)
{
    double[] v = [.. Enumerable.Range(0, x.GetLength(1)).Select(i => 1.0 + (0.1 * i))];
    double norm = 0;
    for (int i = 0; i < 50; i++)
    {
        double[] turned = Correlations(x, new double[x.GetLength(0)], v);
        norm = Math.Sqrt(turned.Sum(value => value * value));
        v = [.. turned.Select(value => -value / norm)];
    }

    return 1.05 * norm;
}

static double[] BestSubset(double[,] x, double[] y, int k)
{
    int p = x.GetLength(1);
    return Enumerable.Range(0, 1 << p).Where(subset => BitOperations.PopCount((uint)subset) == k)
        .Select(subset => OnSupport(x, y, [.. Enumerable.Range(0, p).Where(column => (subset & (1 << column)) != 0)]))
        .MinBy(beta => MeanSquare(x, y, beta))!;
}

// Xᵀ(y − Xβ)/n: minus the gradient of the squares.
static double[] Correlations(double[,] x, double[] y, double[] beta)
{
    (int n, int p) = (x.GetLength(0), x.GetLength(1));
    double[] result = new double[p];
    for (int row = 0; row < n; row++)
    {
        double rest = y[row];
        for (int column = 0; column < p; column++)
        {
            rest -= x[row, column] * beta[column];
        }

        for (int column = 0; column < p; column++)
        {
            result[column] += x[row, column] * rest / n;
        }
    }

    return result;
}

static double Violation(double[,] x, double[] y, double[] beta, double lambda) => Correlations(x, y, beta)
    .Zip(beta, (correlation, value) => value == 0 ? Math.Max(0, Math.Abs(correlation) - lambda) : Math.Abs(correlation - (lambda * Math.Sign(value)))).Max();

static double Soft(double value, double by) => Math.Sign(value) * Math.Max(0, Math.Abs(value) - by);

static double MeanSquare(double[,] x, double[] y, double[] beta)
{
    double sum = 0;
    for (int row = 0; row < y.Length; row++)
    {
        double rest = y[row];
        for (int column = 0; column < beta.Length; column++)
        {
            rest -= x[row, column] * beta[column];
        }

        sum += rest * rest;
    }

    return sum / y.Length;
}

static string Text(double[] beta) => string.Join(' ', beta.Select(value => value == 0 ? "     ." : $"{value,6:0.00}"));

static void Claim(bool holds, string claim)
{
    if (!holds)
    {
        throw new InvalidOperationException($"This tutorial claims that {claim}, and that did not hold.");
    }
}
