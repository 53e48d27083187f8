using Replay.Workload;

namespace Replay.Replayer;

/// <content>
/// Connections that sessions share (<c>--connections</c>): one is asked for when an exchange is due and order lets it go, and given back when nothing of the session has to stay there. What the
/// session was given goes with it, as to a connection that is opened again.
/// </content>
public sealed partial class SessionPlayer
{
    private readonly SharedConnections? _shared;
    private LinkKind? _kind;
    private KeepReason _keeps;
    private long _askedFor = -1;
    private long _askedSince;
    private long _askedDue;
    private long _givenAt;

    /// <summary>Whether it has nothing more to do.</summary>
    public bool HasFinished => Volatile.Read(ref _finished);

    /// <summary>What a connection has to have been opened as to serve it.</summary>
    internal LinkKind Kind => _kind ??= LinkKind.Of(Session);

    /// <summary>The connection that it gave back last is its own again, as it left it.</summary>
    internal void OnReturned(IPlayerLink link)
    {
        bool isLost;
        lock (_lock)
        {
            _link = link;
            _port = link.LocalPort;
            isLost = _closedEarly;
            _closedEarly = false;
            _openingSinceMicroseconds = long.MinValue;
            _state = LinkState.Open;
            NoteGiven();
        }

        if (isLost)
        {
            Lose(Client.TargetErrorCodes.ConnectionLost, "the server closed the connection");
            return;
        }

        Wake();
    }

    /// <summary>The connection that it was to be given could not be made ready for it; it is given another.</summary>
    internal void OnHandOverFailed()
    {
        lock (_lock)
        {
            _closedEarly = false;
        }
    }

    // The exchange may go but for a connection; asked as by order, so that nobody has one who cannot use it.
    private Step AskStep(in PlannedExchange head, long due, long now)
    {
        if (_state != LinkState.None)
        {
            return Step.Wait;
        }

        var from = Math.Max(due, _openAgainAtMicroseconds);
        if (from > now)
        {
            Schedule(from);
            return Step.Wait;
        }

        if (!head.IsPreRoll && !_context.Gate.TryPass(in head, this))
        {
            _orderWaitedFor = head.Position;
            return Step.Wait;
        }

        if (_askedFor != head.Position)
        {
            _askedFor = head.Position;
            _askedSince = now;
            _askedDue = due;
        }

        if (!_shared!.Admission.TryEnter(this, in head, hasBegun: false))
        {
            return Step.Wait;
        }

        _state = LinkState.Opening;
        _openingSinceMicroseconds = _openingSinceMicroseconds == long.MinValue ? now : _openingSinceMicroseconds;
        return Step.Ask;
    }

    // Whether nothing of the session has to stay on its connection, by what production and the target say.
    private bool MayPark() =>
        _state == LinkState.Open && _link is not null && _sent.Count == 0 && !_holding && !_unit.IsOpen && _openBatch < 0 && !_isWrapped && !_placing && _owed.Count == 0
        && _keeps == KeepReason.None && _memory.IsWhole && _transaction is { IsOpen: false, Remedy: null } && _retry is not { Phase: not RetryPhase.None }
        && !(_queue.Count > 0 && (_queue.Head.Position == _askedFor || IsFirst(in _queue.Head)));

    // What is before all that others have before them can go on soon: it needs not ask again.
    private bool IsFirst(in PlannedExchange head) =>
        head.RequestedAtMicroseconds <= _shared!.Admission.FirstHead && (head.IsPreRoll || head.IsBefore || _context.Pacer.DueAt(head.RequestedAtMicroseconds) <= _context.Now());

    private void NoteHead() => _shared?.Admission.SetHead(Session.Number, _queue.Count == 0 ? long.MaxValue : _queue.Head.RequestedAtMicroseconds);

    // The lock is held.
    private void Detach()
    {
        _link = null;
        _state = LinkState.None;
        _holdsSlot = 0;
        _port = 0;
        _memory.ForgetTemporaryTables();
    }

    private void NoteGiven()
    {
        _givenAt = _context.Now();
        _shared?.Times.Add(_givenAt - _askedSince);
    }

    private void FollowKeeps(in PlannedExchange planned)
    {
        // What the pre-roll has dealt with comes again from the feeder, when the session is further on.
        if (planned.Verdict != PlayVerdict.Done && planned.Reason is not (RunReason.InSnapshot or RunReason.BeforeSnapshot or RunReason.InCheckpoint))
        {
            _keeps = planned.Keeps;
        }
    }
}
