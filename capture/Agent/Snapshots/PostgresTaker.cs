using System.Text.Json;
using Replay.Agent.Hosting;

namespace Replay.Agent.Snapshots;

/// <summary>What the takers of PostgreSQL's snapshots have in common: who is there, which transactions are open.</summary>
internal abstract class PostgresTaker(SnapshotRequest request, ToolSessions sessions, Reporter reporter, string folder)
    : SnapshotTaker(request, sessions, reporter, folder)
{
    private const string RolesFile = "roles.json";

    /// <summary>Sessions with their transactions, to be joined with the sniffed connections by address and port.</summary>
    protected const string Activity =
        "SELECT pid, datname, usename, application_name, host(client_addr) AS client_addr, client_port, backend_xid::text AS backend_xid, xact_start, state FROM pg_stat_activity WHERE pid <> pg_backend_pid()";

    /// <summary>How the tools are called.</summary>
    protected PostgresTools Tools { get; } = new(request, sessions);

    /// <summary>The database that the first psql connects to.</summary>
    protected string FirstDatabase => Request.Url.Database ?? "postgres";

    /// <summary>Waits for the transactions that are open now.</summary>
    protected Task<IReadOnlyList<string>> WaitAsync(PsqlSession psql, CancellationToken stop) => WaitForOpenTransactionsAsync(
        async () =>
        {
            var rows = await psql.RowsAsync($"SELECT * FROM ({Activity}) a WHERE xact_start IS NOT NULL AND datname IS NOT NULL AND application_name <> '{Sessions.ApplicationName}'", stop).ConfigureAwait(false);
            return rows.ToDictionary(row => $"{row.GetProperty("pid")} {row.GetProperty("xact_start")}", Describe, StringComparer.Ordinal);
        },
        stop);

    /// <summary>Writes roles with their attributes and memberships beside the data; returns their names. Passwords are not asked for.</summary>
    protected async Task<IReadOnlyList<string>> RolesAsync(PsqlSession psql, CancellationToken stop)
    {
        var roles = await psql.RowsAsync(
            "SELECT r.rolname AS name, r.rolsuper AS superuser, r.rolinherit AS inherit, r.rolcreaterole AS createrole, r.rolcreatedb AS createdb, r.rolcanlogin AS login,"
            + " r.rolreplication AS replication, r.rolbypassrls AS bypassrls, r.rolconnlimit AS connection_limit, r.rolconfig AS settings,"
            + " ARRAY(SELECT g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid ORDER BY 1) AS member_of"
            + " FROM pg_roles r WHERE r.rolname !~ '^pg_' ORDER BY 1",
            stop).ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(Folder, RolesFile), JsonSerializer.Serialize(roles, SnapshotJson.Indented), stop).ConfigureAwait(false);
        return [.. roles.Select(role => role.GetProperty("name").GetString()!)];
    }

    private static string Describe(JsonElement row) =>
        $"pid {row.GetProperty("pid")} of {row.GetProperty("usename")} in {row.GetProperty("datname")} from {row.GetProperty("client_addr")}:{row.GetProperty("client_port")}, "
        + $"open since {row.GetProperty("xact_start")}{(row.GetProperty("backend_xid").ValueKind == JsonValueKind.Null ? "" : $", has written (xid {row.GetProperty("backend_xid")})")}";
}
