using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Replay.Protocol.MySql;
using Replay.Protocol.PostgreSql;
using Replay.Workload;

namespace Replay.Agent.Inspection;

/// <summary>Bytes and times of the wire as text.</summary>
internal static class WireText
{
    /// <summary>UTF-8 if the bytes are that, else Latin-1, which loses nothing.</summary>
    public static string Of(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : Encoding.Latin1.GetString(bytes);

    /// <summary>ISO 8601 in UTC with microseconds.</summary>
    public static string Time(long microseconds) => DateTime.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond)
        .ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The parameters of a prepared statement; null if there are none or they cannot be told.</summary>
    public static IReadOnlyList<string?>? Parameters(Engine engine, in Exchange exchange) =>
        engine == Engine.MySql ? MySqlParameters.Parameters(exchange) : PostgresParameters.Parameters(exchange);

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

    /// <summary>The name of a protocol as files have it.</summary>
    public static string Name(Engine engine) => engine == Engine.MySql ? "mysql" : "postgres";
}
