using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Replay.Replayer;

/// <summary>
/// Events of a binary log that say whose transaction is next and where it ends. https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_replication_binlog_event.html,
/// https://mariadb.com/kb/en/replication-protocol/
/// </summary>
internal enum BinaryLogEventType : byte
{
    None = 0,
    Query = 2,
    FormatDescription = 15,
    Xid = 16,
    Gtid = 33,
    AnonymousGtid = 34,
    XaPrepare = 38,
    TransactionPayload = 40,
    GtidTagged = 42,
    MariaDbGtid = 162,
    MariaDbStartEncryption = 164,
    MariaDbQueryCompressed = 165,
}

/// <summary>What each event begins with.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BinaryLogHeader(uint Timestamp, BinaryLogEventType Type, uint Length)
{
    /// <summary>Its bytes.</summary>
    public const int Size = 19;

    /// <summary>Whether the event's body has to be read.</summary>
    public bool Matters => Type is BinaryLogEventType.Query or BinaryLogEventType.FormatDescription or BinaryLogEventType.Xid or BinaryLogEventType.Gtid or BinaryLogEventType.AnonymousGtid
        or BinaryLogEventType.XaPrepare or BinaryLogEventType.TransactionPayload or BinaryLogEventType.GtidTagged or BinaryLogEventType.MariaDbGtid
        or BinaryLogEventType.MariaDbStartEncryption or BinaryLogEventType.MariaDbQueryCompressed;

    /// <summary>Reads one; false if it can be none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> from, out BinaryLogHeader header)
    {
        header = default;
        if (from.Length < Size)
        {
            return false;
        }

        header = new BinaryLogHeader(BinaryPrimitives.ReadUInt32LittleEndian(from), (BinaryLogEventType)from[4], BinaryPrimitives.ReadUInt32LittleEndian(from[9..]));
        return header.Length >= Size;
    }
}

/// <summary>A transaction of a binary log.</summary>
/// <param name="Number">Its place among all of the files, in order of commits.</param>
/// <param name="Thread">The connection that ran it; 0: not told.</param>
/// <param name="FromMicroseconds">When it was committed, by the server's clock: the earliest moment.</param>
/// <param name="ToMicroseconds">The latest.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LoggedTransaction(long Number, uint Thread, long FromMicroseconds, long ToMicroseconds);
