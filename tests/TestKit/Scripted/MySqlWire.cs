using System.Buffers.Binary;
using System.Text;

namespace Replay.TestKit.Scripted;

/// <summary>
/// Packets of MySQL's protocol, made here by the manual and not by the code under test.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html"/>.
/// </summary>
public static class MySqlWire
{
    /// <summary>CLIENT_PROTOCOL_41 and what every server and client of today has besides: long password and flags, transactions, secure connection, several results, plugins.</summary>
    public const uint Basic = 0x0000_0001 | 0x0000_0004 | 0x0000_0200 | 0x0000_2000 | 0x0000_8000 | 0x0002_0000 | 0x0004_0000 | 0x0008_0000;

    /// <summary>CLIENT_CONNECT_WITH_DB.</summary>
    public const uint WithDatabase = 0x0000_0008;

    /// <summary>CLIENT_COMPRESS.</summary>
    public const uint Compress = 0x0000_0020;

    /// <summary>CLIENT_SSL.</summary>
    public const uint Ssl = 0x0000_0800;

    /// <summary>CLIENT_CONNECT_ATTRS.</summary>
    public const uint Attributes = 0x0010_0000;

    /// <summary>CLIENT_SESSION_TRACK.</summary>
    public const uint SessionTrack = 0x0080_0000;

    /// <summary>CLIENT_DEPRECATE_EOF.</summary>
    public const uint DeprecateEof = 0x0100_0000;

    /// <summary>CLIENT_QUERY_ATTRIBUTES.</summary>
    public const uint QueryAttributes = 0x0800_0000;

    /// <summary>SERVER_STATUS_AUTOCOMMIT.</summary>
    public const ushort Autocommit = 2;

    /// <summary>SERVER_STATUS_IN_TRANS.</summary>
    public const ushort InTransaction = 1;

    /// <summary>SERVER_MORE_RESULTS_EXISTS.</summary>
    public const ushort MoreResults = 8;

    /// <summary>SERVER_STATUS_CURSOR_EXISTS.</summary>
    public const ushort CursorExists = 0x40;

    /// <summary>Packets of one payload: more than one from 16 MiB - 1 byte on.</summary>
    public static byte[] Packet(int sequence, params byte[][] parts)
    {
        var payload = Join(parts);
        using var wire = new MemoryStream();
        var at = 0;
        int length;
        do
        {
            length = Math.Min(payload.Length - at, 0xFFFFFF);
            wire.Write([(byte)length, (byte)(length >> 8), (byte)(length >> 16), (byte)sequence++]);
            wire.Write(payload, at, length);
            at += length;
        }
        while (length == 0xFFFFFF);
        return wire.ToArray();
    }

    /// <summary>One after another.</summary>
    public static byte[] Join(params byte[][] parts)
    {
        var all = new byte[parts.Sum(p => p.Length)];
        var at = 0;
        foreach (var part in parts)
        {
            part.CopyTo(all, at);
            at += part.Length;
        }

        return all;
    }

    /// <summary>A length-encoded integer.</summary>
    public static byte[] Integer(ulong value) => value switch
    {
        < 0xFB => [(byte)value],
        <= 0xFFFF => [0xFC, .. Little(value, 2)],
        <= 0xFFFFFF => [0xFD, .. Little(value, 3)],
        _ => [0xFE, .. Little(value, 8)],
    };

    /// <summary>A length-encoded string.</summary>
    public static byte[] Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    /// <summary>Length-encoded bytes.</summary>
    public static byte[] Bytes(byte[] bytes) => [.. Integer((ulong)bytes.Length), .. bytes];

    /// <summary>A zero-terminated string.</summary>
    public static byte[] Zero(string text) => [.. Encoding.UTF8.GetBytes(text), 0];

