using System.Buffers.Binary;
using Replay.Protocol.PostgreSql.Messages;

namespace Replay.Protocol.PostgreSql;

/// <summary>Whether a segment of the server begins with a message, or ends with one that is known by its bytes: ReadyForQuery.</summary>
internal static class BackendProbe
{
    private const int ReadyForQueryBytes = 6;

    public static bool IsMessageStart(ReadOnlySpan<byte> bytes)
    {
        var whole = 0;
        while (bytes.Length >= MessageKind.HeaderBytes)
        {
            var type = bytes[0];
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes[1..]);
            if (!BackendMessages.IsPossible(type, length))
            {
                return false;
            }

            if (length + 1 > bytes.Length)
            {
                return whole > 0;
            }

            if (!IsBelievable(type, bytes[MessageKind.HeaderBytes..(length + 1)]))
            {
                return false;
            }

            whole++;
            bytes = bytes[(length + 1)..];
        }

        return whole > 0;
    }

    public static bool EndsWithReadyForQuery(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < ReadyForQueryBytes)
        {
            return false;
        }

        var end = bytes[^ReadyForQueryBytes..];
        return end.StartsWith("Z\0\0\0\u0005"u8) && ReadyForQuery.TryParse(end[MessageKind.HeaderBytes..], out _);
    }

    private static bool IsBelievable(byte type, ReadOnlySpan<byte> payload) => type switch
    {
        BackendMessages.ReadyForQuery => ReadyForQuery.TryParse(payload, out _),
        BackendMessages.CommandComplete => CommandComplete.TryParse(payload, out var complete) && !complete.Tag.ContainsAnyInRange((byte)0, (byte)31),
        BackendMessages.RowDescription => RowDescription.TryParse(payload, out _),
        BackendMessages.ParameterDescription => ParameterDescription.TryParse(payload, out _),
        BackendMessages.ParameterStatus => ParameterStatus.TryParse(payload, out _),
        BackendMessages.ErrorResponse or BackendMessages.NoticeResponse => ErrorMessage.TryParse(payload, out var error) && error.Code.Length == 5,
        BackendMessages.DataRow => IsRow(payload),
        _ => true,
    };

    private static bool IsRow(ReadOnlySpan<byte> payload)
    {
        var row = new DataRow(payload);
        for (var i = 0; i < row.Count && !row.IsBroken; i++)
        {
            row.ReadValue(out _);
        }

        return !row.IsBroken && row.IsAtEnd;
    }
}
