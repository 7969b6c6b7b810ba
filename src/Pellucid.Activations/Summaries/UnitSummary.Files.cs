using System.Globalization;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Activations;

public sealed partial class UnitSummary
{
    /// <summary>Writes the summary as safetensors; the same summary gives the same bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="metadata">More texts for the header.</param>
    /// <exception cref="BadFileException">It cannot be written.</exception>
    public void Save(string path, IReadOnlyDictionary<string, string>? metadata = null)
    {
        Dictionary<string, string> texts = new(metadata ?? new Dictionary<string, string>())
        {
            ["tokens"] = Tokens.ToString(CultureInfo.InvariantCulture),
            ["window"] = Text(_options.Window),
            ["shortest_window"] = Text(_options.ShortestWindow),
            ["top"] = Text(_options.Top),
            ["random"] = Text(_options.Random),
            ["each_octave"] = Text(_options.EachOctave),
            ["seed"] = _options.Seed.ToString(CultureInfo.InvariantCulture),
        };
        KeyValuePair<string, Tensor>[] arrays =
        [
            new("powers", PowersTensor()),
            new("min", Tensor.From(_min)),
            new("max", Tensor.From(_max)),
            new("active", Tensor.From<double>(Array.ConvertAll(_active, count => (double)count), new Shape(Units))),
            new("histogram", Tensor.From<int>(_histogram, new Shape(Units, LogHistogram.Bins))),
            new("top_examples", _top.ToTensor()),
            new("random_examples", _random.ToTensor()),
            new("octave_examples", _strata.ToTensor()),
        ];
        try
        {
            SafetensorsFile.Write(path, arrays, texts);
        }
        finally
        {
            foreach ((_, Tensor tensor) in arrays)
            {
                tensor.Dispose();
            }
        }
    }

    /// <summary>Reads a summary and the texts of its header.</summary>
    /// <exception cref="BadFileException">It is damaged or not a summary.</exception>
    public static (UnitSummary Summary, IReadOnlyDictionary<string, string> Metadata) Load(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        SummaryOptions options = new()
        {
            Window = Number(file, "window"),
            ShortestWindow = Number(file, "shortest_window"),
            Top = Number(file, "top"),
            Random = Number(file, "random"),
            EachOctave = Number(file, "each_octave"),
            Seed = Long(file, "seed"),
        };
        UnitSummary summary;
        try
        {
            int units = (int)Math.Min(file["min"].Shape.Count, int.MaxValue);
            Require(file, options, units); // against the file's size, before anything of that size is allocated
            summary = new(units, options);
        }
        catch (PellucidException error) when (error is not BadFileException)
        {
            throw new BadFileException(path, $"it is not a summary ({error.Message.TrimEnd('.')})", "Write the summary anew", error);
        }

        summary.CountTokens(Math.Clamp(Long(file, "tokens"), 0, int.MaxValue));
        return summary.Fill(file) && summary.IsConsistent()
            ? (summary, file.Metadata)
            : throw new BadFileException(path, "its counts or examples contradict each other", "Write the summary anew");
    }

    private static void Require(SafetensorsFile file, SummaryOptions options, int units)
    {
        options.Check();
        if (units > MostUnits)
        {
            throw new ShapeException($"{units} units are more than {MostUnits}.");
        }

        Require(file, "powers", DType.F64, new Shape(4, units));
        Require(file, "min", DType.F32, new Shape(units));
        Require(file, "max", DType.F32, new Shape(units));
        Require(file, "active", DType.F64, new Shape(units));
        Require(file, "histogram", DType.I32, new Shape(units, LogHistogram.Bins));
        Require(file, "top_examples", DType.I32, new Shape(units, options.Top, 4));
        Require(file, "random_examples", DType.I32, new Shape(units, options.Random, 4));
        Require(file, "octave_examples", DType.I32, new Shape(units * Octaves, options.EachOctave, 4));
    }

    private bool Fill(SafetensorsFile file)
    {
        using (Tensor powers = file.Read("powers"))
        {
            for (int power = 0; power < _powers.Length; power++)
            {
                powers.AsSpan<double>().Slice(power * Units, Units).CopyTo(_powers[power]);
            }
        }

        using Tensor min = file.Read("min"), max = file.Read("max"), active = file.Read("active"), histogram = file.Read("histogram");
        min.AsSpan().CopyTo(_min);
        max.AsSpan().CopyTo(_max);
        histogram.AsSpan<int>().CopyTo(_histogram);
        for (int unit = 0; unit < Units; unit++)
        {
            _active[unit] = (long)active.AsSpan<double>()[unit];
        }

        using Tensor top = file.Read("top_examples"), random = file.Read("random_examples"), strata = file.Read("octave_examples");
        return _top.TryLoad(top, _options.Window, static (_, example) => ExampleTable.Descending(example.Max))
            && _random.TryLoad(random, _options.Window, Priority)
            && _strata.TryLoad(strata, _options.Window, (group, example) => Priority(group / Octaves, example));
    }

    /// <summary>Whether the numbers can have come from values: every token counted once, no more active than there are, moments finite.</summary>
    private bool IsConsistent()
    {
        for (int unit = 0; unit < Units; unit++)
        {
            long counted = 0;
            foreach (int count in Histogram(unit))
            {
                if (count < 0)
                {
                    return false;
                }

                counted += count;
            }

            bool bounds = Tokens == 0
                ? float.IsPositiveInfinity(_min[unit]) && float.IsNegativeInfinity(_max[unit])
                : float.IsFinite(_min[unit]) && float.IsFinite(_max[unit]) && _min[unit] <= _max[unit];
            if (counted != Tokens || _active[unit] < 0 || _active[unit] > Tokens || !bounds || !_powers.All(power => double.IsFinite(power[unit])))
            {
                return false;
            }
        }

        return true;
    }

    private Tensor PowersTensor()
    {
        Tensor tensor = Tensor.Empty(new Shape(4, Units), DType.F64);
        for (int power = 0; power < _powers.Length; power++)
        {
            _powers[power].CopyTo(tensor.AsSpan<double>()[(power * Units)..]);
        }

        return tensor;
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static int Number(SafetensorsFile file, string key) => Long(file, key) is >= 0 and <= 1 << 20 and long value
        ? (int)value
        : throw new BadFileException(file.Path, $"its header's '{key}' is out of range", "Write the summary anew");

    private static long Long(SafetensorsFile file, string key) =>
        file.Metadata.TryGetValue(key, out string? text) && long.TryParse(text, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw new BadFileException(file.Path, $"its header has no number '{key}'", "Write the summary anew");

    private static void Require(SafetensorsFile file, string name, DType type, Shape shape)
    {
        SafetensorsEntry entry = file[name];
        if (entry.DType != type || entry.Shape != shape)
        {
            throw new BadFileException(file.Path, $"array '{name}' is {entry.DType} {entry.Shape}; {type} {shape} was expected", "Write the summary anew");
        }
    }
}
