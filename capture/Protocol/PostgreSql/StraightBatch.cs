using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Replay.Protocol.PostgreSql;

/// <summary>
/// Where the messages of the commonest batches lie in one segment of the client: a Query alone, or Parse (perhaps), Bind, Describe of the portal (perhaps), Execute, Sync,
/// all of the unnamed portal. Offsets are those of payloads; 0 is none.
/// </summary>
internal struct StraightBatch
{
    public int Parse;
    public int Bind;
    public int Describe;
    public int Execute;
    public int Query;

    private const int SyncBytes = MessageKind.HeaderBytes;

    // Name of a portal: a kind, an empty string. An Execute: an empty string, the most rows.
    private const int DescribeBytes = MessageKind.HeaderBytes + 2;
    private const int ExecuteBytes = MessageKind.HeaderBytes + 1 + 4;

    /// <summary>Whether <paramref name="bytes"/> are such a batch, whole, and nothing else.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out StraightBatch batch)
    {
        batch = default;
        if (bytes.Length < MessageKind.HeaderBytes)
        {
            return false;
        }

        if (bytes[0] == FrontendMessages.Query)
        {
            batch.Query = MessageKind.HeaderBytes;
            return Total(bytes, 0) == bytes.Length && bytes.Length > MessageKind.HeaderBytes;
        }

        var at = 0;
        if (bytes[0] == FrontendMessages.Parse && !TryPass(bytes, ref at, out batch.Parse))
        {
            return false;
        }

        if (at >= bytes.Length || bytes[at] != FrontendMessages.Bind || !TryPass(bytes, ref at, out batch.Bind))
        {
            return false;
        }

        var rest = bytes[at..];
        if (rest.Length == DescribeBytes + ExecuteBytes + SyncBytes && rest is [FrontendMessages.Describe, 0, 0, 0, DescribeBytes - 1, (byte)'P', 0, ..])
        {
            batch.Describe = at + MessageKind.HeaderBytes;
            at += DescribeBytes;
            rest = rest[DescribeBytes..];
        }

        batch.Execute = at + MessageKind.HeaderBytes;
        return rest.Length == ExecuteBytes + SyncBytes
            && rest is [FrontendMessages.Execute, 0, 0, 0, ExecuteBytes - 1, 0, ..]
            && rest[ExecuteBytes..] is [FrontendMessages.Sync, 0, 0, 0, SyncBytes - 1];
    }

    /// <summary>Bytes of the message at <paramref name="at"/>, whose header must be there, by its length field.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Total(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 1)..]) + 1L;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryPass(ReadOnlySpan<byte> bytes, ref int at, out int payload)
    {
        payload = at + MessageKind.HeaderBytes;
        if (payload > bytes.Length)
        {
            return false;
        }

        var end = at + Total(bytes, at);
        if (end < payload || end > bytes.Length)
        {
            return false;
        }

        at = (int)end;
        return true;
    }
}
