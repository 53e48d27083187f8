using System.Runtime.InteropServices;

namespace Replay.Replayer;

/// <content>What is held of sessions until it is known whether it is sent, and the bound on that.</content>
internal sealed partial class SelectionPass
{
    /// <summary>The most exchanges whose fate is open that are held at one time, up to 24 bytes each: 2,000,000.</summary>
    public const int MaxHeld = 2_000_000;

    // The sessions that hold most are decided about by what is known: too much is sent rather than too little, but for what only reads before the window. They hold half of it, so this is rare.
    private void LetGo()
    {
        var hasCheckpoint = _selection.IsApplied || _selection.EndsThere;
        var least = Math.Max(1, _held / (2 * _sessions.Count));
        foreach (var open in _sessions.Values.Where(s => s.Held >= least))
        {
            open.IsGiven = true;
            SendGiven(open);
            if (!hasCheckpoint)
            {
                Decide(open, hasEnded: false);
            }
        }

        if (_held > _maxHeld)
        {
            throw new CommandException($"transactions that are open at one time hold more than {_maxHeld} statements; what of them a checkpoint has cannot be told: run without one");
        }
    }

    private void SendGiven(OpenSession open)
    {
        foreach (var (position, use) in open.Given)
        {
            Set(position, SelectionMark.Untimed);
            open.Locks = SessionLocks.Count(open.Locks, use);
        }

        _held -= open.Given.Count;
        open.Given.Clear();
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Entry(long Position, int Shape, CutKind Kind, bool IsState);

    private sealed class OpenSession(SessionChoice choice)
    {
        public bool InTransaction;

        public SessionChoice Choice => choice;

        /// <summary>The transaction that is open.</summary>
        public List<Entry> Entries { get; } = [];

        /// <summary>What the session was given and has not been sent.</summary>
        public List<(long Position, SessionLockUse Use)> Given { get; } = [];

        /// <summary>Locks that outlive transactions and that it has by what is sent of it.</summary>
        public int Locks { get; set; }

        /// <summary>Whether all that it is given is sent, since there was no room to wait for something that needs it.</summary>
        public bool IsGiven { get; set; }

        public int Held => Entries.Count + Given.Count;

        public List<string> TemporaryTables { get; } = [];

        /// <summary>Whether the pre-roll has begun the transaction.</summary>
        public bool IsBegun { get; set; }

        public bool RollsBack { get; set; }

        public long EndedAtMicroseconds { get; set; }

        public void Clear()
        {
            Entries.Clear();
            InTransaction = IsBegun = RollsBack = false;
        }
    }
}
