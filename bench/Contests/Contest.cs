using System.Globalization;
using Pellucid.Bench.Cases;

namespace Pellucid.Bench.Contests;

/// <summary>
/// Contenders in turn, round by round, so that what the machine does meanwhile falls on all alike. The medians are compared.
/// A case says what it measures; its contenders have to agree about the result.
/// </summary>
internal sealed record Contest(BenchCase Case, Contender Ours, IReadOnlyList<Contender> Baselines)
{
    /// <summary>What one turn does, in the unit's numerator (tokens, for tokens a second); the figure is this by its seconds.</summary>
    internal double Work { get; init; } = 1;

    /// <summary>Rounds that are not counted.</summary>
    internal int Warmup { get; init; } = 2;

    /// <summary>Rounds that are counted.</summary>
    internal int Rounds { get; init; } = 9;

    /// <summary>Largest relative difference of a baseline's check number from ours.</summary>
    internal double Agreement { get; init; } = 1e-3;

    /// <summary>What the case's figures need said beside them.</summary>
    internal string? Remark { get; init; }

    /// <summary>Runs all rounds.</summary>
    /// <exception cref="InvalidOperationException">A baseline computes something else, or stopped answering.</exception>
    internal CaseResult Hold(Action<string> log)
    {
        Contender[] present = [Ours, .. Baselines.Where(baseline => baseline.Play is not null)];
        Dictionary<string, List<double>> figures = present.ToDictionary(one => one.Name, _ => new List<double>());
        Dictionary<string, double?> checks = [];
        for (int round = 0; round < Warmup + Rounds; round++)
        {
            foreach (Contender contender in present)
            {
                Turn turn = contender.Play!();
                checks[contender.Name] = turn.Check;
                if (round >= Warmup)
                {
                    figures[contender.Name].Add(Case.HigherIsBetter ? Work / turn.Seconds : turn.Seconds / Work);
                }
            }

            if (round == 0)
            {
                Compare(checks);
            }
        }

        foreach (Contender absent in Baselines.Where(baseline => baseline.Play is null))
        {
            log($"{Case.Name}: the baseline {absent.Name} is absent: {absent.Settings}");
        }

        return new CaseResult(
            Case.Name, Case.Unit, Case.HigherIsBetter, BenchCase.Median(figures[Ours.Name]),
            Baselines.ToDictionary(one => one.Name, one => figures.TryGetValue(one.Name, out List<double>? values) ? BenchCase.Median(values) : (double?)null))
        {
            Rounds = Rounds,
            Spread = figures.ToDictionary(pair => pair.Key == Ours.Name ? "ours" : pair.Key, pair => new Spread(pair.Value.Min(), pair.Value.Max())),
            Note = string.Join(" | ", [.. Remark is null ? Array.Empty<string>() : [Remark], .. new[] { Ours }.Concat(Baselines).Select(one => $"{one.Name}: {one.Settings}")]),
        };
    }

    private void Compare(Dictionary<string, double?> checks)
    {
        foreach ((string name, double? check) in checks)
        {
            if (checks[Ours.Name] is { } own && check is { } other && !(Math.Abs(other - own) <= Agreement * Math.Max(Math.Abs(own), 1e-30)))
            {
                throw new InvalidOperationException(string.Create(
                    CultureInfo.InvariantCulture, $"{name} computes something else: its check number is {other:G7}, ours is {own:G7}. They must agree to {Agreement}."));
            }
        }
    }
}
