using System.Buffers.Binary;

namespace Replay.Replayer;

/// <summary>The little that the replayer itself must find in PostgreSQL requests. <see href="https://www.postgresql.org/docs/current/protocol-message-formats.html"/></summary>
public static class PostgresMessages
{
    /// <summary>A Sync message.</summary>
    public static ReadOnlySpan<byte> Sync => "S\0\0\0\u0004"u8;

    /// <summary>Whether a request holds a Parse for a named statement.</summary>
    public static bool HasNamedParse(ReadOnlySpan<byte> request)
    {
        while (TryNext(ref request, out var message))
        {
            if (IsNamedParse(message))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a request holds a Parse for a named statement, or a Close of one.</summary>
    public static bool ChangesStatements(ReadOnlySpan<byte> request)
    {
        while (TryNext(ref request, out var message))
        {
            if (!StatementName(message, out _).IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The name of the statement that a message prepares or closes, without its zero; empty if it does neither.</summary>
    public static ReadOnlySpan<byte> StatementName(ReadOnlySpan<byte> message, out bool isClose)
    {
        isClose = message[0] == 'C' && message.Length > 6 && message[5] == 'S';
        var name = isClose ? message[6..] : message[0] == 'P' ? message[5..] : default;
        var end = name.IndexOf((byte)0);
        return end < 0 ? default : name[..end];
    }

    /// <summary>The name of the statement that a Bind executes, without its zero; empty if it is the unnamed one, or another message.</summary>
    public static ReadOnlySpan<byte> BoundStatement(ReadOnlySpan<byte> message)
    {
        var portal = message[0] == 'B' ? message[5..] : default;
        var end = portal.IndexOf((byte)0);
        var name = end < 0 ? default : portal[(end + 1)..];
        end = name.IndexOf((byte)0);
        return end < 0 ? default : name[..end];
    }

    /// <summary>The statement that a request executes (empty: the unnamed one), and whether it prepares that itself; false if it binds none.</summary>
    public static bool TryFindBound(ReadOnlySpan<byte> request, out byte[] name, out bool parses)
    {
        byte[]? parsed = null;
        while (TryNext(ref request, out var message))
        {
            if (message[0] == 'P')
            {
                parsed = StatementName(message, out _).ToArray();
            }
            else if (message[0] == 'B')
            {
                name = BoundStatement(message).ToArray();
                parses = parsed is not null && parsed.AsSpan().SequenceEqual(name);
                return true;
            }
        }

        name = [];
        parses = false;
        return false;
    }

    /// <summary>Adds a Close for each named statement that a request prepares.</summary>
    public static void AddCloses(ReadOnlySpan<byte> request, List<byte> closes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        while (TryNext(ref request, out var message))
        {
            if (StatementName(message, out var isClose) is { IsEmpty: false } name && !isClose)
            {
                BinaryPrimitives.WriteInt32BigEndian(length, sizeof(int) + 1 + name.Length + 1);
                closes.AddRange([(byte)'C', .. length, (byte)'S', .. name, 0]);
            }
        }
    }

    /// <summary>The Parse messages for named statements of a request, and a Sync.</summary>
    public static byte[] NamedParses(ReadOnlySpan<byte> request)
    {
        var kept = new List<byte>();
        while (TryNext(ref request, out var message))
        {
            if (IsNamedParse(message))
            {
                kept.AddRange(message);
            }
        }

        kept.AddRange(Sync);
        return [.. kept];
    }

    /// <summary>A request that does not prepare or close statements, which is answered by itself: with a Sync, unless it is a simple query.</summary>
    public static byte[] ByItself(ReadOnlySpan<byte> request)
    {
        var kept = new List<byte>();
        while (TryNext(ref request, out var message))
        {
            if (message[0] != 'S' && StatementName(message, out _).IsEmpty)
            {
                kept.AddRange(message);
            }
        }

        if (kept.Count > 0 && kept[0] != 'Q')
        {
            kept.AddRange(Sync);
        }

        return [.. kept];
    }

    /// <summary>Whether a message prepares a statement that outlives it.</summary>
    public static bool IsNamedParse(ReadOnlySpan<byte> message) => message[0] == 'P' && message.Length > 5 && message[5] != 0;

    // A message is a type byte and a length that counts itself; what does not fit is the end.
    internal static bool TryNext(ref ReadOnlySpan<byte> request, out ReadOnlySpan<byte> message)
    {
        message = default;
        if (request.Length < 5)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(request[1..]);
        if (length < 4 || length >= (uint)request.Length)
        {
            return false;
        }

        message = request[..((int)length + 1)];
        request = request[message.Length..];
        return true;
    }
}
