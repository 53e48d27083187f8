using System.Globalization;

namespace Replay.Replayer;

/// <summary>What a step has to keep, term by term: <c>p99&lt;20ms</c>, <c>errors&lt;0.1%</c>. Times are response times, from when an exchange was due: users wait for a slow predecessor too.</summary>
public sealed class SweepObjective
{
    private readonly List<Term> _terms = [];

    private SweepObjective(string text) => Text = text;

    /// <summary>As it was given.</summary>
    public string Text { get; }

    /// <summary>Reads terms parted by commas; a <see cref="CommandException"/> that says what is expected.</summary>
    public static SweepObjective Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var objective = new SweepObjective(text);
        foreach (var term in text.Split(',', StringSplitOptions.TrimEntries))
        {
            objective._terms.Add(TermOf(term));
        }

        return objective;
    }

    /// <summary>Whether a step that can be trusted keeps all terms and its schedule. A step without responses keeps none.</summary>
    public bool IsMetBy(SweepMeasure measure)
    {
        ArgumentNullException.ThrowIfNull(measure);
        return measure.Exchanges > 0 && !measure.IsSaturated && _terms.TrueForAll(term => term.Quantile is { } quantile ? measure.Response.Quantile(quantile) < term.Limit : measure.ErrorShare < term.Limit);
    }

    private static Term TermOf(string text)
    {
        if (text.Split('<', 2, StringSplitOptions.TrimEntries) is [var measure, var limit])
        {
            if (measure == "errors" && limit.EndsWith('%') && double.TryParse(limit[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent))
            {
                return new Term(null, percent / 100);
            }

            if (measure.StartsWith('p') && double.TryParse(measure[1..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rank) && rank is > 0 and < 100)
            {
                return new Term(rank / 100, Durations.Parse(limit, $"--objective {measure}").TotalMicroseconds);
            }
        }

        throw new CommandException($"--objective {text}: expected terms like p99<20ms, p50<5ms, errors<0.1%, parted by commas");
    }

    // Without a quantile it is the share of errors.
    private readonly record struct Term(double? Quantile, double Limit);
}
