using Replay.Protocol.Buffers;

namespace Replay.Protocol.PostgreSql.Messages;

/// <summary>
/// BackendKeyData: the backend's process id and the secret that cancels its queries: 4 bytes, up to 256 with protocol 3.2. The secret is
/// passed over. <see href="https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-BACKENDKEYDATA"/>
/// </summary>
public static class BackendKeyData
{
    /// <summary>Reads a payload; false if it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out int processId)
    {
        var reader = new SpanReader(payload);
        processId = reader.ReadInt32();
        return !reader.IsBroken && reader.Remaining is >= 4 and <= 256;
    }
}
