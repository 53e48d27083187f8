using System.Buffers.Binary;
using Replay.Protocol.PostgreSql;
using Replay.Workload;

namespace Replay.Client.PostgreSql;

/// <summary>
/// Where a recorded request has to wait: COPY data may go only when the server has sent CopyInResponse, else it would read them as a new request.
/// <see href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY"/>
/// </summary>
internal static class CopySplit
{
    private static readonly byte[] FailQuery = Fail(withSync: false);
    private static readonly byte[] FailExecute = Fail(withSync: true);

    /// <summary>
    /// The bytes up to the first COPY data; of data, those up to their end (CopyDone or CopyFail) and what follows it, up to the next data.
    /// </summary>
    public static int NextPiece(ReadOnlySpan<byte> bytes, bool isData)
    {
        var at = 0;
        var hasEnded = !isData;
        while (bytes.Length - at >= MessageKind.HeaderBytes)
        {
            var type = bytes[at];
            var isCopy = type is FrontendMessages.CopyData or FrontendMessages.CopyDone or FrontendMessages.CopyFail;
            if (isCopy && hasEnded)
            {
                return at;
            }

            hasEnded |= type is FrontendMessages.CopyDone or FrontendMessages.CopyFail;
            at += BinaryPrimitives.ReadInt32BigEndian(bytes[(at + 1)..]) + 1;
            if (at <= 0 || at > bytes.Length)
            {
                break;
            }
        }

        return bytes.Length;
    }

    /// <summary>What answers a server that wants data where none were recorded; a Sync that came before is passed over by it, so another follows.</summary>
    public static ReadOnlySpan<byte> Refusal(Command command) => command == Command.Execute ? FailExecute : FailQuery;

    private static byte[] Fail(bool withSync)
    {
        var reason = "not recorded\0"u8;
        byte[] fail = [FrontendMessages.CopyFail, 0, 0, 0, (byte)(4 + reason.Length), .. reason];
        return withSync ? [.. fail, FrontendMessages.Sync, 0, 0, 0, 4] : fail;
    }
}
