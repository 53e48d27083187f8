using System.Diagnostics.CodeAnalysis;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What a pass over a workload keeps of each session, until all of the session has been read.</summary>
/// <typeparam name="T">What is kept.</typeparam>
internal sealed class OpenSessions<T>
    where T : class
{
    // Ends in the file are in order but for this much.
    private const long SlackMicroseconds = 2_000_000;

    private readonly Dictionary<int, T> _open = [];
    private readonly PriorityQueue<int, long> _byClose = new();

    /// <summary>How many there are.</summary>
    public int Count => _open.Count;

    /// <summary>What is kept, of all.</summary>
    public IReadOnlyCollection<T> Values => _open.Values;

    /// <summary>What is kept of a session, if it has been seen.</summary>
    public bool TryGet(int session, [NotNullWhen(true)] out T? kept) => _open.TryGetValue(session, out kept);

    /// <summary>Begins to keep something of a session.</summary>
    /// <returns><paramref name="kept"/>.</returns>
    public T Add(Session session, T kept)
    {
        _open.Add(session.Number, kept);
        if (session.ClosedAtMicroseconds is { } closedAt)
        {
            _byClose.Enqueue(session.Number, closedAt);
        }

        return kept;
    }

    /// <summary>Lets go of the next session of which nothing more comes, now that an exchange has been read which ended at a moment (microseconds since the Unix epoch; <see cref="long.MaxValue"/> after the last).</summary>
    public bool TryEnd(long readTo, out int session, [NotNullWhen(true)] out T? kept)
    {
        if (_byClose.TryPeek(out session, out var closedAt) && closedAt < readTo - SlackMicroseconds)
        {
            _byClose.Dequeue();
            return _open.Remove(session, out kept);
        }

        kept = null;
        return false;
    }
}
