using System.Collections;

namespace Replay.Workload;

/// <summary>
/// A workload's sessions. Few are in memory at a time: looking up in about ascending order is cheap, and at random is not if there are
/// many. Safe for several threads.
/// </summary>
public sealed class SessionTable : IEnumerable<Session>
{
    /// <summary>Sessions that are loaded together: those with neighbouring numbers.</summary>
    internal const int WindowSessions = 4096;

    // 16 windows cover the sessions that are open at one time on a busy server; about 30 MiB if they are all full.
    private const int MaxWindows = 16;

    private readonly SegmentFolder _segments;
    private readonly List<LocatedBlock> _blocks;
    private readonly Lock _lock = new();
    private readonly StringPool _strings = new();
    private readonly LinkedList<(int Window, Session?[] Sessions)> _recent = [];

    internal SessionTable(SegmentFolder segments, IEnumerable<LocatedBlock> blocks)
    {
        _segments = segments;
        _blocks = [.. blocks];
        HighestNumber = _blocks.Count == 0 ? 0 : _blocks.Max(b => b.Header.MaxSession);
    }

    /// <summary>The highest session number; 0 if there is none.</summary>
    public int HighestNumber { get; }

    /// <summary>The session with this number as it was last recorded; null if there is none.</summary>
    public Session? Find(int number)
    {
        if (number <= 0 || number > HighestNumber)
        {
            return null;
        }

        lock (_lock)
        {
            return Window(number / WindowSessions)[number % WindowSessions];
        }
    }

    /// <summary>All sessions in order of their numbers, read from disk as they are enumerated.</summary>
    public IEnumerator<Session> GetEnumerator()
    {
        for (var window = 0; HighestNumber > 0 && window <= HighestNumber / WindowSessions; window++)
        {
            Session?[] sessions;
            lock (_lock)
            {
                sessions = Window(window);
            }

            foreach (var session in sessions)
            {
                if (session is not null)
                {
                    yield return session;
                }
            }
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private Session?[] Window(int window)
    {
        for (var node = _recent.First; node is not null; node = node.Next)
        {
            if (node.Value.Window == window)
            {
                if (node != _recent.First)
                {
                    _recent.Remove(node);
                    _recent.AddFirst(node);
                }

                return node.Value.Sessions;
            }
        }

        var sessions = Load(window);
        if (_recent.Count >= MaxWindows)
        {
            _recent.RemoveLast();
        }

        _recent.AddFirst((window, sessions));
        return sessions;
    }

    // In the order in which they were written, so that the last record of a session is the one that stays.
    private Session?[] Load(int window)
    {
        var first = window * WindowSessions;
        var sessions = new Session?[WindowSessions];
        using var buffer = new BlockBuffer();
        foreach (var block in _blocks)
        {
            if (block.Header.MaxSession < first || block.Header.MinSession - first >= WindowSessions)
            {
                continue;
            }

            _segments.Load(buffer, block);
            try
            {
                var reader = new PayloadReader(buffer.Bytes, 0, buffer.Length);
                for (var i = 0; i < block.Header.Count; i++)
                {
                    var session = SessionCodec.Read(ref reader, _strings);
                    if (session.Number >= first && session.Number - first < WindowSessions)
                    {
                        sessions[session.Number - first] = session;
                    }
                }
            }
            catch (MalformedBlockException)
            {
                throw _segments.Damaged(block);
            }
        }

        return sessions;
    }
}
