using System.Globalization;

namespace Replay.Replayer;

/// <summary>A column that is filled from a sequence.</summary>
/// <param name="Schema">The table's schema.</param>
/// <param name="Table">The table.</param>
/// <param name="Column">The column.</param>
/// <param name="Sequence">The sequence, quoted with its schema.</param>
/// <param name="Increment">Its step.</param>
public sealed record SequenceColumn(string Schema, string Table, string Column, string Sequence, long Increment)
{
    /// <summary>Whether there are tables or views of that name in other schemas.</summary>
    public bool HasNamesakes { get; init; }

    /// <summary>Whether it was found by a name without a schema that others have too: the sequence may be another.</summary>
    public bool IsUnclear { get; init; }
}

/// <summary>The columns of a PostgreSQL database that sequences fill: serial, identity, or any default that draws from one.</summary>
public static class PostgresSequences
{
    // A serial column's default depends on the sequence, an identity column's sequence on the column.
    private const string Columns = """
        SELECT n.nspname, t.relname, a.attname, pg_catalog.format('%I.%I', sn.nspname, s.relname), q.seqincrement,
          EXISTS (SELECT FROM pg_catalog.pg_class o JOIN pg_catalog.pg_namespace m ON m.oid = o.relnamespace
                   WHERE o.relname = t.relname AND o.oid <> t.oid AND o.relkind IN ('r', 'p', 'f', 'v') AND m.nspname <> 'information_schema' AND m.nspname !~ '^pg_')
        FROM (
          SELECT f.adrelid AS rel, f.adnum AS num, d.refobjid AS seq
          FROM pg_catalog.pg_attrdef f JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.objid = f.oid AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
          UNION
          SELECT d.refobjid, d.refobjsubid, d.objid
          FROM pg_catalog.pg_depend d
          WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype = 'i' AND d.refobjsubid > 0
        ) u
        JOIN pg_catalog.pg_sequence q ON q.seqrelid = u.seq
        JOIN pg_catalog.pg_class s ON s.oid = u.seq JOIN pg_catalog.pg_namespace sn ON sn.oid = s.relnamespace
        JOIN pg_catalog.pg_class t ON t.oid = u.rel JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
        JOIN pg_catalog.pg_attribute a ON a.attrelid = u.rel AND a.attnum = u.num
        WHERE q.seqincrement > 0 AND a.atttypid IN (20, 21, 23)
        ORDER BY 1, 2, 3
        """;

    /// <summary>Reads them; those that count down are left out.</summary>
    public static async Task<IReadOnlyList<SequenceColumn>> ReadAsync(TargetControl control)
    {
        var result = await control.QueryAsync(Columns, "reading which columns sequences fill");
        return [.. result.Rows.Select(static r => new SequenceColumn(r[0]!, r[1]!, r[2]!, r[3]!, long.Parse(r[4]!, CultureInfo.InvariantCulture)) { HasNamesakes = r[5] == "t" })];
    }

    /// <summary>
    /// Puts a sequence where its next value is the first that the replay has to draw: at <paramref name="start"/>, but behind the largest id in the data that was
    /// drawn before. Ids that clients chose beyond it do not count. Returns where it stands now.
    /// </summary>
    public static async Task<long> StartAsync(TargetControl control, SequenceColumn column, long start)
    {
        var table = $"{PostgresNames.Quote(column.Schema)}.{PostgresNames.Quote(column.Table)}";
        var name = PostgresNames.Quote(column.Column);
        // Of a value smaller than the smallest the sequence has none: then its next one is its first.
        var sql = $"""
            SELECT CASE WHEN p.at < q.seqmin THEN pg_catalog.setval(q.seqrelid, q.seqmin, false) ELSE pg_catalog.setval(q.seqrelid, p.at) END
            FROM pg_catalog.pg_sequence q, LATERAL (
              SELECT greatest({start.ToString(CultureInfo.InvariantCulture)}, (SELECT pg_catalog.max({name}) FROM {table} WHERE {name} <= (SELECT last_value FROM {column.Sequence} WHERE is_called))) AS at
            ) p
            WHERE q.seqrelid = {PostgresNames.Literal(column.Sequence)}::pg_catalog.regclass
            """;
        var result = await control.QueryAsync(sql, $"setting sequence {column.Sequence}");
        return long.Parse(result.Scalar!, CultureInfo.InvariantCulture);
    }

    /// <summary>Puts a sequence at a value: its next one is the one after it, or, unless <paramref name="isCalled"/>, this one.</summary>
    public static Task SetAsync(TargetControl control, string sequence, long value, bool isCalled) =>
        control.QueryAsync($"SELECT pg_catalog.setval({PostgresNames.Literal(sequence)}, {value.ToString(CultureInfo.InvariantCulture)}, {(isCalled ? "true" : "false")})", $"setting sequence {sequence}");

    /// <summary>Moves a sequence on to a value; never back. Returns whether it had stood before it.</summary>
    public static async Task<bool> ForwardAsync(TargetControl control, SequenceColumn column, long value)
    {
        var text = value.ToString(CultureInfo.InvariantCulture);
        var result = await control.QueryAsync($"SELECT pg_catalog.setval({PostgresNames.Literal(column.Sequence)}, {text}) FROM {column.Sequence} WHERE last_value < {text}", $"moving sequence {column.Sequence} on");
        return result.Rows.Count > 0;
    }
}
