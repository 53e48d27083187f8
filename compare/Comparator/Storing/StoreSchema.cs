using System.Reflection;
using Npgsql;

namespace Replay.Comparator;

/// <summary>The schema's tables and views, brought to this program's version. Needs the right to make them only if they are older.</summary>
internal static class StoreSchema
{
    /// <summary>The version that this program writes. Raise it with a new <c>tables-N.sql</c>, or with what changes in <c>views.sql</c>.</summary>
    public const int Version = 2;

    /// <summary>Brings the schema to <see cref="Version"/>, within the transaction that stores; a newer one is a <see cref="ComparisonException"/>. One at a time works in a schema.</summary>
    public static void Prepare(NpgsqlConnection connection, string schema, string toolVersion)
    {
        // Settings of the role or the database that are meant for others' queries.
        Run(connection, "SELECT set_config('search_path', $1, true), set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)", schema);
        Run(connection, "SELECT pg_advisory_xact_lock(hashtext('dbcompare --store'), hashtext($1))", schema);
        if (Scalar(connection, "SELECT count(*) FROM pg_namespace WHERE nspname = $1", schema) is 0L)
        {
            Run(connection, $"CREATE SCHEMA {schema}; COMMENT ON SCHEMA {schema} IS 'Comparisons of database servers, by dbcompare --store.'");
        }

        // With the schema's name: a path leads past a schema that the user may not use.
        if (Scalar(connection, "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = 'schema_version'", schema) is 0L)
        {
            Run(connection, $"CREATE TABLE {schema}.schema_version (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now(), tool_version text NOT NULL)");
            Run(connection, $"COMMENT ON TABLE {schema}.schema_version IS 'The versions that this schema went through.'");
        }

        var found = (int)Scalar(connection, $"SELECT coalesce(max(version), 0) FROM {schema}.schema_version")!;
        if (found > Version)
        {
            throw new ComparisonException($"the schema {schema} has version {found}, which a newer dbcompare made; this one knows version {Version}: use the newer one, or another schema by ?schema=NAME");
        }

        if (found == Version)
        {
            return;
        }

        for (var version = found + 1; version <= Version; version++)
        {
            if (Text($"tables-{version}.sql") is { } tables)
            {
                Run(connection, tables);
            }
        }

        Run(connection, Text("views.sql")!);
        using var insert = new NpgsqlCommand("INSERT INTO schema_version (version, tool_version) VALUES ($1, $2)", connection) { Parameters = { new() { Value = Version }, new() { Value = toolVersion } } };
        insert.ExecuteNonQuery();
    }

    private static string? Text(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name);
        if (stream is null)
        {
            return null;
        }

        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static void Run(NpgsqlConnection connection, string sql, string? parameter = null) => Scalar(connection, sql, parameter);

    private static object? Scalar(NpgsqlConnection connection, string sql, string? parameter = null)
    {
        using var command = new NpgsqlCommand(sql, connection);
        if (parameter is not null)
        {
            command.Parameters.Add(new() { Value = parameter });
        }

        return command.ExecuteScalar();
    }
}
