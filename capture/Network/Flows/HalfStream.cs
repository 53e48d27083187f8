using static Replay.Network.Flows.SequenceNumber;

namespace Replay.Network.Flows;

/// <summary>One direction of a connection: where it is, and what waits beyond a hole. Decides nothing about time.</summary>
internal sealed class HalfStream
{
    /// <summary>Sequence number of the next byte to hand out; meaningful once <see cref="IsSynchronised"/>.</summary>
    public uint Next;

    /// <summary>Beyond the last byte that the other side says to have received, if that is ahead of <see cref="Next"/>.</summary>
    public uint Acknowledged;

    /// <summary>When <see cref="Acknowledged"/> went ahead of <see cref="Next"/>.</summary>
    public long AcknowledgedAtMicroseconds;

    /// <summary>Sequence number of the SYN, if one was seen.</summary>
    public uint InitialSequence;

    /// <summary>Sequence number of the FIN, if one was seen.</summary>
    public uint FinSequence;

    /// <summary>When that FIN came.</summary>
    public long FinAtMicroseconds;

    public bool IsSynchronised;
    public bool HasInitialSequence;
    public bool HasFin;

    /// <summary>The FIN was reached: nothing follows.</summary>
    public bool IsFinished;

    /// <summary>The FIN was not seen, but the other side acknowledged one thing more than all bytes.</summary>
    public bool IsFinInferred;

    private bool _isBehind;

    /// <summary>The waiting segments, by sequence, not overlapping.</summary>
    public Segment? First { get; private set; }

    public Segment? Last { get; private set; }

    public int Segments { get; private set; }

    /// <summary>Memory that the waiting segments use.</summary>
    public int Footprint { get; private set; }

    /// <summary>The other side has received bytes that were not seen yet.</summary>
    public bool IsBehindAcknowledgement => _isBehind && !IsFinished;

    /// <summary>Bytes, or the end, are waiting, and the next byte is not there.</summary>
    public bool HasHole => First is { } first ? Distance(first.Sequence, Next) > 0 : IsFinWaiting;

    /// <summary>A FIN was seen, but not all bytes before it.</summary>
    public bool IsFinWaiting => HasFin && !IsFinished;

    public void Synchronise(uint next)
    {
        Next = next;
        Acknowledged = next;
        IsSynchronised = true;
        _isBehind = false;
    }

    /// <summary>Goes on by bytes that were handed out or declared missing.</summary>
    public void Advance(int bytes)
    {
        Next += (uint)bytes;
        _isBehind = _isBehind && Distance(Acknowledged, Next) > 0;
    }

    public void Begin(uint initialSequence)
    {
        InitialSequence = initialSequence;
        HasInitialSequence = true;
        Synchronise(initialSequence + 1);
    }

    /// <summary>Forgets everything. Nothing may wait.</summary>
    public void Reset()
    {
        IsSynchronised = false;
        HasInitialSequence = false;
        HasFin = false;
        IsFinished = false;
        IsFinInferred = false;
        _isBehind = false;
    }

    /// <summary>The other side confirms all bytes before <paramref name="acknowledgement"/>.</summary>
    public void Acknowledge(uint acknowledgement, int maxWindowBytes, long atMicroseconds)
    {
        int ahead = Distance(acknowledgement, Next);
        if (!IsSynchronised || ahead <= 0 || ahead > maxWindowBytes)
        {
            return;
        }

        if (!_isBehind)
        {
            _isBehind = true;
            AcknowledgedAtMicroseconds = atMicroseconds;
            Acknowledged = acknowledgement;
        }
        else if (Distance(acknowledgement, Acknowledged) > 0)
        {
            Acknowledged = acknowledgement;
        }
    }

    /// <summary>Keeps what is new of a segment: where bytes overlap, those seen first stay.</summary>
    /// <param name="pool">Where memory comes from.</param>
    /// <param name="sequence">Of its first byte, not before <see cref="Next"/>.</param>
    /// <param name="bytes">What was captured.</param>
    /// <param name="missingBytes">What was cut off behind.</param>
    /// <param name="acknowledgement">What its sender had received.</param>
    /// <param name="atMicroseconds">Its time.</param>
    /// <returns>Captured bytes that were new.</returns>
    public int Insert(
        SegmentPool pool, uint sequence, ReadOnlySpan<byte> bytes, int missingBytes, uint acknowledgement, long atMicroseconds)
    {
        var after = Last;
        while (after is not null && Distance(after.Sequence, sequence) > 0)
        {
            after = after.Previous;
        }

        int length = bytes.Length + missingBytes;
        int position = after is null ? 0 : Math.Max(0, Distance(after.End, sequence));
        int added = 0;
        while (position < length)
        {
            var next = after is null ? First : after.Next;
            int stop = next is null ? length : Math.Min(length, Distance(next.Sequence, sequence));
            if (position < stop)
            {
                int captured = Math.Clamp(bytes.Length, position, stop);
                if (captured > position)
                {
                    var part = bytes[position..captured];
                    after = Link(pool.Rent(sequence + (uint)position, part, 0, acknowledgement, atMicroseconds), after);
                    added += captured - position;
                }

                if (stop > captured)
                {
                    int cut = stop - captured;
                    after = Link(pool.Rent(sequence + (uint)captured, default, cut, acknowledgement, atMicroseconds), after);
                }
            }

            if (next is null)
            {
                break;
            }

            position = Math.Max(stop, Distance(next.End, sequence));
            after = next;
        }

        return added;
    }

    /// <summary>Takes out the first of the waiting segments; it goes back to the pool by the caller.</summary>
    public Segment RemoveFirst()
    {
        var first = First!;
        First = first.Next;
        if (First is null)
        {
            Last = null;
        }
        else
        {
            First.Previous = null;
        }

        Segments--;
        Footprint -= first.Footprint;
        return first;
    }

    private Segment Link(Segment segment, Segment? after)
    {
        var next = after is null ? First : after.Next;
        segment.Previous = after;
        segment.Next = next;
        if (after is null)
        {
            First = segment;
        }
        else
        {
            after.Next = segment;
        }

        if (next is null)
        {
            Last = segment;
        }
        else
        {
            next.Previous = segment;
        }

        Segments++;
        Footprint += segment.Footprint;
        return segment;
    }
}
