using System.Buffers.Binary;
using System.Text;

namespace Replay.Replayer.Tests.Evidence;

/// <summary>Writes binary logs, without checksums.</summary>
internal sealed class BinaryLogMaker
{
    private readonly MemoryStream _bytes = new();

    public BinaryLogMaker(string version, uint createdAt)
    {
        _bytes.Write([0xFE, (byte)'b', (byte)'i', (byte)'n']);
        var body = new byte[2 + 50 + 4 + 1 + 41 + 5];
        body[0] = 4;
        Encoding.ASCII.GetBytes(version, body.AsSpan(2));
        body[56] = 19;
        Event(15, createdAt, body);
    }

    /// <summary>The byte at which what is written next begins.</summary>
    public long Position => _bytes.Position;

    public byte[] ToArray() => _bytes.ToArray();

    /// <summary>A transaction of MySQL 8 and later, with the moment of its commit.</summary>
    public void MySql(uint thread, long microseconds, bool hasOriginalTime = false, Guid server = default, long number = 0)
    {
        var gtid = new byte[42 + 7 + (hasOriginalTime ? 7 : 0)];
        Span<byte> time = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(time, microseconds | (hasOriginalTime ? 1L << 55 : 0));
        time[..7].CopyTo(gtid.AsSpan(42));
        server.TryWriteBytes(gtid.AsSpan(1), bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(gtid.AsSpan(17), number);
        Event((byte)(number > 0 ? 33 : 34), Seconds(microseconds), gtid);
        Query(thread, Seconds(microseconds), "BEGIN");
        Event(30, Seconds(microseconds), new byte[40]);
        Event(16, Seconds(microseconds), new byte[8]);
    }

    /// <summary>A transaction of MariaDB: of its commit the second.</summary>
    public void MariaDb(uint thread, long microseconds, bool tellsThread)
    {
        byte[] gtid = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4 | 2, 9, 9, 9, 9, 9, 9, 9, 9, (byte)(tellsThread ? 16 : 0), 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32LittleEndian(gtid.AsSpan(22), tellsThread ? thread : 0);
        Event(162, Seconds(microseconds), gtid);
        if (!tellsThread)
        {
            Query(thread, Seconds(microseconds), "UPDATE t SET n = 1");
        }

        Event(16, Seconds(microseconds), new byte[8]);
    }

    public void Query(uint thread, uint seconds, string sql, int settings = 7)
    {
        var body = new byte[13 + settings + 2 + Encoding.UTF8.GetByteCount(sql)];
        BinaryPrimitives.WriteUInt32LittleEndian(body, thread);
        body[8] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(11), (ushort)settings);
        Encoding.UTF8.GetBytes(sql, body.AsSpan(13 + settings + 2));
        Event(2, seconds, body);
    }

    public void Event(byte type, uint seconds, ReadOnlySpan<byte> body)
    {
        Span<byte> header = stackalloc byte[19];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, seconds);
        header[4] = type;
        BinaryPrimitives.WriteUInt32LittleEndian(header[9..], (uint)(header.Length + body.Length));
        _bytes.Write(header);
        _bytes.Write(body);
    }

    private static uint Seconds(long microseconds) => (uint)(microseconds / 1_000_000);
}
