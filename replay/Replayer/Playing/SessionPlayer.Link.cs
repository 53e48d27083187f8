using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <content>
/// The connection: opened when it is near, opened again when it was lost. What was on the wire has failed; the rest of a transaction that was lost is left out;
/// the next exchange beyond it goes on a new connection, which is given the session's state first.
/// </content>
public sealed partial class SessionPlayer
{
    /// <summary>How often in a row a session's connection is opened again without a response in between: 16 times.</summary>
    public const int MaxReopenings = 16;

    /// <summary>How long a server that has answered before may be away (it restarts) until a session gives up: a minute.</summary>
    public const long ReopenWithinMicroseconds = 60_000_000;

    /// <summary>How long after one attempt to connect the next is made: a quarter of a second.</summary>
    public const long ReopenPauseMicroseconds = 250_000;

    /// <summary>How long giving a session its state may take: 30 s.</summary>
    public const long RestoreWithinMicroseconds = 30_000_000;

    /// <summary>Tag of messages that give a new connection the session's state.</summary>
    internal const long RestoreTag = -2;

    private readonly SessionMemory _memory;
    private IPlayerLink? _link;
    private LinkState _state;
    private RunReason _lostReason;
    private bool _closedEarly;
    private string? _untoldLoss;
    private Unit _unit;
    private Unit _unitBefore;
    private bool _wasOpened;
    private bool _wasLost; // the connection before
    private int _lossesInARow;
    private int _restored;
    private long _openingSinceMicroseconds = long.MinValue;
    private long _openAgainAtMicroseconds = long.MinValue;
    private int _holdsSlot;
    private int _port;

    private enum LinkState
    {
        /// <summary>There is none, or none any more and another may be opened.</summary>
        None,
        Opening,

        /// <summary>A new one is given the session's state.</summary>
        Restoring,
        Open,

        /// <summary>It takes nothing any more; that it has ended is about to be told.</summary>
        Closing,

        /// <summary>There will be no other.</summary>
        Ended,
    }

    internal void OnOpened(IPlayerLink link)
    {
        bool isLost;
        lock (_lock)
        {
            _link = link;
            _port = link.LocalPort;
            isLost = _closedEarly;
            _closedEarly = false;
            _restored = 0;
            _preparedFor = -1;
            _values?.Reset();
            _transaction.Reset();
            _isRemedy = _isOwed = _isBegin = _isWrapped = false;
            _dutyFor = -1;
            _state = LinkState.Restoring;
            _openingSinceMicroseconds = _context.Now();
            if (_wasLost || _shared is not null)
            {
                _owed.Clear(); // they are in its memory
            }

            if (_wasLost)
            {
                _context.SawReopening();
            }
            else if (!_wasOpened)
            {
                _context.SawOpening();
            }

            _wasOpened = true;
        }

        if (isLost)
        {
            Lose(TargetErrorCodes.ConnectionLost, "the server closed the connection at once");
            return;
        }

        RestoreNext();
    }

    /// <summary>It could not be opened. True if the session gives up, false if it tries again.</summary>
    internal bool OnOpenFailed(bool mayRetry)
    {
        bool givesUp;
        lock (_lock)
        {
            var now = _context.Now();
            _state = LinkState.None;
            _closedEarly = false;
            givesUp = !mayRetry || _context.Stopping || now - _openingSinceMicroseconds >= ReopenWithinMicroseconds;
            _openAgainAtMicroseconds = now + ReopenPauseMicroseconds;
            if (givesUp)
            {
                _state = LinkState.Ended;
                _lostReason = _wasLost ? RunReason.SessionLost : RunReason.ConnectFailed;
            }
        }

        ReleaseSlot();
        Wake();
        return givesUp;
    }

    /// <inheritdoc/>
    public void OnClosed(string code, string message)
    {
        lock (_lock)
        {
            if (_state == LinkState.Opening)
            {
                // It is told of its connection's end before it is told of the connection.
                _closedEarly = true;
                return;
            }

            if (_shared is not null && _state == LinkState.None)
            {
                return; // it was about to give it back
            }
        }

        Lose(code, message);
    }

