using System.Runtime.InteropServices;

namespace Replay.Workload;

/// <summary>
/// One request and its whole response. The codecs make it, the workload file stores it, the replayer and <c>show</c> read it: one
/// type, whose spans live only as long as the call or the read that hands it out. Copy what must live longer.
/// </summary>
/// <remarks>
/// Times are microseconds since 1970-01-01 UTC of one instrument. <see cref="StartedAtMicroseconds"/> is the later of the last byte of this
/// request and the last byte of the session's response before it, so pipelined exchanges do not count each other's time.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
public ref struct Exchange
{
    /// <summary>The session's number in its workload, from 1.</summary>
    public int Session;

    /// <summary>The exchange's number in its session, from 0, without holes.</summary>
    public int Ordinal;

    /// <summary>What was asked.</summary>
    public Command Command;

    /// <summary>Facts, a bit each.</summary>
    public ExchangeFlags Flags;

    /// <summary>The transaction's state after the response.</summary>
    public TransactionState TransactionState;

    /// <summary>PostgreSQL: number of the batch in its session, from 0; -1 where there is none.</summary>
    public int Batch;

    /// <summary>When the last byte of the request was seen.</summary>
    public long RequestedAtMicroseconds;

    /// <summary>When the exchange's time begins; never before <see cref="RequestedAtMicroseconds"/>.</summary>
    public long StartedAtMicroseconds;

    /// <summary>When the first byte of the response was seen; equals <see cref="StartedAtMicroseconds"/> if there was none.</summary>
    public long FirstByteAtMicroseconds;

    /// <summary>When the last byte of the response was seen; equals <see cref="StartedAtMicroseconds"/> if there was none.</summary>
    public long EndedAtMicroseconds;

    /// <summary>The client's messages as they were on the wire, in order, headers included, those that fed COPY included.</summary>
    public ReadOnlySpan<byte> Request;

    /// <summary>The statement's text in the client's encoding; empty where the command has none or it is not known.</summary>
    public ReadOnlySpan<byte> Text;

    /// <summary>Where <see cref="Text"/> lies in <see cref="Request"/>; -1 if the text came in an earlier exchange (a prepared statement).</summary>
    public int TextOffset;

    /// <summary>
    /// Types of the parameters in the protocol's numbers where the request itself does not carry them, little-endian 32 bits each:
    /// PostgreSQL OIDs; MySQL type + 256 * flags. Empty if not known or not needed.
    /// </summary>
    public ReadOnlySpan<byte> ParameterTypes;

    /// <summary>
    /// MySQL: the statement id that COM_STMT_PREPARE returned or that the command names. -1 where there is none.
    /// </summary>
    public long StatementHandle;

    /// <summary>Number of the shape in the workload's table of shapes; -1 if there is no text. Set by the agent, not by codecs.</summary>
    public int Shape;

    /// <summary>Rows in all result sets together; -1 where the response can have none.</summary>
    public long Rows;

    /// <summary>Rows changed, the sum over several results; -1 where the response does not say.</summary>
    public long Affected;

    /// <summary>Number of warnings (MySQL) or notices (PostgreSQL).</summary>
    public int Warnings;

    /// <summary>MySQL: last insert id of the OK packet; 0 where there is none.</summary>
    public ulong InsertId;

    /// <summary>SQLSTATE (PostgreSQL) or error number in decimal (MySQL); empty if there was no error.</summary>
    public ReadOnlySpan<byte> ErrorCode;

    /// <summary>The error's message, as sent; at most 1,024 bytes are kept.</summary>
    public ReadOnlySpan<byte> ErrorMessage;

    /// <summary>The columns of the first result set as <see cref="ColumnList"/> encodes them; empty if there is none or it is not known.</summary>
    public ReadOnlySpan<byte> Columns;

    /// <summary>Sum modulo 2^64 of the rows' hashes: equal for equal multisets of rows.</summary>
    public ulong SetHash;

    /// <summary>Chained hash of the rows in order.</summary>
    public ulong SequenceHash;

    /// <summary>
    /// With <see cref="ExchangeFlags.NormalHashed"/>: lower half of the sum of the rows' hashes with all values in their type's normal form (<see cref="ValueForm"/>). Equal values have equal ones, however they
    /// were written. That of <see cref="SetHash"/>, without <see cref="ExchangeFlags.OtherForm"/>.
    /// </summary>
    public uint NormalSetHash;

    /// <summary>The same of the rows in order.</summary>
    public uint NormalSequenceHash;

    /// <summary>For each column the sum modulo 2^32 of its values' hashes in normal form (files of format 1: as on the wire); empty for responses of fewer than two rows.</summary>
    public ReadOnlySpan<uint> ColumnHashes;

    /// <summary>Kept values as <see cref="RowValues"/> encodes them: the first row up to a bound, or all rows if <see cref="ExchangeFlags.AllValues"/>.</summary>
    public ReadOnlySpan<byte> Values;

    /// <summary>Bytes of the whole response on the wire.</summary>
    public long ResponseBytes;

    /// <summary>An exchange in which all that has a "none" is none.</summary>
    public static Exchange Empty => new()
    {
        Batch = -1,
        TextOffset = -1,
        StatementHandle = -1,
        Shape = -1,
        Rows = -1,
        Affected = -1,
    };

    /// <summary>Whether the response carried an error.</summary>
    public readonly bool Failed => !ErrorCode.IsEmpty;

    /// <summary>From the start to the last byte of the response; null if the response was not separately visible or not whole.</summary>
    public readonly long? LatencyMicroseconds =>
        (Flags & (ExchangeFlags.Timed | ExchangeFlags.NoResponse)) == ExchangeFlags.Timed ? EndedAtMicroseconds - StartedAtMicroseconds : null;

    /// <summary>From the start to the first byte of the response; null where <see cref="LatencyMicroseconds"/> is.</summary>
    public readonly long? FirstByteMicroseconds =>
        (Flags & (ExchangeFlags.Timed | ExchangeFlags.NoResponse)) == ExchangeFlags.Timed ? FirstByteAtMicroseconds - StartedAtMicroseconds : null;
}
