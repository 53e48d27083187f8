using System.Numerics;

namespace Replay.Replayer;

/// <summary>How far a count has come: the first n units of a table, or the first n commits to it. Guarded by the gate's lock.</summary>
internal sealed class CountProgress
{
    // Units end in another order than captured where nothing keeps them from it, at full speed by as many as the feeder reads ahead. A ring of bits: unit n
    // is at n mod its length, all those set lie within one length beyond Through.
    private ulong[] _early = new ulong[1];

    /// <summary>All up to this number have ended.</summary>
    public long Through { get; private set; }

    /// <summary>Those that wait, by the number.</summary>
    public PriorityQueue<(OrderTicket Ticket, int Turn), long> Waiting { get; } = new();

    /// <summary>The unit with this number has ended.</summary>
    public void End(long number)
    {
        if (number <= Through)
        {
            return;
        }

        if (number != Through + 1)
        {
            GrowTo(number - Through);
            Word(number) |= Bit(number);
            return;
        }

        Through = number;
        while ((Word(Through + 1) & Bit(Through + 1)) != 0)
        {
            Word(++Through) &= ~Bit(Through);
        }
    }

    private static ulong Bit(long number) => 1UL << (int)(number & 63);

    private ref ulong Word(long number) => ref _early[(number >> 6) & (_early.Length - 1)];

    private void GrowTo(long span)
    {
        if (span <= (long)_early.Length << 6)
        {
            return;
        }

        var old = _early;
        var from = Through + 1;
        _early = new ulong[BitOperations.RoundUpToPowerOf2((ulong)((span + 63) >> 6))];
        for (var number = from; number < from + ((long)old.Length << 6); number++)
        {
            if ((old[(number >> 6) & (old.Length - 1)] & Bit(number)) != 0)
            {
                Word(number) |= Bit(number);
            }
        }
    }
}

/// <summary>How far a session has come. Guarded by the gate's lock.</summary>
internal sealed class SessionProgress
{
    private readonly List<int> _early = [];

    /// <summary>All exchanges up to this ordinal have ended; -1 at first.</summary>
    public int EndedThrough { get; private set; } = -1;

    /// <summary>The highest ordinal sent; -1 at first.</summary>
    public int SentThrough { get; private set; } = -1;

    /// <summary>When that one is taken to have begun, run clock; <see cref="long.MinValue"/>: when it was sent.</summary>
    public long BeginsAtMicroseconds { get; private set; } = long.MinValue;

    /// <summary>For when the gate has put it down to be looked at.</summary>
    public long LooksAtMicroseconds { get; set; } = long.MinValue;

    /// <summary>Those that wait.</summary>
    public List<(OrderTicket Ticket, int Turn)> Waiting { get; } = [];

    /// <summary>The exchange has been sent, and will have begun at that time.</summary>
    public void Send(int ordinal, long beginsAtMicroseconds)
    {
        SentThrough = Math.Max(SentThrough, ordinal);
        BeginsAtMicroseconds = beginsAtMicroseconds;
    }

    /// <summary>The exchange has ended. What is left out ends at once, while those before it may be on the wire.</summary>
    public void End(int ordinal)
    {
        if (ordinal != EndedThrough + 1)
        {
            _early.Add(ordinal);
            return;
        }

        EndedThrough = ordinal;
        while (_early.Count > 0 && _early.Remove(EndedThrough + 1))
        {
            EndedThrough++;
        }
    }

    /// <summary>The session has nothing more.</summary>
    public void EndAll() => EndedThrough = int.MaxValue;
}
