using Npgsql;

namespace Replay.Comparator;

/// <summary>A table that is filled by COPY.</summary>
/// <param name="Name">The table.</param>
/// <param name="Key">Its key where rows of other comparisons may be there already, which are then replaced; empty where there can be none.</param>
/// <param name="Columns">Its columns, the key's among them.</param>
internal sealed record StoreTable<T>(string Name, string Key, params StoreColumn<T>[] Columns)
{
    private string Names => string.Join(", ", Columns.Select(column => column.Name));

    /// <summary>Stores the items' rows.</summary>
    public void Store(NpgsqlConnection connection, IEnumerable<T> items)
    {
        if (Key.Length == 0)
        {
            Copy(connection, Name, items);
            return;
        }

        // COPY cannot replace rows.
        var fresh = $"fresh_{Name}";
        Run(connection, $"CREATE TEMPORARY TABLE {fresh} ON COMMIT DROP AS SELECT {Names} FROM {Name} LIMIT 0");
        Copy(connection, fresh, items);
        var changes = string.Join(", ", Columns.Where(column => column.Name != Key).Select(column => $"{column.Name} = EXCLUDED.{column.Name}"));
        Run(connection, $"INSERT INTO {Name} ({Names}) SELECT {Names} FROM {fresh} ON CONFLICT ({Key}) DO UPDATE SET {changes}");
    }

    private static void Run(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private void Copy(NpgsqlConnection connection, string table, IEnumerable<T> items)
    {
        using var copy = connection.BeginBinaryImport($"COPY {table} ({Names}) FROM STDIN (FORMAT BINARY)");
        copy.Timeout = Timeout.InfiniteTimeSpan;
        foreach (var item in items)
        {
            copy.StartRow();
            foreach (var column in Columns)
            {
                if (column.Of(item) is { } value)
                {
                    copy.Write(value, column.Type);
                }
                else
                {
                    copy.WriteNull();
                }
            }
        }

        copy.Complete();
    }
}
