using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Support;

/// <summary>The rows of all tables of a database as one text, to be equal on two servers. Columns that a clock fills are left out.</summary>
internal static class TableState
{
    public static Task<string> OfAsync(TestServer server, string database) => server.Kind.IsPostgres ? OfPostgresAsync(server, database) : OfMySqlAsync(server, database);

    private static async Task<string> OfPostgresAsync(TestServer server, string database)
    {
        // one SELECT a table, written by the catalogue: table, rows, hash over the sorted rows
        const string perTable = """
            SELECT format('SELECT %L, count(*), md5(string_agg(r, '','' ORDER BY r)) FROM (SELECT row(%s)::text AS r FROM %I.%I) t;',
                          table_name, string_agg(quote_ident(column_name), ',' ORDER BY ordinal_position), table_schema, table_name)
            FROM information_schema.columns
            WHERE table_schema = 'public' AND data_type NOT LIKE 'timestamp%'
            GROUP BY table_schema, table_name ORDER BY table_name;
            """;
        return await server.SqlAsync(await server.SqlAsync(perTable, database), database);
    }

    private static async Task<string> OfMySqlAsync(TestServer server, string database)
    {
        var tables = await server.SqlAsync("SHOW TABLES", database);
        return await server.SqlAsync(string.Concat(tables.Split('\n').Order(StringComparer.Ordinal).Select(t => $"CHECKSUM TABLE `{t}`; SELECT COUNT(*) FROM `{t}`;\n")), database);
    }
}
