namespace Replay.Replayer;

/// <content>Statements that take longer than <c>--statement-timeout</c> allows, where the server does not end them.</content>
public sealed partial class SessionPlayer
{
    private long _killedFor = -1;

    /// <summary>Of its exchanges that are on the wire, the oldest: since when it is the one that is answered next, run clock, and how long it took in production; null if none is.</summary>
    public (int Ordinal, long SinceMicroseconds, long CapturedMicroseconds)? OldestOnWire
    {
        get
        {
            lock (_lock)
            {
                return _sent.Count == 0 ? null : (_sent.Head.Planned.Ordinal, Math.Max(_sent.Head.GivenMicroseconds, _lastEndedMicroseconds), _sent.Head.Planned.CapturedMicroseconds);
            }
        }
    }

    /// <summary>The server's number of its connection; -1 if it has none.</summary>
    public long ServerConnectionId
    {
        get
        {
            lock (_lock)
            {
                return _link?.ServerConnectionId ?? -1;
            }
        }
    }

    /// <summary>Whether others may stand behind its locks: a transaction is open, or it keeps locks of the session.</summary>
    public bool HoldsLocks
    {
        get
        {
            lock (_lock)
            {
                return _unit.IsOpen || _sessionLocks > 0;
            }
        }
    }

    /// <summary>What its connection may keep tables' definitions for.</summary>
    public OpenStatements OpenStatements
    {
        get
        {
            lock (_lock)
            {
                return new OpenStatements(_link?.ServerConnectionId ?? -1, [.. _transaction.Shapes], _sent.Count > 0 && OrderFeed.Runs(_sent.Head.Planned.Command) ? _sent.Head.Planned.Shape : -1);
            }
        }
    }

    /// <summary>The server's number of its connection, if what is on the wire there has taken longer than allowed; -1 if not. Once for each exchange.</summary>
    public long OverdueConnection(long nowMicroseconds, long limitMicroseconds)
    {
        lock (_lock)
        {
            if (_state != LinkState.Open || _sent.Count == 0 || _sent.Head.Planned.Position == _killedFor
                || nowMicroseconds - Math.Max(_sent.Head.GivenMicroseconds, _lastEndedMicroseconds) <= limitMicroseconds)
            {
                return -1;
            }

            _killedFor = _sent.Head.Planned.Position;
            return _link?.ServerConnectionId ?? -1;
        }
    }
}
