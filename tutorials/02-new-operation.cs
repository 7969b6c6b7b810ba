#:project ../src/Pellucid.Tensors/Pellucid.Tensors.csproj

// A new operation: what it computes, what its gradient is, and how to know that the gradient is right. Every claim below is checked as it
// is made; run it with `dotnet run tutorials/02-new-operation.cs`.
using Pellucid.Tensors;

// 1. A gradient comes from a tape. Nothing is recorded until an array is watched, and nothing but what depends on it.
using Tensor weights = Tensor.From([0.5f, -1, 2, 0.25f, 1, -0.5f], new Shape(2, 3));
using Tensor inputs = Tensor.From([1, -2], new Shape(1, 2));
using (Tape tape = new())
using (Ops ops = new(tape))
{
    Tensor w = ops.Watch(weights);
    Tensor loss = ops.Sum(ops.Square(ops.MatMul(inputs, w)));
    using Gradients gradients = tape.Backward(loss);
    Console.WriteLine($"loss {loss[[]]}, gradient {gradients[w].Shape}: {string.Join(' ', gradients[w].ToArray())}");
    Claim(loss[[]] == 18, "the products are 0, −3 and 3");
    Claim(gradients[w][1, 1] == 2 * -3 * -2, "d(xw)²/dw is 2 (xw) x");
}

// 2. An operation that can be written in others needs nothing more: softplus, log(1 + e^x), has its gradient from theirs.
Claim(Differs(Softplus, [-3, -0.5f, 0.1f, 2]) < 1e-4, "softplus made of other operations has the right gradient");

// 3. Far out it overflows, though: e^100 is more than a float holds. The stable form is max(x, 0) + log(1 + e^−|x|), whose pieces meet at 0
//    with a kink that softplus does not have. So it becomes an operation of its own: the forward in one function, and in another the
//    derivative, sigmoid(x), times the gradient that arrives. Operations inside are not recorded, and all they make is freed.
Claim(float.IsInfinity(Value(Softplus, 100)), "the simple form overflows");
Claim(Value(StableSoftplus, 100) == 100, "the stable form does not");
Claim(Differs(StableSoftplus, [-30, -3, -0.5f, 0, 0.1f, 2, 30]) < 1e-4, "its gradient is that of finite differences, at 0 too");

// 4. A test that cannot fail proves nothing. Here is the same operation with a mistake that is easily made: the gradient that arrives is left
//    out. A loss that is a plain sum would not notice, because what arrives is 1 everywhere; weights that differ do.
Claim(Differs(Careless, [-3, -0.5f, 0.1f, 2]) > 0.1, "the test finds a gradient that forgets what arrives");

// 5. From there on it is an operation like any other: it takes part in whatever is differentiated, and learns.
using Tensor slope = Tensor.From(0.1f);
Parameter parameter = new("slope", slope);
using Adam adam = new([parameter], new AdamOptions { LearningRate = 0.05f });
float[] xs = [-2, -1, 0, 1, 2];
using Tensor points = Tensor.From(xs, new Shape(5, 1));
using Tensor wanted = Tensor.From([.. xs.Select(x => MathF.Log(1 + MathF.Exp(1.5f * x)))], new Shape(5, 1));
float last = float.NaN;
for (int step = 0; step < 200; step++)
{
    using Tape tape = new();
    using Ops ops = new(tape);
    Tensor curve = StableSoftplus(ops, ops.Multiply(points, ops.Watch(parameter)));
    Tensor loss = ops.Mean(ops.Square(ops.Subtract(curve, wanted)));
    using Gradients gradients = tape.Backward(loss);
    adam.Step(gradients);
    last = loss[[]];
}

Console.WriteLine($"after {adam.Steps} steps the slope is {slope[0]:F4}, the loss {last:E1}");
Claim(Close(slope[0], 1.5f, 1e-2), "a curve made with the new operation finds the slope that the data were made with");
Console.WriteLine("Every claim held.");

static Tensor Softplus(Ops ops, Tensor x) => ops.Log(ops.AddScalar(ops.Exp(x), 1));

static Tensor StableSoftplus(Ops ops, Tensor x) => ops.Custom(
    "softplus",
    static (ops, operands) => ops.Add(ops.Relu(operands[0]), ops.Log(ops.AddScalar(ops.Exp(ops.Scale(ops.Abs(operands[0]), -1)), 1))),
    static (ops, operands, result, gradient) => [ops.Multiply(gradient, ops.Sigmoid(operands[0]))],
    x);

static Tensor Careless(Ops ops, Tensor x) => ops.Custom(
    "careless softplus",
    static (ops, operands) => ops.Log(ops.AddScalar(ops.Exp(operands[0]), 1)),
    static (ops, operands, result, gradient) => [ops.Sigmoid(operands[0])],
    x);

static float Value(Func<Ops, Tensor, Tensor> operation, float x)
{
    using Ops ops = new();
    return operation(ops, ops.Own(Tensor.From(x)))[0];
}

// The largest difference between the gradient and a central difference of the function itself, (f(x + h) − f(x − h)) / 2h. In single
// precision h is a compromise: the error of the difference falls with h², that of rounding grows with 1/h. Tests inside the library do
// this in double, over a plain version of each operation, and can ask for 5e-6.
static double Differs(Func<Ops, Tensor, Tensor> operation, float[] at)
{
    const float Step = 1 / 128f;
    float[] weights = [.. at.Select((_, i) => 1 - (0.4f * i))];
    using Tensor seed = Tensor.From(weights), x = Tensor.From(at);
    using Tape tape = new();
    using Ops ops = new(tape);
    Tensor watched = ops.Watch(x);
    using Gradients gradients = tape.Backward(operation(ops, watched), seed);
    return at.Select((value, i) =>
    {
        double slope = ((double)Value(operation, value + Step) - Value(operation, value - Step)) / (2 * Step);
        return Math.Abs(gradients[watched][i] - (weights[i] * slope)) / (1 + Math.Abs(value));
    }).Max();
}

static bool Close(double value, double expected, double tolerance) => Math.Abs(value - expected) <= tolerance;

static void Claim(bool holds, string claim)
{
    if (!holds)
    {
        throw new InvalidOperationException($"This tutorial claims that {claim}, and that did not hold.");
    }
}
