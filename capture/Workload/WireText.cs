using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Replay.Workload;

/// <summary>Bytes, times and facts of the wire as users read them, the same in all programs.</summary>
public static class WireText
{
    /// <summary>UTF-8 if the bytes are that, else Latin-1, which loses nothing.</summary>
    public static string Of(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : Encoding.Latin1.GetString(bytes);

    /// <summary>ISO 8601 in UTC with microseconds.</summary>
    public static string Time(long microseconds) => DateTime.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond)
        .ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary><c>in</c>, <c>out</c>, <c>both</c>; null where no data was copied.</summary>
    public static string? Copy(ExchangeFlags flags) => (flags & (ExchangeFlags.CopyIn | ExchangeFlags.CopyOut)) switch
    {
        ExchangeFlags.CopyIn => "in",
        ExchangeFlags.CopyOut => "out",
        ExchangeFlags.CopyIn | ExchangeFlags.CopyOut => "both",
        _ => null,
    };

    /// <summary><c>idle</c>, <c>open</c>, <c>failed</c>; null if the wire did not tell.</summary>
    public static string? Name(TransactionState state) => state switch
    {
        TransactionState.Idle => "idle",
        TransactionState.Open => "open",
        TransactionState.Failed => "failed",
        _ => null,
    };

    /// <summary>The name of a protocol as options and files have it.</summary>
    public static string Name(Engine engine) => engine == Engine.MySql ? "mysql" : "postgres";

    /// <summary>Why the session was there: <c>client</c>, <c>snapshot</c>, <c>replication</c>.</summary>
    public static string Name(SessionPurpose purpose) => purpose switch
    {
        SessionPurpose.SnapshotTool => "snapshot",
        SessionPurpose.Replication => "replication",
        _ => "client",
    };
}
