using System.Runtime.InteropServices;

namespace Replay.Replayer;

/// <content>
/// Who found a row that another transaction had added. PostgreSQL shows it only to statements that began after that transaction's commit, so one that found it began after the commit, even if it had been sent
/// before: a busy server begins late. Sent before the commit, a replay's would find nothing.
/// </content>
public sealed partial class OrderBuilder
{
    private readonly AddingCommits _adding = new();

    // The key's last writer added the row, and committed while unit was under way.
    private void FollowAdder(OrderUnit unit, in OrderAccess access, in KeyEntry adder)
    {
        if (!adder.IsInsert || adder.Session == unit.Session || !_options.WritesUseSnapshots || _options.Level != OrderLevel.Key || unit.Failed || unit.Rows.Found <= 0 || access.Kind == OrderAccessKind.KeyInsert)
        {
            return;
        }

        if (!_adding.TryFind(adder.Session, adder.Ordinal, unit.RequestedAtMicroseconds, out var commit))
        {
            // Answered later than what it let go, or too many since to tell.
            if (commit.Session != 0 || (_sessions.TryGetValue(adder.Session, out var session) && session is { InTransaction: true, Outstanding.Commits: true } && session.FirstOrdinal <= adder.Ordinal))
            {
                AmbiguousAdder(unit, adder.Session, adder.Ordinal, in access);
            }
        }
        else if (unit.HasFoundAll || (access.Kind == OrderAccessKind.KeyShared && WritesOrLocks(unit)))
        {
            WaitForUnit(unit, commit.Session, commit.Ordinal, commit.Sequence, OrderReason.Visibility);
        }
        else
        {
            AmbiguousAdder(unit, commit.Session, commit.Ordinal, in access);
        }
    }

    private void AmbiguousAdder(OrderUnit unit, int session, int ordinal, in OrderAccess access)
    {
        Counts.AmbiguousPairs++;
        _sink.Ambiguous(new AmbiguousPair(session, ordinal, unit.Session, unit.LastOrdinal, access.Table, access.Key));
    }
}

/// <summary>The last commits of transactions of several statements that added rows by their keys.</summary>
internal sealed class AddingCommits
{
    private const int Most = 1024;
    private readonly AddingCommit[] _commits = new AddingCommit[Most];
    private long _count;

    /// <summary>Notes one that ends, later than all before.</summary>
    public void Add(in AddingCommit commit) => _commits[_count++ & (Most - 1)] = commit;

    /// <summary>
    /// That of the transaction of an exchange, if it did not end before a time. If not, <paramref name="commit"/> tells what is the oldest that is known in case that ended later than the time too, and so
    /// does not rule it out; else it is empty.
    /// </summary>
    public bool TryFind(int session, int ordinal, long notBefore, out AddingCommit commit)
    {
        var known = (int)Math.Min(_count, Most);
        for (var i = 1; i <= known; i++)
        {
            commit = _commits[(_count - i) & (Most - 1)];
            if (commit.EndedAt < notBefore)
            {
                commit = default;
                return false;
            }

            if (commit.Session == session && ordinal >= commit.FirstOrdinal && ordinal <= commit.Ordinal)
            {
                return true;
            }
        }

        commit = known < Most ? default : _commits[_count & (Most - 1)];
        return false;
    }
}

/// <summary>A commit that has ended.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AddingCommit(int Session, int FirstOrdinal, int Ordinal, long Sequence, long EndedAt);
