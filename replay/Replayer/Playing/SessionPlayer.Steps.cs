using Replay.Workload;

namespace Replay.Replayer;

/// <content>What can be done next.</content>
public sealed partial class SessionPlayer
{
    private enum Step
    {
        /// <summary>Nothing can be done now.</summary>
        Wait,
        Skip,

        /// <summary>Leave out what was lost with a connection.</summary>
        Lose,
        Fail,
        Drop,
        Send,
        SendSync,

        /// <summary>Send the query that the exchange at the head needs before it.</summary>
        Prepare,

        /// <summary>Roll back the transaction that is to be sent again.</summary>
        RollBack,

        /// <summary>Close the statements that it has prepared.</summary>
        CloseStatements,

        /// <summary>End what was held for it.</summary>
        Settle,
        Open,

        /// <summary>Take one of the shared connections.</summary>
        Ask,

        /// <summary>Give it back.</summary>
        Park,
        Close,
    }

    private void Schedule(long due)
    {
        if (_scheduledFor <= due)
        {
            return;
        }

        _scheduledFor = due;
        _context.Dispatcher.Schedule(this, due);
    }

    private void LeaveOutLost(ref PlannedExchange planned)
    {
        lock (_lock)
        {
            // What it would have left in the session is given to the next connection with the rest.
            _memory.Note(in planned, succeeded: planned.ErrorCode == 0);
        }

        Release(ref planned);
        _context.Recorder.Skipped(in planned, RunReason.TransactionLost);
        TellEnd(in planned);
    }
}
