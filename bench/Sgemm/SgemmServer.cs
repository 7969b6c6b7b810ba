using System.Globalization;
using Pellucid.Tensors;

namespace Pellucid.Bench.Sgemm;

/// <summary>
/// The other end of <see cref="SgemmProcess"/>: one library in a process of its own, so that its threads disturb nobody. It answers
/// <c>shape ROWS INPUTS OUTPUTS</c> with the way of calling that it chose, and <c>run</c> with the seconds of a call.
/// </summary>
internal static unsafe class SgemmServer
{
    internal static int Serve(string name)
    {
        if (SgemmLibrary.TryLoad(name) is not { } library)
        {
            return 1;
        }

        Console.Out.WriteLine("ready");
        using Shape shape = new();
        while (Console.In.ReadLine() is { } line)
        {
            string[] words = line.Split(' ');
            if (words[0] == "shape")
            {
                int[] sizes = [.. words[1..].Select(word => int.Parse(word, CultureInfo.InvariantCulture))];
                shape.Set(sizes[0], sizes[1], sizes[2]);
                Console.Out.WriteLine(shape.Choose(library));
            }
            else
            {
                Console.Out.WriteLine(shape.Run(library).ToString("R", CultureInfo.InvariantCulture));
            }
        }

        return 0;
    }

    /// <summary>The operands of a shape; the weights several times over, so that no cache holds them from one call to the next.</summary>
    private sealed class Shape : IDisposable
    {
        private readonly List<Tensor> _weights = [];
        private Tensor? _a;
        private Tensor? _c;
        private int _rows;
        private int _inputs;
        private int _outputs;
        private SgemmCall _call;
        private int _next;

        internal void Set(int rows, int inputs, int outputs)
        {
            if (inputs != _inputs || outputs != _outputs)
            {
                Clear();
                using Tensor weight = ProductOperands.Values(inputs, outputs);
                for (int copy = 0; copy < ProductOperands.Copies(inputs, outputs); copy++)
                {
                    _weights.Add(weight.To(DType.F32));
                }
            }

            _a?.Dispose();
            _c?.Dispose();
            (_rows, _inputs, _outputs) = (rows, inputs, outputs);
            _a = ProductOperands.Values(rows, inputs);
            _c = Tensor.Zeros(new Tensors.Shape(rows, outputs));
        }

        /// <summary>The fastest way of calling for this shape.</summary>
        internal SgemmCall Choose(SgemmLibrary library)
        {
            SgemmCall best = SgemmCall.Gemm;
            double least = double.PositiveInfinity;
            foreach (SgemmCall call in library.Calls(_rows))
            {
                _call = call;
                double seconds = Math.Min(Run(library), Run(library));
                (best, least) = seconds < least ? (call, seconds) : (best, least);
            }

            return _call = best;
        }

        internal double Run(SgemmLibrary library) => ProductOperands.Time(() =>
        {
            fixed (float* a = _a!.AsSpan(), c = _c!.AsSpan(), w = _weights[_next++ % _weights.Count].AsSpan())
            {
                library.Run(_call, _rows, _inputs, _outputs, a, w, c);
            }
        });

        public void Dispose() => Clear();

        private void Clear()
        {
            _weights.ForEach(weight => weight.Dispose());
            _weights.Clear();
            _a?.Dispose();
            _c?.Dispose();
            (_a, _c, _next) = (null, null, 0);
        }
    }
}
