using System.Runtime.CompilerServices;
using System.Text;

namespace Pellucid.Models.Chat;

/// <summary>
/// One rendering: what it has written, where it is, and what it may still use. A template comes from outside, so that its steps, its depth, the
/// text and lists that it makes and its output are all bounded.
/// </summary>
internal sealed class RenderContext(TemplateSource source, DateTime now)
{
    private const int MostSteps = 1_000_000;
    private const int MostDepth = 250;
    private const int LongestText = 10 << 20;
    private const long MostWork = 32L << 20; // characters and list items made, all together

    private StringBuilder _output = new();
    private long _work;
    private int _steps;
    private int _depth;
    private int _place;

    /// <summary>The time that the template is told.</summary>
    internal DateTime Now => now;

    /// <summary>What has been written.</summary>
    internal string Output => _output.ToString();

    /// <summary>An error at the place that is being computed.</summary>
    internal ChatTemplateException Error(string problem) => source.Error(_place, problem);

    /// <summary>Says where the computation is.</summary>
    internal void At(int offset) => _place = offset;

    /// <summary>Begins a part; one step.</summary>
    internal void Enter(int offset)
    {
        _place = offset;
        if (++_depth > MostDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Error($"expressions or macros are nested more than {MostDepth} deep.");
        }

        Step();
    }

    /// <summary>Ends a part.</summary>
    internal void Leave() => _depth--;

    /// <summary>Counts one step.</summary>
    internal void Step()
    {
        if (++_steps > MostSteps)
        {
            throw Error($"the template takes more than {MostSteps} steps, which no chat needs. Shorten the messages, or use another template.");
        }
    }

    /// <summary>Counts characters or list items that are made.</summary>
    internal void Work(long count)
    {
        _work += count;
        if (count > LongestText || _work > MostWork)
        {
            throw Error($"the template makes texts or lists of more than {LongestText} characters or items. Shorten the messages, or use another template.");
        }
    }

    /// <summary>The same text, once it has been counted.</summary>
    internal string Made(string text)
    {
        Work(text.Length);
        return text;
    }

    /// <summary>Writes a text.</summary>
    internal void Write(string text)
    {
        Work(text.Length);
        if (_output.Length + text.Length > LongestText)
        {
            throw Error($"the rendered text is longer than {LongestText} characters. Shorten the messages.");
        }

        _output.Append(text);
    }

    /// <summary>What some part writes, in place of the output.</summary>
    internal string Capture(Action write)
    {
        StringBuilder outer = _output;
        _output = new StringBuilder();
        write();
        string written = Output;
        _output = outer;
        return written;
    }
}
