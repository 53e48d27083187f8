using System.Collections.Frozen;
using System.Text;
using System.Text.RegularExpressions;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Comparator;

/// <summary>Tells a shape's <see cref="TrafficRole"/> from its normalised text. When in doubt it is a statement: what is left out cannot be found wrong.</summary>
internal sealed partial class TrafficRoles
{
    // Names that are the servers' own, in any letter case: PostgreSQL's and MySQL's manuals, chapters on the information schema and system schemas. In PostgreSQL anyone may have a
    // schema called sys or mysql.
    private static readonly FrozenSet<string> PostgresSchemas = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "pg_catalog", "information_schema");
    private static readonly FrozenSet<string> MySqlSchemas = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "information_schema", "mysql", "performance_schema", "sys");

    // What a driver asks of a server before it trusts it. A select of nothing but these, with names in between, is its own.
    private static readonly FrozenSet<string> ServerWords = FrozenSet.Create(
        StringComparer.Ordinal,
        "version", "current_database", "current_catalog", "current_schema", "current_schemas", "current_setting", "set_config", "current_user", "session_user", "current_role",
        "user", "system_user", "database", "schema", "connection_id", "pg_backend_pid", "pg_is_in_recovery", "pg_postmaster_start_time", "pg_encoding_to_char", "pg_client_encoding",
        "inet_client_addr", "inet_client_port", "inet_server_addr", "inet_server_port", "pg_is_wal_replay_paused", "pg_last_wal_replay_lsn", "pg_last_wal_receive_lsn", "pg_current_wal_lsn",
        "true", "false", "null");

    private const string OwnPrefix = "pg_catalog.";

    private readonly AccessReader _postgres = new(SqlDialect.PostgreSql);
    private readonly AccessReader _mySql = new(SqlDialect.MySql);

    /// <summary>The role.</summary>
    public TrafficRole Of(Shape shape)
    {
        var text = shape.Text;
        if (text.Length == 0 || text == ";" || HealthCheck().IsMatch(text))
        {
            return TrafficRole.HealthCheck;
        }

        return shape.Class switch
        {
            "transaction" => TrafficRole.Transaction,
            "session" => TrafficRole.SessionState,
            "utility" => Shows().IsMatch(text) ? TrafficRole.SetUp : TrafficRole.Statement,
            "read" => IsSetUp(shape) ? TrafficRole.SetUp : TrafficRole.Statement,
            _ => TrafficRole.Statement,
        };
    }

    private bool IsSetUp(Shape shape)
    {
        var reader = shape.Engine switch { Engine.PostgreSql => _postgres, Engine.MySql => _mySql, _ => null };
        var statements = reader?.Read(Encoding.UTF8.GetBytes(shape.Text)).Statements;
        return statements is [{ Verb: AccessVerb.Select } only]
            && (only.Tables.Count == 0 ? AsksTheServer(shape.Text) : only.Tables.All(table => IsOfTheServer(table, shape.Engine)));
    }

    private static bool IsOfTheServer(TableAccess table, Engine engine) => table.Use == TableUse.Read
        && (table.Schema is { } schema ? (engine == Engine.PostgreSql ? PostgresSchemas : MySqlSchemas).Contains(schema) : engine == Engine.PostgreSql && table.Name.StartsWith("pg_", StringComparison.Ordinal));

    /// <summary>Whether a select without tables names nothing but the server's own functions and variables, beside the names that it gives them.</summary>
    private static bool AsksTheServer(string text)
    {
        var words = Word().Matches(Alias().Replace(text, " ")).Select(match => match.Value.ToLowerInvariant()).Where(word => word != "select").ToArray();
        return words.Length > 0 && words.All(word => word.StartsWith("@@", StringComparison.Ordinal) || ServerWords.Contains(word.StartsWith(OwnPrefix, StringComparison.Ordinal) ? word[OwnPrefix.Length..] : word));
    }

    // select ?; select ? as ok; select ? from dual; values (?); do ?
    [GeneratedRegex(@"^(select|values|do) ?\(? ?\? ?\)?( (as )?[a-z_""`]\w*[""`]?)?( from dual)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex HealthCheck();

    [GeneratedRegex(@"^(show|desc|describe) ", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Shows();

    [GeneratedRegex(@"\bas (""[^""]*""|`[^`]*`|\w+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Alias();

    [GeneratedRegex(@"[A-Za-z_@][A-Za-z0-9_@.$]*")]
    private static partial Regex Word();
}
