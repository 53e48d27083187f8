using System.Buffers.Binary;

namespace Replay.Workload;

/// <summary>What can be known of a request's bytes without decoding them: the length field of a single message, the handle of a statement.</summary>
internal static class RequestFraming
{
    private const int HandleOffset = 5;

    /// <summary>The length field's place: from, to; both 0 if there is none.</summary>
    public static (int From, int To) LengthField(FramingMode framing) => framing switch
    {
        FramingMode.PostgreSql => (1, 5),
        FramingMode.MySql => (0, 3),
        _ => (0, 0),
    };

    /// <summary>Whether the length field follows from the request's length, and lies before <paramref name="before"/>.</summary>
    public static FramingMode Recognise(ReadOnlySpan<byte> request, int before)
    {
        if (request.Length >= 5 && before >= 5 && BinaryPrimitives.ReadUInt32BigEndian(request[1..]) == request.Length - 1)
        {
            return FramingMode.PostgreSql;
        }

        return request.Length >= 4 && before >= 4 && (BinaryPrimitives.ReadUInt32LittleEndian(request) & 0xFFFFFF) == request.Length - 4 ? FramingMode.MySql : FramingMode.None;
    }

    /// <summary>The least bytes of a request with this framing.</summary>
    public static int MinBytes(FramingMode framing) => framing switch
    {
        FramingMode.PostgreSql => 5,
        FramingMode.MySql => 4,
        _ => 0,
    };

    /// <summary>Writes the length field of a whole request.</summary>
    public static void WriteLength(Span<byte> request, FramingMode framing)
    {
        if (framing == FramingMode.PostgreSql)
        {
            BinaryPrimitives.WriteInt32BigEndian(request[1..], request.Length - 1);
        }
        else if (framing == FramingMode.MySql)
        {
            var length = request.Length - 4;
            request[0] = (byte)length;
            request[1] = (byte)(length >> 8);
            request[2] = (byte)(length >> 16);
        }
    }

    /// <summary>The 32 bits where COM_STMT_EXECUTE and its like have the statement's id.</summary>
    public static bool TryReadHandle(ReadOnlySpan<byte> request, out uint handle)
    {
        handle = 0;
        if (request.Length < HandleOffset + 4)
        {
            return false;
        }

        handle = BinaryPrimitives.ReadUInt32LittleEndian(request[HandleOffset..]);
        return true;
    }
}
