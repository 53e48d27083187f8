using System.Globalization;
using System.Text;
using System.Text.Json;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Prints, for one exchange of a run, what its divergence follows from, step by step back to the root.</summary>
public sealed class CauseChain(RunReader run, WorkloadReader workload)
{
    private const int MaxSqlCharacters = 160;
    private const int MaxSteps = 1000;

    /// <summary>Prints the chain of an exchange; a <see cref="CommandException"/> if the workload has none such.</summary>
    public void Print(TextWriter output, int session, int ordinal)
    {
        var position = ExchangePlace.Find(workload, session, ordinal) ?? throw new CommandException($"the workload has no exchange {session}/{ordinal}");
        var json = run.ReadDocument(CauseDocument.Name) is { } text ? JsonDocument.Parse(text) : null;
        var links = json?.RootElement.GetProperty("links").EnumerateArray().ToDictionary(l => l[0].GetInt64(), l => l[1].GetInt64()) ?? [];
        var at = position;
        for (var step = 0; step < MaxSteps; step++)
        {
            var kind = Describe(output, at, step);
            if (!links.TryGetValue(at, out var before))
            {
                output.WriteLine(step == 0 && json is not null && PairOf(json.RootElement, session, ordinal) is { } pair ? pair
                    : kind == Divergence.None && step == 0 ? "  went as in production"
                    : json is null ? "  what it follows from was not looked for: the run was made with --order session or none, or ended early"
                    : RootOf(json.RootElement, at));
                return;
            }

            output.WriteLine("  follows from");
            at = before;
        }
    }

    // A pair's second one may itself have gone as in production.
    private static string? PairOf(JsonElement causes, int session, int ordinal)
    {
        foreach (var root in causes.GetProperty("causes").EnumerateArray())
        {
            if (root.GetProperty("pair") is { ValueKind: JsonValueKind.Object } pair && pair.GetProperty("second_session").GetInt32() == session && pair.GetProperty("second_ordinal").GetInt32() == ordinal)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"  the wire does not tell whether it came before or after {pair.GetProperty("first_session").GetInt32()}/{pair.GetProperty("first_ordinal").GetInt32()} on {pair.GetProperty("table").GetString()}: {root.GetProperty("consequences").GetInt64()} divergences follow from that");
            }
        }

        return null;
    }

    private static string RootOf(JsonElement causes, long position)
    {
        foreach (var root in causes.GetProperty("causes").EnumerateArray())
        {
            if (root.GetProperty("position") is { ValueKind: JsonValueKind.Number } at && at.GetInt64() == position)
            {
                return $"  is a root: {root.GetProperty("consequences").GetInt64().ToString(CultureInfo.InvariantCulture)} others follow from it";
            }
        }

        if (causes.GetProperty("roots").GetInt64() > causes.GetProperty("causes").GetArrayLength() || causes.GetProperty("links").GetArrayLength() >= CauseFinder.MaxLinks)
        {
            return string.Create(CultureInfo.InvariantCulture, $"  what it follows from, if anything, was not kept: the run has {causes.GetProperty("roots").GetInt64()} roots, of which the first {CauseFinder.MaxRoots} are kept, and {CauseFinder.MaxLinks} steps from one to the next");
        }

        return "  stands beside a pair whose order the wire does not tell ('dbreplay show RUN --document order.json' lists them)";
    }

    private Divergence Describe(TextWriter output, long position, int step)
    {
        using var cursor = workload.Read(position);
        cursor.MoveNext();
        var exchange = cursor.Current;
        var outcome = new RunOutcome[1];
        run.Read(position, outcome);
        var kind = Divergences.Of(in exchange, in outcome[0]);
        var sql = Encoding.UTF8.GetString(exchange.Text).ReplaceLineEndings(" ");
        var error = run.ErrorCode(outcome[0].ErrorCode);
        var what = kind switch
        {
            Divergence.Error => $"error {error} {run.FindError(position)?.Message}",
            Divergence.ErrorGone => $"no error; production had {Encoding.ASCII.GetString(exchange.ErrorCode)}",
            Divergence.Count => string.Create(CultureInfo.InvariantCulture, $"{Count(outcome[0].Rows)} rows, {Count(outcome[0].Affected)} changed; production had {Count(RunOutcome.Count(exchange.Rows))} and {Count(RunOutcome.Count(exchange.Affected))}"),
            Divergence.Values => "other values",
            Divergence.Missing => $"{outcome[0].Status.Name()}, {outcome[0].Reason.Name()}",
            _ => "as in production",
        };
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(step == 0 ? "" : "  ")}{exchange.Session}/{exchange.Ordinal} {WireText.Time(exchange.RequestedAtMicroseconds)}: {what}: {(sql.Length > MaxSqlCharacters ? sql[..MaxSqlCharacters] + "..." : sql)}"));
        return kind;
    }

    private static string Count(uint count) => count == RunOutcome.NoCount ? "no" : count.ToString(CultureInfo.InvariantCulture);
}
