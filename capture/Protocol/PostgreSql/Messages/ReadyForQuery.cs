using Replay.Workload;

namespace Replay.Protocol.PostgreSql.Messages;

/// <summary>ReadyForQuery: the server waits for the next batch; carries the transaction's state. <see href="https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-READYFORQUERY"/></summary>
public static class ReadyForQuery
{
    /// <summary>Reads a payload; false if it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out TransactionState state)
    {
        state = payload.Length != 1 ? TransactionState.Unknown : payload[0] switch
        {
            (byte)'I' => TransactionState.Idle,
            (byte)'T' => TransactionState.Open,
            (byte)'E' => TransactionState.Failed,
            _ => TransactionState.Unknown,
        };
        return state != TransactionState.Unknown;
    }
}