    /// <summary>A little-endian integer.</summary>
    public static byte[] Little(ulong value, int width)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes[..width].ToArray();
    }

    /// <summary>The greeting. <paramref name="mariaDb"/>: MariaDB's extended capabilities; the flag CLIENT_MYSQL is then not set.</summary>
    public static byte[] Greeting(uint capabilities, uint mariaDb = 0, string version = "8.4.0", string plugin = "caching_sha2_password", byte[]? challenge = null)
    {
        challenge ??= [.. Enumerable.Range(1, 20).Select(i => (byte)i)];
        capabilities |= WithDatabase | Attributes;
        capabilities = mariaDb == 0 ? capabilities : capabilities & ~1u;
        return Packet(
            0,
            [10],
            Zero(version),
            Little(77, 4),
            challenge[..8],
            [0],
            Little(capabilities & 0xFFFF, 2),
            [45],
            Little(Autocommit, 2),
            Little(capabilities >> 16, 2),
            [21],
            new byte[6],
            Little(mariaDb, 4),
            challenge[8..],
            [0],
            Zero(plugin));
    }

    /// <summary>The handshake response.</summary>
    public static byte[] Login(
        uint capabilities,
        string user,
        string? database = null,
        uint mariaDb = 0,
        byte[]? authentication = null,
        string plugin = "caching_sha2_password",
        params (string Name, string Value)[] attributes)
    {
        capabilities = mariaDb == 0 ? capabilities : capabilities & ~1u;
        capabilities |= database is null ? 0 : WithDatabase;
        capabilities |= attributes.Length > 0 ? Attributes : 0;
        authentication ??= Encoding.ASCII.GetBytes("not-to-be-kept-32-bytes-of-proof");
        return Packet(
            1,
            Little(capabilities, 4),
            Little(1 << 24, 4),
            [45],
            new byte[19],
            Little(mariaDb, 4),
            Zero(user),
            [(byte)authentication.Length, .. authentication],
            database is null ? [] : Zero(database),
            Zero(plugin),
            attributes.Length == 0 ? [] : Bytes(Join([.. attributes.Select(a => Join(Text(a.Name), Text(a.Value)))])));
    }

    /// <summary>An OK packet; with another header the one that ends rows under DEPRECATE_EOF.</summary>
    public static byte[] Ok(int sequence, ulong affected = 0, ulong insertId = 0, ushort status = Autocommit, int warnings = 0, byte header = 0, byte[]? more = null) =>
        Packet(sequence, [header], Integer(affected), Integer(insertId), Little(status, 2), Little((ulong)warnings, 2), more ?? []);

    /// <summary>An EOF packet.</summary>
    public static byte[] Eof(int sequence, ushort status = Autocommit, int warnings = 0) => Packet(sequence, [0xFE], Little((ulong)warnings, 2), Little(status, 2));

    /// <summary>An ERR packet.</summary>
    public static byte[] Error(int sequence, int code, string message, string state = "HY000") =>
        Packet(sequence, [0xFF], Little((ulong)code, 2), Encoding.ASCII.GetBytes("#" + state), Encoding.UTF8.GetBytes(message));

    /// <summary>A column definition.</summary>
    public static byte[] Column(int sequence, string name, byte type = 0xFD, ushort flags = 0, ushort collation = 45, byte decimals = 0, byte[]? extended = null) => Packet(
        sequence,
        Text("def"),
        Text("shop"),
        Text("t"),
        Text("t"),
        Text(name),
        Text(name),
        extended is null ? [] : Bytes(extended),
        [12],
        Little(collation, 2),
        Little(255, 4),
        [type],
        Little(flags, 2),
        [decimals, 0, 0]);

    /// <summary>A text row; null is NULL.</summary>
    public static byte[] TextRow(int sequence, params string?[] values) => Packet(sequence, Join([.. values.Select(v => v is null ? [0xFB] : Text(v))]));

    /// <summary>A binary row of values that are encoded already; null is NULL.</summary>
    public static byte[] BinaryRow(int sequence, params byte[]?[] values)
    {
        var bitmap = new byte[(values.Length + 9) / 8];
        for (var i = 0; i < values.Length; i++)
        {
            bitmap[(i + 2) / 8] |= (byte)(values[i] is null ? 1 << ((i + 2) % 8) : 0);
        }

        return Packet(sequence, [0], bitmap, Join([.. values.Select(v => v ?? [])]));
    }

    /// <summary>The first packet of COM_STMT_PREPARE's response.</summary>
    public static byte[] PrepareOk(uint id, int columns, int parameters, int warnings = 0) =>
        Packet(1, [0], Little(id, 4), Little((ulong)columns, 2), Little((ulong)parameters, 2), [0], Little((ulong)warnings, 2));

    /// <summary>A command of one byte and what follows it.</summary>
    public static byte[] Command(byte command, params byte[][] parts) => Packet(0, [command], Join(parts));

    /// <summary>COM_QUERY without attributes.</summary>
    public static byte[] Query(string text) => Command(3, Encoding.UTF8.GetBytes(text));

    /// <summary>COM_STMT_PREPARE.</summary>
    public static byte[] Prepare(string text) => Command(22, Encoding.UTF8.GetBytes(text));

    /// <summary>COM_STMT_EXECUTE with types (type + 256 * flags); without them if <paramref name="types"/> is null and there are values.</summary>
    public static byte[] Execute(uint id, ushort[]? types, params byte[]?[] values) => Command(
        23,
        Little(id, 4),
        [0],
        Little(1, 4),
        values.Length == 0 ? [] : Bitmap(values),
        values.Length == 0 ? [] : [(byte)(types is null ? 0 : 1)],
        types is null ? [] : Join([.. types.Select(t => Little(t, 2))]),
        Join([.. values.Select(v => v ?? [])]));

    /// <summary>COM_STMT_EXECUTE under QUERY_ATTRIBUTES: with the number of values, and a name behind each type.</summary>
    public static byte[] ExecuteWithNames(uint id, ushort[]? types, string[]? names, params byte[]?[] values) => Command(
        23,
        Little(id, 4),
        [8],
        Little(1, 4),
        Integer((ulong)values.Length),
        values.Length == 0 ? [] : Bitmap(values),
        values.Length == 0 ? [] : [(byte)(types is null ? 0 : 1)],
        types is null ? [] : Join([.. types.Select((t, i) => Join(Little(t, 2), Text(names?[i] ?? "")))]),
        Join([.. values.Select(v => v ?? [])]));

    private static byte[] Bitmap(byte[]?[] values)
    {
        var bitmap = new byte[(values.Length + 7) / 8];
        for (var i = 0; i < values.Length; i++)
        {
            bitmap[i / 8] |= (byte)(values[i] is null ? 1 << (i % 8) : 0);
        }

        return bitmap;
    }
}
