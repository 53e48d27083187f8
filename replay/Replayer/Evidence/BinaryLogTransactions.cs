using System.Buffers.Binary;

namespace Replay.Replayer;

/// <summary>
/// From events of a binary log to its transactions: MySQL from 5.6, MariaDB from 10.0. Sees spans, no files. An event that is cut short says nothing.
/// </summary>
internal sealed class BinaryLogTransactions
{
    private const int MySqlGtidHead = 42, TimeBytes = 7, QueryHead = 13;
    private const byte Standalone = 1, GroupCommit = 2, PreparedXa = 64, CompletedXa = 128; // flags2 of MariaDB's GTID event
    private const byte MultiEngine = 1, StartAlter = 2, CommitAlter = 4, RollbackAlter = 8, ThreadId = 16; // its extra flags
    private const long HasOriginalTime = 1L << 55;
    private const int SecondMicroseconds = 1_000_000;

    private long _number;
    private bool _isMariaDb;
    private bool _isOpen;
    private bool _hasBegun;
    private bool _isOneStatement;
    private bool _isXa;
    private uint _thread;
    private long _from;
    private long _to;

    /// <summary>Bytes of the checksum at each event's end.</summary>
    public int ChecksumBytes { get; private set; }

    /// <summary>MySQL: the GTID of the transaction that began last; null: it has none, or one with a tag.</summary>
    public (Guid Server, long Number)? Gtid { get; private set; }

    /// <summary>Transactions that are compressed as a whole (binlog_transaction_compression): they are not read.</summary>
    public long Compressed { get; private set; }

    /// <summary>Takes the next event that <see cref="BinaryLogHeader.Matters"/>.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="body">What follows, without the checksum; a long text may be cut off.</param>
    /// <param name="transaction">The transaction that it ends.</param>
    public bool Take(in BinaryLogHeader header, ReadOnlySpan<byte> body, out LoggedTransaction transaction)
    {
        transaction = default;
        switch (header.Type)
        {
            case BinaryLogEventType.FormatDescription:
                Describe(body);
                return false;
            case BinaryLogEventType.Gtid or BinaryLogEventType.AnonymousGtid or BinaryLogEventType.GtidTagged:
                Begin(header.Timestamp);
                Gtid = header.Type == BinaryLogEventType.Gtid && body.Length >= 25 ? (new Guid(body[1..17], bigEndian: true), BinaryPrimitives.ReadInt64LittleEndian(body[17..])) : null;
                MySqlTime(header.Type, body);
                return false;
            case BinaryLogEventType.MariaDbGtid:
                Begin(header.Timestamp);
                MariaDbGtid(body);
                return false;
            case BinaryLogEventType.Query or BinaryLogEventType.MariaDbQueryCompressed:
                return Query(in header, body) && End(out transaction);
            case BinaryLogEventType.TransactionPayload:
                Compressed++;
                return End(out transaction);
            case BinaryLogEventType.XaPrepare:
                _isXa = true;
                return End(out transaction);
            case BinaryLogEventType.Xid:
                return End(out transaction);
            default:
                return false;
        }
    }

    // Version of the format (2 bytes), the server's (50), when (4), length of a header (1), lengths for each type, then checksum's algorithm and checksum.
    private void Describe(ReadOnlySpan<byte> body)
    {
        _isOpen = false;
        ChecksumBytes = body.Length > 57 && body[^5] == 1 ? 4 : 0;
        _isMariaDb = body.Length > 52 && body[2..52].IndexOf("MariaDB"u8) >= 0;
    }

    private void Begin(uint seconds)
    {
        _isOpen = true;
        _hasBegun = _isOneStatement = _isXa = false;
        Gtid = null;
        _thread = 0;
        _from = (long)seconds * SecondMicroseconds;
        _to = _from + SecondMicroseconds - 1;
    }

    // From 8.0 on: when it was committed here, and if the highest bit is set, where it came from.
    private void MySqlTime(BinaryLogEventType type, ReadOnlySpan<byte> body)
    {
        if (type != BinaryLogEventType.GtidTagged && body.Length >= MySqlGtidHead + TimeBytes)
        {
            Span<byte> time = stackalloc byte[8];
            time.Clear();
            body.Slice(MySqlGtidHead, TimeBytes).CopyTo(time);
            _from = _to = BinaryPrimitives.ReadInt64LittleEndian(time) & ~HasOriginalTime;
        }
    }

    // Number (8 bytes), domain (4), flags; then what the flags say.
    private void MariaDbGtid(ReadOnlySpan<byte> body)
    {
        if (body.Length < 13)
        {
            return;
        }

        var flags = body[12];
        _isOneStatement = (flags & Standalone) != 0;
        _isXa = (flags & (PreparedXa | CompletedXa)) != 0;
        var at = 13 + ((flags & GroupCommit) != 0 ? 8 : 0);
        if (_isXa && at + 6 <= body.Length)
        {
            at += 6 + body[at + 4] + body[at + 5];
        }

        if (at >= body.Length)
        {
            return;
        }

        var extra = body[at++];
        at += ((extra & MultiEngine) != 0 ? 1 : 0) + ((extra & (CommitAlter | RollbackAlter)) != 0 ? 8 : 0);
        _isOneStatement |= (extra & StartAlter) != 0;
        _thread = (extra & ThreadId) != 0 && at + 4 <= body.Length ? BinaryPrimitives.ReadUInt32LittleEndian(body[at..]) : 0;
    }

    // Connection (4 bytes), how long (4), length of the database's name (1), error (2), length of settings (2); settings, name and 0, text. True if the transaction ends with it.
    private bool Query(in BinaryLogHeader header, ReadOnlySpan<byte> body)
    {
        if (body.Length < QueryHead)
        {
            return false;
        }

        if (!_isOpen)
        {
            Begin(header.Timestamp); // before 5.7 there need be nothing before it
        }

        _thread = _thread == 0 ? BinaryPrimitives.ReadUInt32LittleEndian(body) : _thread;
        var text = QueryHead + BinaryPrimitives.ReadUInt16LittleEndian(body[11..]) + body[8] + 1;
        var sql = text <= body.Length && header.Type == BinaryLogEventType.Query ? body[text..] : default;
        if (_isOneStatement || sql.SequenceEqual("COMMIT"u8) || sql.SequenceEqual("ROLLBACK"u8))
        {
            return true;
        }

        if (_isMariaDb || _hasBegun)
        {
            return false;
        }

        _isXa = Ascii.Begins(sql, "XA "u8);
        _hasBegun = sql.SequenceEqual("BEGIN"u8) || Ascii.Begins(sql, "XA START"u8) || sql.EndsWith("START TRANSACTION"u8);
        return !_hasBegun;
    }

    // What XA commits was written by a connection that may be another one.
    private bool End(out LoggedTransaction transaction)
    {
        transaction = new LoggedTransaction(++_number, _isXa ? 0 : _thread, _from, _to);
        var isOpen = _isOpen;
        _isOpen = false;
        _number -= isOpen ? 0 : 1;
        return isOpen;
    }

    private static class Ascii
    {
        public static bool Begins(ReadOnlySpan<byte> text, ReadOnlySpan<byte> with) => text.Length >= with.Length && System.Text.Ascii.EqualsIgnoreCase(text[..with.Length], with);
    }
}
