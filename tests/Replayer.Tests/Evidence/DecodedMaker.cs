using System.Globalization;
using System.Text;

namespace Replay.Replayer.Tests.Evidence;

/// <summary>Writes what test_decoding writes of what a <see cref="CounterServer"/> did.</summary>
internal static class DecodedMaker
{
    /// <summary>The committed transactions in order, with one of another connection before and after, so that it is known that the log has all between.</summary>
    /// <param name="wired">What the server did.</param>
    /// <param name="epoch">Where its clock begins, microseconds since 1970.</param>
    public static string Write(IReadOnlyList<Wired> wired, long epoch)
    {
        var open = new Dictionary<int, List<Wired>>();
        var commits = new List<(long At, List<Wired> Updates)>();
        foreach (var one in wired)
        {
            if (!open.TryGetValue(one.Session, out var updates))
            {
                open.Add(one.Session, updates = []);
            }

            if (one.Row > 0)
            {
                updates.Add(one);
            }

            if (!one.IsOpen)
            {
                open.Remove(one.Session);
                if (one.CommittedAt > 0)
                {
                    commits.Add((one.CommittedAt, updates));
                }
            }
        }

        var text = new StringBuilder();
        var xid = 700;
        Write(-1_000_000, []);
        foreach (var (at, updates) in commits.OrderBy(c => c.At))
        {
            Write(at, updates);
        }

        Write(60_000_000, []);
        return text.ToString();

        void Write(long at, List<Wired> updates)
        {
            text.Append(CultureInfo.InvariantCulture, $"BEGIN {++xid}\n");
            foreach (var update in updates)
            {
                text.Append(CultureInfo.InvariantCulture, $"table public.t: UPDATE: id[integer]:{update.Row} n[bigint]:{update.Returned}\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"COMMIT {xid} (at {Time(epoch + at)})\n");
        }
    }

    /// <summary>A moment as the plugin writes it.</summary>
    public static string Time(long microseconds) => DateTime.UnixEpoch.AddMicroseconds(microseconds).ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture) + "+00";
}
