using System.Runtime.InteropServices;

namespace Replay.Workload;

/// <summary>What became of an exchange in a run.</summary>
public enum RunStatus : byte
{
    /// <summary>The run did not come to it.</summary>
    NotReached = 0,

    /// <summary>It was sent and had a response, if only an error.</summary>
    Replayed = 1,

    /// <summary>It was left out; the reason says why.</summary>
    Skipped = 2,

    /// <summary>No response was had; the reason says why.</summary>
    Failed = 3,
}

/// <summary>Statuses as users see them.</summary>
public static class RunStatusNames
{
    /// <summary><c>replayed</c>, <c>skipped</c>, <c>failed</c>, <c>not_reached</c>.</summary>
    public static string Name(this RunStatus status) => status switch
    {
        RunStatus.Replayed => "replayed",
        RunStatus.Skipped => "skipped",
        RunStatus.Failed => "failed",
        _ => "not_reached",
    };
}

/// <summary>Facts about one exchange of a run, a bit each. The values are part of the file format.</summary>
[Flags]
public enum RunFlags : byte
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>The hashes cover all rows of the response.</summary>
    Hashed = 1 << 0,

    /// <summary>It was let go before an exchange that it had to wait for had ended.</summary>
    OrderViolated = 1 << 1,

    /// <summary>It ran untimed: before the schedule began, or on it for the sake of what was selected.</summary>
    PreRoll = 1 << 2,

    /// <summary>
    /// Its transaction was rolled back and sent again, because it was a victim of others that production had not, or in one batch with one: the outcome is the last attempt's, and so
    /// is the latency, which is not comparable. Runs made before this had a meaning never have it.
    /// </summary>
    Retried = 1 << 3,

    /// <summary>Values of its response were kept in the run.</summary>
    HasValues = 1 << 4,

    /// <summary>Its lag comes from a slow predecessor in its session, not from the replayer.</summary>
    LagInherited = 1 << 5,

    /// <summary>An exchange that it depends on went otherwise than in the capture.</summary>
    Tainted = 1 << 6,

    /// <summary>A pause of the replayer itself (garbage collection, scheduling) overlapped it.</summary>
    Disturbed = 1 << 7,
}

/// <summary>
/// One exchange's new outcome, exactly 32 bytes, as it lies in the run's outcomes file (little-endian). <c>default</c> is an
/// exchange that the run did not reach.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1, Size = SizeBytes)]
public struct RunOutcome
{
    /// <summary>Its size in bytes.</summary>
    public const int SizeBytes = 32;

    /// <summary>The value of <see cref="Rows"/> and <see cref="Affected"/> where there is none.</summary>
    public const uint NoCount = uint.MaxValue;

    /// <summary>What became of it.</summary>
    public RunStatus Status;

    private byte _reasonOrForm;

    /// <summary>Facts, a bit each.</summary>
    public RunFlags Flags;

    /// <summary>The transaction's state after the response.</summary>
    public TransactionState TransactionState;

    /// <summary>last - sent in microseconds; NaN where the response was not separately visible.</summary>
    public float LatencyMicroseconds;

    /// <summary>first - sent as <see cref="LogCode"/>; 0 where there is none.</summary>
    public ushort FirstByteCode;

    /// <summary>sent - due as <see cref="LogCode"/>; 0 if it was sent on time.</summary>
    public ushort LagCode;

    /// <summary>The part of the lag that it waited for other sessions by order, as <see cref="LogCode"/>; 0 if it did not.</summary>
    public ushort OrderWaitCode;

    /// <summary>Index of the error code in the run's table; 0 if the response carried no error.</summary>
    public ushort ErrorCode;

    /// <summary>Rows in all result sets; <see cref="NoCount"/> where there is none, one less where there are more than fit.</summary>
    public uint Rows;

    /// <summary>Rows changed; <see cref="NoCount"/> where there is none, one less where there are more than fit.</summary>
    public uint Affected;

    /// <summary>Lower half of the order-insensitive row hash, of values in normal form (<see cref="RunManifest.HasNormalHashes"/>).</summary>
    public uint SetHash;

    /// <summary>Lower half of the order-sensitive row hash, likewise.</summary>
    public uint SequenceHash;

    /// <summary>Why it was skipped or failed; none if it was replayed.</summary>
    public RunReason Reason
    {
        readonly get => Status == RunStatus.Replayed ? RunReason.None : (RunReason)_reasonOrForm;
        set => _reasonOrForm = (byte)value;
    }

    /// <summary>
    /// How the values were written, if it was replayed: 0 if all were in normal form (and in runs without <see cref="RunManifest.HasNormalHashes"/>), else what remains of a hash of the rows as they
    /// were on the wire. Equal hashes and another form: equal values that were written in another way. Takes the place of <see cref="Reason"/>, which only others have.
    /// </summary>
    public byte Form
    {
        readonly get => Status == RunStatus.Replayed ? _reasonOrForm : (byte)0;
        set => _reasonOrForm = value;
    }

    /// <summary><see cref="Form"/> of a response.</summary>
    public static byte FormOf(in Exchange exchange) =>
        (exchange.Flags & ExchangeFlags.OtherForm) == 0 ? (byte)0 : (byte)(1 + (XxHash3.Avalanche(exchange.SetHash) % byte.MaxValue));

    /// <summary>Whether the rows are those of a captured response; null if that cannot be told, because either was not hashed or the captured one not in this form.</summary>
    /// <param name="captured">The captured exchange's flags.</param>
    /// <param name="setHash">Its <see cref="Exchange.SetHash"/>, lower half.</param>
    /// <param name="normalSetHash">Its <see cref="Exchange.NormalSetHash"/>.</param>
    public readonly bool? HasRowsOf(ExchangeFlags captured, uint setHash, uint normalSetHash) =>
        (Flags & RunFlags.Hashed) == 0 || (captured & ExchangeFlags.Hashed) == 0 ? null
        : (captured & ExchangeFlags.NormalHashed) != 0 ? SetHash == normalSetHash
        : Form == 0 ? SetHash == setHash // in normal form on the wire, so both hashes are one
        : null;

    /// <summary>A count of <see cref="Exchange"/> (-1 is none) as this record keeps it.</summary>
    public static uint Count(long count) => count < 0 ? NoCount : (uint)Math.Min(count, NoCount - 1);
}
