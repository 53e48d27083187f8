using System.Collections;

namespace Replay.Workload;

/// <summary>A workload's sessions. Few are in memory at a time, so looking up in ascending order is cheap and at random is not. Safe for several threads.</summary>
public sealed class SessionTable : IEnumerable<Session>
{
    internal SessionTable()
    {
    }

    /// <summary>The highest session number; 0 if there is none.</summary>
    public int HighestNumber => throw new NotSupportedException();

    /// <summary>The session with this number as it was last recorded; null if there is none.</summary>
    public Session? Find(int number) => throw new NotSupportedException();

    /// <summary>All sessions in order of their numbers, read from disk as they are enumerated.</summary>
    public IEnumerator<Session> GetEnumerator() => throw new NotSupportedException();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
