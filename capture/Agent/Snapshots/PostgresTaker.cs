using System.Text.Json;
using Replay.Agent.Hosting;
using Replay.Workload;
using SequencePosition = Replay.Workload.SequencePosition;

namespace Replay.Agent.Snapshots;

/// <summary>What the takers of PostgreSQL's snapshots have in common: who is there, which transactions are open.</summary>
internal abstract class PostgresTaker(SnapshotRequest request, ToolSessions sessions, Reporter reporter, string folder)
    : SnapshotTaker(request, sessions, reporter, folder)
{
    private const string RolesFile = "roles.json";
    private const string RolesScript = "roles.sql";

    /// <summary>Sessions with their transactions, to be joined with the sniffed connections by address and port.</summary>
    protected const string Activity =
        "SELECT pid, datname, usename, application_name, host(client_addr) AS client_addr, client_port, backend_xid::text AS backend_xid, xact_start, state FROM pg_stat_activity WHERE pid <> pg_backend_pid()";

    /// <summary>How the tools are called.</summary>
    protected PostgresTools Tools { get; } = new(request, sessions);

    /// <summary>The database that the first psql connects to.</summary>
    protected string FirstDatabase => Request.Url.Database ?? "postgres";

    /// <summary>Which databases the server has for its users.</summary>
    protected static async Task<IReadOnlyList<string>> DatabasesAsync(PsqlSession psql, CancellationToken stop) =>
        await psql.LinesAsync("SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY 1", stop).ConfigureAwait(false);

    /// <summary>The types of a database that are not built in, by OID.</summary>
    protected static async Task<IReadOnlyDictionary<uint, string>> TypesAsync(PsqlSession psql, CancellationToken stop)
    {
        var types = await psql.RowsAsync(
            "SELECT t.oid::bigint AS oid, n.nspname || '.' || t.typname AS name FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.oid >= 16384 ORDER BY 1", stop).ConfigureAwait(false);
        return types.ToDictionary(type => type.GetProperty("oid").GetUInt32(), type => type.GetProperty("name").GetString()!);
    }

    /// <summary>The extensions of a database with their versions.</summary>
    protected static async Task<IReadOnlyDictionary<string, string>> ExtensionsAsync(PsqlSession psql, CancellationToken stop)
    {
        var extensions = await psql.RowsAsync("SELECT extname AS name, extversion AS version FROM pg_extension ORDER BY 1", stop).ConfigureAwait(false);
        return extensions.ToDictionary(extension => extension.GetProperty("name").GetString()!, extension => extension.GetProperty("version").GetString()!, StringComparer.Ordinal);
    }

    /// <summary>Where the sequences of a database stand now. Names are quoted as SQL needs them.</summary>
    protected static async Task<IReadOnlyList<SequencePosition>> SequencesAsync(PsqlSession psql, CancellationToken stop)
    {
        var sequences = await psql.RowsAsync(
            "SELECT format('%I.%I', schemaname, sequencename) AS name, last_value, increment_by, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS read_at FROM pg_sequences WHERE has_sequence_privilege(format('%I.%I', schemaname, sequencename), 'SELECT, USAGE') ORDER BY 1", stop).ConfigureAwait(false);
        return [.. sequences.Select(sequence => new SequencePosition(
            sequence.GetProperty("name").GetString()!,
            sequence.GetProperty("last_value").ValueKind == JsonValueKind.Null ? null : sequence.GetProperty("last_value").GetInt64(),
            sequence.GetProperty("increment_by").GetInt64(),
            sequence.GetProperty("read_at").GetInt64()))];
    }

    /// <summary>A database's types, extensions and sequences by a session of its own; a database that does not let us in is a warning.</summary>
    protected async Task<SnapshotDatabase> DescribeAsync(SnapshotDatabase database, CancellationToken stop)
    {
        try
        {
            using var psql = PsqlSession.Open(Tools, database.Name);
            return database with
            {
                Types = await TypesAsync(psql, stop).ConfigureAwait(false),
                Extensions = await ExtensionsAsync(psql, stop).ConfigureAwait(false),
                Sequences = await SequencesAsync(psql, stop).ConfigureAwait(false),
            };
        }
        catch (UserException e)
        {
            Warnings.Add($"types, extensions and sequences of {database.Name} are not known: {e.Message}");
            return database;
        }
    }

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
        await RolesScriptAsync(stop).ConfigureAwait(false);
        return [.. roles.Select(role => role.GetProperty("name").GetString()!)];
    }

    /// <summary>The roles as statements: attributes, memberships, settings. It reads what everyone may read, but a managed server may refuse even that.</summary>
    private async Task RolesScriptAsync(CancellationToken stop)
    {
        try
        {
            await Tools.RunAsync("pg_dumpall", ["--roles-only", "--no-role-passwords", "-w", "-f", Path.Combine(Folder, RolesScript), .. Tools.Server, "-l", FirstDatabase], stop).ConfigureAwait(false);
        }
        catch (UserException e)
        {
            Warnings.Add($"of the roles only the names are restored, without attributes, memberships and settings: {e.Message}");
        }
    }

    private static string Describe(JsonElement row) =>
        $"pid {row.GetProperty("pid")} of {row.GetProperty("usename")} in {row.GetProperty("datname")} from {row.GetProperty("client_addr")}:{row.GetProperty("client_port")}, "
        + $"open since {row.GetProperty("xact_start")}{(row.GetProperty("backend_xid").ValueKind == JsonValueKind.Null ? "" : $", has written (xid {row.GetProperty("backend_xid")})")}";
}
