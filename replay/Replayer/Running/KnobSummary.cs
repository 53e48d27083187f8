using System.Globalization;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What a run's summary says about what was played otherwise than it was recorded.</summary>
public static class KnobSummary
{
    /// <summary>Prints it; nothing if nothing was.</summary>
    public static void Print(TextWriter output, RunKnobs? knobs)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (knobs is null)
        {
            return;
        }

        var asked = new List<string>();
        Add(knobs.Concurrency is not null, $"concurrency {knobs.Concurrency}: at most {knobs.MostTransactions} transactions in flight, {knobs.AdmissionWaits} waited, {knobs.AdmittedBeyond} were let in beyond the limit");
        Add(knobs.Clones > 0, $"clones {knobs.Clones} of each of {knobs.ClonedSessions} sessions that read: {knobs.ClonedReplayed} exchanges replayed, {knobs.ClonedFailed} without a response, {knobs.ClonedNewErrors} new errors");
        if (knobs.Sharing is { } sharing)
        {
            var pinned = string.Join(", ", sharing.Pinned.OrderByDescending(static p => p.Value).Select(static p => string.Create(CultureInfo.InvariantCulture, $"{p.Value} {p.Key}")));
            Add(true, $"connections {sharing.Connections}: at most {sharing.Most} at one time, {sharing.HandOvers} handed over, {sharing.Reconnects} opened anew for another login, {sharing.Waits} transactions waited{(pinned.Length == 0 ? "" : $"; sessions that kept one for a while: {pinned}")}");
        }

        Add(knobs.Transactions != "keep", $"transactions {knobs.Transactions}");
        Add(knobs.Writes != "keep", $"writes {knobs.Writes}");
        if (knobs.StatementTimeoutMicroseconds is { } limit)
        {
            Add(true, $"statement timeout {limit / 1000.0:0.###} ms, {knobs.StatementTimeouts} statements took longer");
        }

        output.WriteLine($"otherwise  {string.Join("; ", asked)}");

        void Add(bool isAsked, FormattableString text)
        {
            if (isAsked)
            {
                asked.Add(text.ToString(CultureInfo.InvariantCulture));
            }
        }
    }
}