    private void Lose(string code, string message)
    {
        bool timedOut;
        IPlayerLink? link;
        lock (_lock)
        {
            timedOut = _timedOut;
            _timedOut = false;
            _holding = false;
            _preparingSinceMicroseconds = long.MaxValue;
            link = _link;
            _link = null;
            _unit.IsLost = _unit.IsOpen;
            _unit.AreCursorsLost = true;
            _openBatch = -1;
            _failedBatch = -1;
            var why = _lossesInARow == MaxReopenings ? $"it was lost {MaxReopenings} times before without a response in between"
                : _memory.IsWhole ? null
                : "its state (settings, prepared statements) is more than is kept";
            _wasLost = true;
            _port = 0;
            _lossesInARow++;
            _untoldLoss = _context.Stopping || _context.IsDrained || _finished ? null : $"a connection was lost{(why is null ? "" : $", and not opened again because {why}")}: {message} ({code})";
            _lostReason = _context.Stopping ? RunReason.Interrupted : _context.IsDrained ? RunReason.DrainDeadline : RunReason.SessionLost;
            _state = _context.Stopping || _context.IsDrained || why is not null ? LinkState.Ended : LinkState.None;
        }

        ReleaseSlot(link);
        FailSent(timedOut);
        Wake();
    }

    // A connection that ends when its session has nothing more to say is not lost; so it is told when something has become of it.
    private void TellLoss()
    {
        if (Interlocked.Exchange(ref _untoldLoss, null) is { } loss)
        {
            _context.SawLoss();
            _context.Recorder.Warn(loss);
        }
    }

    // Gives the new connection the next of what the session has; opens it to exchanges after the last.
    private void RestoreNext()
    {
        while (true)
        {
            IPlayerLink link;
            RecordedRequest request;
            lock (_lock)
            {
                if (_state != LinkState.Restoring)
                {
                    return;
                }

                if ((!_wasLost && _shared is null) || _restored == _memory.Count)
                {
                    if (_wasLost && _memory.HasTemporaryTable)
                    {
                        _context.Recorder.Warn("a session that was opened again has its temporary tables, but not what was in them");
                    }

                    _state = LinkState.Open;
                    _openingSinceMicroseconds = long.MinValue;
                    // What waits was held up by the target.
                    _lastEndedMicroseconds = _wasLost ? _context.Now() : _lastEndedMicroseconds;
                    _wasLost = false;
                    if (_shared is not null)
                    {
                        NoteGiven();
                    }

                    break;
                }

                request = _memory[_restored++];
                link = _link!;
            }

            if (link.TrySend(in request, RestoreTag, out var problem))
            {
                return;
            }

            if (problem is null)
            {
                return; // it has ended, and that is about to be told
            }

            RefuseState(problem);
        }

        Wake();
    }

    private void RefuseState(string problem)
    {
        _context.SawRefusedState();
        _context.Recorder.Warn($"a session that goes on with another connection could not be given all of its state: {problem}");
    }

    /// <summary>Exchanges that stand and fall together, by what the capture says: they are lost together.</summary>
    private struct Unit
    {
        public bool InTransaction;

        /// <summary>Whether what comes next belongs to it.</summary>
        public bool IsOpen;

        /// <summary>Whether it was lost with its connection.</summary>
        public bool IsLost;

        /// <summary>Whether no cursor was opened since a connection was lost.</summary>
        public bool AreCursorsLost;

        public readonly bool Loses(in PlannedExchange planned) => IsLost || (AreCursorsLost && planned.Command == Command.MySqlStatementFetch);

        public void Follow(in PlannedExchange planned)
        {
            InTransaction = planned.State switch
            {
                TransactionState.Open or TransactionState.Failed => true,
                TransactionState.Idle => false,
                _ => InTransaction,
            };
            IsOpen = InTransaction
                || (planned.State == TransactionState.Unknown && planned.Batch >= 0 && (planned.Flags & ExchangeFlags.EndsBatch) == 0)
                || planned.Command == Command.MySqlStatementSendLongData;
            IsLost &= IsOpen;
            AreCursorsLost &= planned.Command is not (Command.MySqlStatementExecute or Command.MySqlQuery);
        }
    }
}
