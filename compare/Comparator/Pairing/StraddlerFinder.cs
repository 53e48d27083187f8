using System.Text.Json;
using Replay.Workload;

namespace Replay.Comparator;

/// <summary>
/// Finds the exchanges of transactions that straddle the snapshot's cut: begun untimed in the pre-roll, ended on the schedule. Their beginning ran without the load that they had in
/// production, so their time is not compared. Only transactions that a run's certificate tells of are looked for, and only as far as they reach.
/// </summary>
internal static class StraddlerFinder
{
    /// <summary>The run's document that tells whether any transaction straddles.</summary>
    public const string Document = "certificate.json";

    /// <summary>The most exchanges that are told apart; further ones are compared like others.</summary>
    public const int MostExchanges = 1_000_000;

    /// <summary>So many exchanges after the last pre-rolled one none is expected any more, whatever the count says: what failed in the pre-roll is not marked.</summary>
    public const int QuietExchanges = 1_000_000;

    private const int Batch = 4096;

    /// <summary>Their positions; empty if there are none, or no run tells.</summary>
    public static IReadOnlySet<long> Find(ComparisonInput input, List<string> warnings, CancellationToken cancellation)
    {
        var found = new HashSet<long>();
        if (ReadCut(input, warnings) is not { Straddling: > 0 } cut)
        {
            return found;
        }

        var outcomes = new RunOutcome[Batch];
        var open = new HashSet<int>();
        using var cursor = input.Workload.Read(0, ExchangeParts.WithoutRequest);
        long preRolled = 0, last = 0;
        for (long position = 0; position < input.Count && cursor.MoveNext() && found.Count < MostExchanges; position++)
        {
            var at = (int)(position % Batch);
            if (at == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                cut.Run.Read(position, outcomes.AsSpan(0, (int)Math.Min(Batch, input.Count - position)));
                if (open.Count == 0 && (preRolled >= cut.PreRolled || position - last > QuietExchanges))
                {
                    break;
                }
            }

            var exchange = cursor.Current;
            var isPreRoll = (outcomes[at].Flags & RunFlags.PreRoll) != 0;
            preRolled += isPreRoll ? 1 : 0;
            last = isPreRoll ? position : last;
            if (!isPreRoll && open.Contains(exchange.Session))
            {
                found.Add(position);
            }

            // In the middle of a batch the state is not known, and stays what it was.
            if (exchange.TransactionState == TransactionState.Idle)
            {
                open.Remove(exchange.Session);
            }
            else if (isPreRoll && exchange.TransactionState is (TransactionState.Open or TransactionState.Failed))
            {
                open.Add(exchange.Session);
            }
        }

        return found;
    }

    private static Cut? ReadCut(ComparisonInput input, List<string> warnings)
    {
        foreach (var run in input.Runs)
        {
            if (run.ReadDocument(Document) is not { } json)
            {
                continue;
            }

            try
            {
                using var document = JsonDocument.Parse(json);
                if (document.RootElement.TryGetProperty("cut", out var cut))
                {
                    return new Cut(run, cut.GetProperty("straddling_transactions").GetInt64(), cut.GetProperty("pre_rolled").GetInt64());
                }
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
            {
                warnings.Add($"{run.Label}: {Document} could not be read, so transactions that straddle the snapshot's cut are not told apart ({exception.Message})");
            }
        }

        return null;
    }

    private sealed record Cut(ComparedRun Run, long Straddling, long PreRolled);
}
