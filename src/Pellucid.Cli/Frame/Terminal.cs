using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pellucid.Explanations.Studies;
using Spectre.Console;

namespace Pellucid.Cli.Frame;

/// <summary>
/// What a verb may write: one result on standard output, as JSON or as text; notes, tables and progress on standard error.
/// </summary>
internal sealed class Terminal
{
    private readonly Streams _streams;
    private readonly Lazy<IAnsiConsole> _console;
    private readonly Lazy<TextReader> _input;
    private bool _printed;

    internal Terminal(Streams streams, bool json)
    {
        (_streams, Json) = (streams, json);
        _console = new Lazy<IAnsiConsole>(CreateConsole);
        _input = new Lazy<TextReader>(streams.Input);
    }

    /// <summary>Whether a person types on standard input.</summary>
    internal bool IsTyped => _streams.IsTyped;

    /// <summary>Whether the result is printed as JSON.</summary>
    internal bool Json { get; }

    /// <summary>Prints the result: the JSON document with <c>--json</c>, the text without.</summary>
    /// <param name="result">The whole result.</param>
    /// <param name="type">Its entry in <see cref="CliJson"/>.</param>
    /// <param name="text">The part of it that a person wants on standard output; null for none, where a table says it.</param>
    internal void Print<T>(T result, JsonTypeInfo<T> type, string? text = null)
    {
        if (_printed)
        {
            throw new InvalidOperationException("A verb prints one result.");
        }

        _printed = true;
        if (Json)
        {
            using (Utf8JsonWriter writer = new(_streams.Output, new JsonWriterOptions { Encoder = type.Options.Encoder }))
            {
                JsonSerializer.Serialize(writer, result, type);
            }

            _streams.Output.WriteByte((byte)'\n');
        }
        else if (text is not null)
        {
            _streams.Output.Write(Encoding.UTF8.GetBytes(text + "\n"));
        }

        _streams.Output.Flush();
    }

    /// <summary>Writes a part of a text on standard output as it comes; nothing with <c>--json</c>, whose document holds it at the end.</summary>
    internal void Write(string part)
    {
        if (!Json && part.Length > 0)
        {
            _streams.Output.Write(Encoding.UTF8.GetBytes(part));
            _streams.Output.Flush();
        }
    }

    /// <summary>Reads a line of standard input, asked for by a sign where a person types; null at its end.</summary>
    internal async Task<string?> ReadLineAsync(string sign, CancellationToken cancellationToken)
    {
        if (_streams.IsTyped)
        {
            _streams.Error.Write(sign);
        }

        return await Task.Run(() => _input.Value.ReadLine(), CancellationToken.None).WaitAsync(cancellationToken);
    }

    /// <summary>Does some work that the next Ctrl-C stops by itself; one more stops the program.</summary>
    /// <param name="work">The work, which heeds the token.</param>
    /// <param name="cancellationToken">Stops the program.</param>
    /// <returns>Whether it came to its end.</returns>
    internal async Task<bool> WithInterruptionAsync(Action<CancellationToken> work, CancellationToken cancellationToken)
    {
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _streams.Interruption?.Divert(source.Cancel);
        try
        {
            await Task.Run(() => work(source.Token), CancellationToken.None);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            _streams.Interruption?.Divert(null);
        }
    }

    /// <summary>A line for a person.</summary>
    internal void Note(string line) => _streams.Error.WriteLine(line);

    /// <summary>A table for a person; nothing with <c>--json</c>. Cells are plain text; names in the first column are never broken.</summary>
    /// <param name="columns">Headings; one that ends in <c>#</c> is set to the right, without the sign. Where all are empty, there is no line for them.</param>
    /// <param name="rows">As many cells as there are headings.</param>
    internal void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        if (Json)
        {
            return;
        }

        IReadOnlyList<string>[] lines = [.. rows];
        Table table = new Table().Border(TableBorder.Simple);
        table.ShowHeaders = columns.Any(column => column.Length > 0);
        foreach (string column in columns)
        {
            TableColumn heading = new(Markup.Escape(column.TrimEnd('#')));
            table.AddColumn(column.EndsWith('#') ? heading.RightAligned() : heading);
        }

        if (lines.All(line => !line[0].Contains(' ', StringComparison.Ordinal)))
        {
            table.Columns[0].NoWrap();
        }

        foreach (IReadOnlyList<string> row in lines)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        _console.Value.Write(table);
    }

    /// <summary>
    /// Shows how far some work has come: a bar for a person, a line at every tenth where standard error is redirected.
    /// </summary>
    /// <param name="what">The work, in a few words.</param>
    /// <param name="work">Reports the fraction done, 0 to 1; from any thread.</param>
    internal async Task<T> WithProgressAsync<T>(string what, Func<IProgress<double>, Task<T>> work)
    {
        long started = Stopwatch.GetTimestamp();
        T result = _streams.IsTerminal
            ? await _console.Value.Progress().AutoClear(true).StartAsync(async context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(what), maxValue: 1);
                return await work(new Reporter(fraction => task.Value = fraction));
            })
            : await work(Lines(what));
        Note(string.Create(CultureInfo.InvariantCulture, $"{what}: {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s"));
        return result;
    }

    /// <summary>Shows the stages of a study, a bar each, as they come.</summary>
    /// <param name="work">Reports each stage's fraction, 0 to 1; from any thread.</param>
    internal async Task<T> WithStagesAsync<T>(Func<IProgress<StageProgress>, Task<T>> work)
    {
        if (!_streams.IsTerminal)
        {
            ConcurrentDictionary<string, Reporter> lines = new();
            return await work(new StageReporter(at => lines.GetOrAdd(at.Stage, stage => Lines(stage.Replace('_', ' '))).Report(at.Fraction)));
        }

        return await _console.Value.Progress().AutoClear(false).StartAsync(async context =>
        {
            ConcurrentDictionary<string, ProgressTask> bars = new();
            return await work(new StageReporter(at =>
                bars.GetOrAdd(at.Stage, stage => context.AddTask(Markup.Escape(stage.Replace('_', ' ')), maxValue: 1)).Value = at.Fraction));
        });
    }

    /// <summary>Turns progress of another kind into fractions, at once and in order.</summary>
    internal static IProgress<TProgress> Fractions<TProgress>(IProgress<double> target, Func<TProgress, double> fraction) =>
        new FractionReporter<TProgress>(target, fraction);

    private Reporter Lines(string what)
    {
        int tenths = 0;
        return new Reporter(fraction =>
        {
            int now = (int)Math.Clamp(fraction * 10, 0, 9);
            int before = Volatile.Read(ref tenths);
            if (now > before && Interlocked.CompareExchange(ref tenths, now, before) == before)
            {
                Note($"{what}: {now}0 %");
            }
        });
    }

    private IAnsiConsole CreateConsole()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(_streams.Error),
            Ansi = _streams.IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = _streams.IsTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!_streams.IsTerminal)
        {
            console.Profile.Width = _streams.Width;
        }

        return console;
    }

    private sealed class StageReporter(Action<StageProgress> report) : IProgress<StageProgress>
    {
        public void Report(StageProgress value) => report(value);
    }

    private sealed class FractionReporter<TProgress>(IProgress<double> target, Func<TProgress, double> fraction) : IProgress<TProgress>
    {
        public void Report(TProgress value) => target.Report(fraction(value));
    }

    private sealed class Reporter(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
