namespace Replay.Replayer;

/// <content>Places of which there are no more: some are only for whoever is first of all that have none.</content>
public sealed partial class Admission
{
    private readonly PriorityQueue<(Ticket Ticket, long At), long> _heads = new();
    private long _firstHead = long.MaxValue;

    /// <summary>Of hard places, how many are only for whoever is first.</summary>
    public int Reserved { get; set; }

    /// <summary>When the earliest of what sessions without a place have before them was asked for in production; <see cref="long.MaxValue"/> if there is none.</summary>
    public long FirstHead => Volatile.Read(ref _firstHead);

    /// <summary>Hard places: what a session has before it now; <see cref="long.MaxValue"/> if nothing is known.</summary>
    public void SetHead(int session, long requestedAtMicroseconds)
    {
        lock (_lock)
        {
            var ticket = Find(session);
            if (ticket.HeadAt != requestedAtMicroseconds)
            {
                ticket.HeadAt = requestedAtMicroseconds;
                AddHead(ticket);
                GrantHard();
            }
        }
    }

    /// <summary>The sessions that wait for a place, those that have one, and which of the others is first, -1 if none is.</summary>
    public (IReadOnlyList<int> Waiting, IReadOnlyList<int> InFlight, int First) Standing()
    {
        lock (_lock)
        {
            var first = FirstTicket();
            return ([.. _sessions.Where(static s => s.Value.IsWaiting).Select(static s => s.Key)], [.. _sessions.Where(static s => s.Value.IsAdmitted).Select(static s => s.Key)], first is null ? -1 : _sessions.First(s => s.Value == first).Key);
        }
    }

    /// <summary>The sessions that wait for a place, and since when.</summary>
    public IReadOnlyList<(int Session, long SinceMicroseconds)> Queue()
    {
        lock (_lock)
        {
            return [.. _sessions.Where(static s => s.Value.IsWaiting).Select(static s => (s.Key, s.Value.SinceMicroseconds))];
        }
    }

    private bool MayTake(Ticket ticket) => _inFlight < limit - Reserved || (_inFlight < limit && FirstTicket() == ticket);

    // The session without a place that has the earliest before it.
    private Ticket? FirstTicket()
    {
        while (_heads.TryPeek(out var head, out _))
        {
            if (!head.Ticket.IsAdmitted && head.Ticket.HeadAt == head.At)
            {
                return head.Ticket;
            }

            _heads.Dequeue();
        }

        return null;
    }

    private void AddHead(Ticket ticket)
    {
        if (!ticket.IsAdmitted && ticket.HeadAt != long.MaxValue)
        {
            _heads.Enqueue((ticket, ticket.HeadAt), ticket.HeadAt);
        }
    }

    private void GrantHard()
    {
        while (_inFlight < limit)
        {
            if (_inFlight < limit - Reserved)
            {
                if (!_waiting.TryDequeue(out var next, out _))
                {
                    break;
                }

                if (next.IsWaiting)
                {
                    Grant(next);
                }
            }
            else if (FirstTicket() is { IsWaiting: true } first)
            {
                Grant(first);
            }
            else
            {
                break;
            }
        }

        SeeFirst();
        SeeHead();
    }

    private void SeeHead() => Volatile.Write(ref _firstHead, FirstTicket()?.HeadAt ?? long.MaxValue);
}
