using System.Collections.Frozen;
using System.Globalization;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// How long a statement may take on the target (<c>--statement-timeout</c>), and who sees to it: the server where it has such a limit, else the replayer, which has the
/// statement killed.
/// </summary>
public sealed class StatementTimeout
{
    /// <summary>How much longer than the limit the replayer waits, so that the server comes first: 50 ms.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(50);

    // https://dev.mysql.com/doc/refman/5.7/en/server-system-variables.html#sysvar_max_execution_time
    private static readonly Version FirstExecutionTime = new(5, 7);

    /// <summary>A limit for a server.</summary>
    public StatementTimeout(TimeSpan limit, Engine engine, string serverVersion)
    {
        ArgumentNullException.ThrowIfNull(serverVersion);
        Limit = limit;
        var milliseconds = Math.Max(1, (long)Math.Ceiling(limit.TotalMilliseconds));
        var version = ServerVersion.Of(engine, serverVersion);
        if (engine == Engine.PostgreSql)
        {
            // As a start-up parameter it holds after RESET ALL and DISCARD ALL too.
            Parameter = new KeyValuePair<string, string>("statement_timeout", milliseconds.ToString(CultureInfo.InvariantCulture));
        }
        else if (version.IsMariaDb)
        {
            Statement = string.Create(CultureInfo.InvariantCulture, $"SET SESSION max_statement_time = {limit.TotalSeconds:0.######}");
        }
        else if (version.Number >= FirstExecutionTime)
        {
            Statement = string.Create(CultureInfo.InvariantCulture, $"SET SESSION max_execution_time = {milliseconds}");
        }

        IsKilledByClient = engine == Engine.MySql && !version.IsMariaDb;
        Codes = engine == Engine.PostgreSql ? Of("57014"u8) : version.IsMariaDb ? Of("1969"u8) : Of("3024"u8, "1317"u8);
    }

    /// <summary>The limit.</summary>
    public TimeSpan Limit { get; }

    /// <summary>PostgreSQL: the start-up parameter that sets it; null elsewhere.</summary>
    public KeyValuePair<string, string>? Parameter { get; }

    /// <summary>MySQL: the statement that sets it for a session; null if there is none.</summary>
    public string? Statement { get; }

    /// <summary>Whether the server does not limit all statements: MySQL has a limit for SELECT only, before 5.7 none.</summary>
    public bool IsKilledByClient { get; }

    /// <summary>The error codes of statements that took too long (<see cref="ErrorCodes.Pack"/>).</summary>
    public FrozenSet<ulong> Codes { get; }

    // https://www.postgresql.org/docs/current/errcodes-appendix.html: query_canceled; ER_STATEMENT_TIMEOUT of MariaDB; ER_QUERY_TIMEOUT and ER_QUERY_INTERRUPTED of MySQL
    private static FrozenSet<ulong> Of(ReadOnlySpan<byte> code, ReadOnlySpan<byte> other = default) =>
        other.IsEmpty ? FrozenSet.Create(ErrorCodes.Pack(code)) : FrozenSet.Create(ErrorCodes.Pack(code), ErrorCodes.Pack(other));
}
