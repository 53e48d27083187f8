using System.Runtime.InteropServices;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What is to be done with an exchange.</summary>
public enum PlayVerdict : byte
{
    /// <summary>It is sent when it is due.</summary>
    Play = 0,

    /// <summary>It is sent untimed before the schedule begins.</summary>
    PreRoll = 1,

    /// <summary>Of it only the named Parse messages are sent, untimed before the schedule begins; it counts as skipped.</summary>
    PreRollParse = 2,

    /// <summary>It is left out.</summary>
    Skip = 3,

    /// <summary>The pre-roll has dealt with it.</summary>
    Done = 4,
}

/// <summary>An exchange as it waits in its session's queue: what is needed to send it and to judge the answer.</summary>
[StructLayout(LayoutKind.Auto)]
public struct PlannedExchange
{
    /// <summary>Its position in the workload.</summary>
    public long Position;

    /// <summary>Its number in its session.</summary>
    public int Ordinal;

    /// <summary>What was asked.</summary>
    public Command Command;

    /// <summary>The captured exchange's flags.</summary>
    public ExchangeFlags Flags;

    /// <summary>PostgreSQL: number of the batch; -1 where there is none.</summary>
    public int Batch;

    /// <summary>When its request was complete in the capture, microseconds since 1970: what its due time is counted from.</summary>
    public long RequestedAtMicroseconds;

    /// <summary>When its response ended in the capture, microseconds since 1970: what the think time after it is counted from.</summary>
    public long EndedAtMicroseconds;

    /// <summary>How long it took in the capture, for the time limit; 0 if that is not known.</summary>
    public long CapturedMicroseconds;

    /// <summary>What is to be done with it.</summary>
    public PlayVerdict Verdict;

    /// <summary>Why, if it is left out.</summary>
    public RunReason Reason;

    /// <summary>Whether it is sent because others need it: not timed, not compared.</summary>
    public bool IsUntimed;

    /// <summary>Whether it comes before the window that is played: it goes as soon as order lets it.</summary>
    public bool IsBefore;

    /// <summary>Whether the window begins only when it has ended.</summary>
    public bool IsAwaited;

    /// <summary>PostgreSQL: whether what it prepares has to be prepared although it is left out.</summary>
    public bool OwesStatements;

    /// <summary>Whether it throws away the user that the session has taken on (DISCARD ALL, RESET SESSION AUTHORIZATION).</summary>
    public bool ResetsUser;

    /// <summary>Whether it begins or ends a transaction or a savepoint.</summary>
    public bool ControlsTransaction;

    /// <summary>What it is to its transaction.</summary>
    public TransactionRole Role;

    /// <summary>What the player has to do so that nothing of it stays.</summary>
    public TransactionDuty Duty;

    /// <summary>Whether it takes locks that its session keeps beyond transactions, or gives them up.</summary>
    public SessionLockUse Locks;

    /// <summary>Why its session has to keep its connection after it; only if connections are shared.</summary>
    public KeepReason Keeps;

    /// <summary>What it leaves behind in its session.</summary>
    public SessionEffect Effect;

    /// <summary>The captured outcome: the session's transaction after it.</summary>
    public TransactionState State;

    /// <summary>Number of its shape; -1 if it has none.</summary>
    public int Shape;

    /// <summary>MySQL: the captured statement id; -1 where there is none.</summary>
    public long StatementHandle;

    /// <summary>The captured outcome: rows.</summary>
    public uint Rows;

    /// <summary>The captured outcome: rows changed.</summary>
    public uint Affected;

    /// <summary>The captured outcome: lower half of the order-insensitive hash.</summary>
    public uint SetHash;

    /// <summary>The captured outcome: the same in normal form; see <see cref="Exchange.NormalSetHash"/>.</summary>
    public uint NormalSetHash;

    /// <summary>Whether its rows are kept though they are the captured ones: one of the first of its shape, or of those that come twice as late each. The same ones in each run.</summary>
    public bool IsSample;

    /// <summary>The captured outcome: the error code's bytes, 0 if there was none (<see cref="ErrorCodes.Pack"/>).</summary>
    public ulong ErrorCode;

    /// <summary>Where the request's bytes are; null if it is left out.</summary>
    public RequestSlab? Slab;

    /// <summary>Where they begin in the slab.</summary>
    public int Offset;

    /// <summary>How many they are.</summary>
    public int Length;

    /// <summary>How many bytes of parameter types (<see cref="Exchange.ParameterTypes"/>) follow them.</summary>
    public int TypesLength;

    /// <summary>What its values need.</summary>
    public PlannedValues Values;

    /// <summary>What order between sessions asks of it; null if nothing.</summary>
    public OrderNote? Order;

    /// <summary>Whether it is sent before the schedule begins.</summary>
    public readonly bool IsPreRoll => Verdict is PlayVerdict.PreRoll or PlayVerdict.PreRollParse;

    /// <summary>The request as it was on the wire.</summary>
    public readonly ReadOnlyMemory<byte> Request => Slab is null ? default : Slab.Bytes.AsMemory(Offset, Length);

    /// <summary>The parameters' types where the request does not carry them.</summary>
    public readonly ReadOnlyMemory<byte> ParameterTypes => Slab is null ? default : Slab.Bytes.AsMemory(Offset + Length, TypesLength);

    /// <summary>What is kept of the captured response's values.</summary>
    public readonly ReadOnlyMemory<byte> KeptValues => Slab is null ? default : Slab.Bytes.AsMemory(Offset + Length + TypesLength, Values.KeptLength);

    /// <summary>Whether the client had sent it before the response to the one before it had ended.</summary>
    public readonly bool IsPipelined => (Flags & ExchangeFlags.Pipelined) != 0;
}
