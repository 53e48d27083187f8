using System.Net;
using System.Text;

namespace Replay.Workload;

/// <summary>A session as bytes; FORMAT.md has the layout.</summary>
internal static class SessionCodec
{
    private static readonly Dictionary<string, string> NoParameters = new(StringComparer.Ordinal);

    [Flags]
    private enum Facts : byte
    {
        None = 0,
        FromStart = 1,
        Encrypted = 2,
        Closed = 4,
        HasConnectionId = 8,
    }

    public static void Write(ByteBuffer destination, Session session)
    {
        destination.WriteVarInt((ulong)session.Number);
        destination.WriteByte((byte)session.Engine);
        destination.WriteByte((byte)session.Purpose);
        var facts = (session.FromStart ? Facts.FromStart : Facts.None) | (session.Encrypted ? Facts.Encrypted : Facts.None)
            | (session.ClosedAtMicroseconds is null ? Facts.None : Facts.Closed) | (session.ServerConnectionId is null ? Facts.None : Facts.HasConnectionId);
        destination.WriteByte((byte)facts);
        WriteEndPoint(destination, session.Client);
        WriteEndPoint(destination, session.Server);
        destination.WriteSigned(session.OpenedAtMicroseconds);
        if (session.ClosedAtMicroseconds is { } closed)
        {
            destination.WriteSigned(unchecked(closed - session.OpenedAtMicroseconds));
        }

        if (session.ServerConnectionId is { } id)
        {
            destination.WriteSigned(id);
        }

        destination.WriteVarInt(session.MySqlCapabilities);
        destination.WriteSigned(session.MySqlCollation);
        WriteText(destination, session.User);
        WriteText(destination, session.Database);
        WriteText(destination, session.ServerVersion);
        WriteText(destination, session.ErrorCode);
        WriteText(destination, session.ErrorMessage);
        WriteText(destination, session.Undecodable);
        destination.WriteVarInt((ulong)session.Parameters.Count);
        foreach (var (name, value) in session.Parameters)
        {
            WriteText(destination, name);
            WriteText(destination, value);
        }
    }

    public static Session Read(ref PayloadReader source, StringPool strings)
    {
        var number = ToNumber(source.ReadVarInt());
        var engine = (Engine)source.ReadByte();
        var purpose = (SessionPurpose)source.ReadByte();
        var facts = (Facts)source.ReadByte();
        var client = ReadEndPoint(ref source);
        var server = ReadEndPoint(ref source);
        var opened = source.ReadSigned();
        return new Session
        {
            Number = number,
            Engine = engine,
            Purpose = purpose,
            FromStart = facts.HasFlag(Facts.FromStart),
            Encrypted = facts.HasFlag(Facts.Encrypted),
            Client = client,
            Server = server,
            OpenedAtMicroseconds = opened,
            ClosedAtMicroseconds = facts.HasFlag(Facts.Closed) ? unchecked(opened + source.ReadSigned()) : null,
            ServerConnectionId = facts.HasFlag(Facts.HasConnectionId) ? source.ReadSigned() : null,
            MySqlCapabilities = source.ReadVarInt(),
            MySqlCollation = source.ReadInt32(),
            User = ReadText(ref source, strings),
            Database = ReadText(ref source, strings),
            ServerVersion = ReadText(ref source, strings),
            ErrorCode = ReadText(ref source, strings),
            ErrorMessage = ReadText(ref source, strings),
            Undecodable = ReadText(ref source, strings),
            Parameters = ReadParameters(ref source, strings),
        };
    }

    public static int ToNumber(ulong value)
    {
        if (value is 0 or > int.MaxValue)
        {
            PayloadReader.Malformed();
        }

        return (int)value;
    }

    // 0 is null; else the length + 1.
    private static void WriteText(ByteBuffer destination, string? text)
    {
        if (text is null)
        {
            destination.WriteVarInt(0);
            return;
        }

        var size = Encoding.UTF8.GetByteCount(text);
        destination.WriteVarInt((ulong)size + 1);
        destination.Advance(Encoding.UTF8.GetBytes(text, destination.Reserve(size)));
    }

    private static string? ReadText(ref PayloadReader source, StringPool strings)
    {
        var size = source.ReadVarInt();
        return size == 0 ? null : strings.Get(source.ReadBytes(size <= int.MaxValue ? (int)size - 1 : -1));
    }

    private static void WriteEndPoint(ByteBuffer destination, IPEndPoint endPoint)
    {
        const int maxAddressBytes = 16;
        endPoint.Address.TryWriteBytes(destination.Reserve(maxAddressBytes + 1)[1..], out var size);
        destination.WriteByte((byte)size);
        destination.Advance(size);
        destination.WriteVarInt((ulong)endPoint.Port);
    }

    private static IPEndPoint ReadEndPoint(ref PayloadReader source)
    {
        var size = source.ReadByte();
        if (size is not (4 or 16))
        {
            PayloadReader.Malformed();
        }

        var address = new IPAddress(source.ReadBytes(size));
        var port = source.ReadVarInt();
        if (port > ushort.MaxValue)
        {
            PayloadReader.Malformed();
        }

        return new IPEndPoint(address, (int)port);
    }

    private static IReadOnlyDictionary<string, string> ReadParameters(ref PayloadReader source, StringPool strings)
    {
        var count = source.ReadLength();
        if (count == 0)
        {
            return NoParameters;
        }

        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var name = ReadText(ref source, strings) ?? "";
            parameters[name] = ReadText(ref source, strings) ?? "";
        }

        return parameters;
    }
}
