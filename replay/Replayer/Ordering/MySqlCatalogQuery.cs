using System.Text.RegularExpressions;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Reads a MySQL or MariaDB server's <see cref="OrderCatalog"/>: plain rows of information_schema, because versions from 5.6 on differ in what they have of JSON;
/// the records are made of them here. What a trigger or function touches is read from its text.
/// </summary>
public static partial class MySqlCatalogQuery
{
    private const string Own = "NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')";

    /// <summary>Reads the catalogue; a <see cref="CommandException"/> if the user may not or the server is gone.</summary>
    public static async Task<OrderCatalog> ReadAsync(TargetControl control)
    {
        return Build(new MySqlCatalogRows
        {
            Settings = await RowsAsync("SHOW GLOBAL VARIABLES WHERE Variable_name IN ('version', 'lower_case_table_names', 'transaction_isolation', 'tx_isolation', 'sql_mode')"),
            Tables = await RowsAsync($"SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA {Own} AND TABLE_TYPE NOT IN ('VIEW', 'SYSTEM VIEW', 'SEQUENCE', 'TEMPORARY') ORDER BY 1, 2"),
            Columns = await RowsAsync(
                $"SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, DATA_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, GENERATION_EXPRESSION FROM information_schema.COLUMNS WHERE TABLE_SCHEMA {Own} ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION",
                $"SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, DATA_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, NULL FROM information_schema.COLUMNS WHERE TABLE_SCHEMA {Own} ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION"),
            Keys = await RowsAsync(
                $"SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, COLUMN_NAME, SUB_PART, EXPRESSION FROM information_schema.STATISTICS WHERE NON_UNIQUE = 0 AND TABLE_SCHEMA {Own} ORDER BY TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX",
                $"SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, COLUMN_NAME, SUB_PART, NULL FROM information_schema.STATISTICS WHERE NON_UNIQUE = 0 AND TABLE_SCHEMA {Own} ORDER BY TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX"),
            ForeignKeys = await RowsAsync(
                $"SELECT TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE WHERE REFERENCED_TABLE_NAME IS NOT NULL AND TABLE_SCHEMA {Own} ORDER BY TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION"),
            References = await RowsAsync($"SELECT CONSTRAINT_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, UPDATE_RULE, DELETE_RULE FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA {Own}"),
            Triggers = await RowsAsync($"SELECT EVENT_OBJECT_SCHEMA, EVENT_OBJECT_TABLE, EVENT_MANIPULATION, ACTION_STATEMENT, SQL_MODE FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA {Own} ORDER BY 1, 2, TRIGGER_NAME"),
            Views = await RowsAsync($"SELECT TABLE_SCHEMA, TABLE_NAME, VIEW_DEFINITION FROM information_schema.VIEWS WHERE TABLE_SCHEMA {Own} ORDER BY 1, 2"),
            Functions = await RowsAsync($"SELECT ROUTINE_SCHEMA, ROUTINE_NAME, SQL_DATA_ACCESS, ROUTINE_DEFINITION, SQL_MODE FROM information_schema.ROUTINES WHERE ROUTINE_TYPE = 'FUNCTION' AND ROUTINE_SCHEMA {Own} ORDER BY 1, 2"),
        });

        // The second text is for versions that lack a column of the first.
        async Task<IReadOnlyList<string?[]>> RowsAsync(string sql, string? older = null)
        {
            const string Reading = "reading the catalogue";
            if (older != null && await control.TryAsync(sql) is { Succeeded: true } result)
            {
                return result.Rows;
            }

            return (await control.QueryAsync(older ?? sql, Reading)).Rows;
        }
    }

    internal static OrderCatalog Build(MySqlCatalogRows rows)
    {
        var settings = rows.Settings.ToDictionary(r => r[0]!, r => r[1], StringComparer.OrdinalIgnoreCase);
        var folds = settings.GetValueOrDefault("lower_case_table_names") is not (null or "0");
        var comparer = folds ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        var isMariaDb = ServerVersion.Of(Engine.MySql, settings.GetValueOrDefault("version")).IsMariaDb;
        var columns = rows.Columns.ToLookup(Table, comparer);
        var keys = rows.Keys.ToLookup(Table, comparer);
        var foreignKeys = rows.ForeignKeys.ToLookup(Table, comparer);
        var rules = rows.References.ToLookup(r => $"{Table(r)}.{r[2]}", r => r[3] is not ("RESTRICT" or "NO ACTION") || r[4] is not ("RESTRICT" or "NO ACTION"), comparer);
        var tables = rows.Tables.Select(t => new CatalogTable
        {
            Schema = t[0]!,
            Name = t[1]!,
            Columns = [.. columns[Table(t)].Select(c => Column(c, isMariaDb))],
            Keys = MySqlKeys.Of(keys[Table(t)], columns[Table(t)]),
            ForeignKeys = [.. foreignKeys[Table(t)].GroupBy(k => k[2], StringComparer.Ordinal).Select(k => ForeignKey([.. k], rules[$"{Table(t)}.{k.Key}"].Any(r => r)))],
        }).ToList();

        var touches = new RoutineTouches(comparer);
        var triggers = rows.Triggers.Select(t => (Table: Table(t), Events: t[2]!.ToLowerInvariant().Split(',', StringSplitOptions.TrimEntries), Schema: t[0]!, Text: Body(t[3], t[4]))).ToLookup(t => t.Table, comparer);
        var functions = rows.Functions.Select(f => (Schema: f[0]!, Name: f[1]!, Access: f[2]!, Text: Body(f[3], f[4]))).ToList();
        var views = rows.Views.Select(v => (Schema: v[0]!, Name: v[1]!, Text: v[2] is { Length: > 0 } definition ? RoutineText.Read(SqlDialect.MySql, definition) : null)).ToList();
        tables.ForEach(touches.Add);
        triggers.SelectMany(t => t).ToList().ForEach(t => touches.AddTrigger(t.Table, t.Schema, t.Text));
        functions.ForEach(f => touches.AddFunction(f.Schema, f.Name, f.Text));
        views.ForEach(v => touches.AddView(v.Schema, v.Name, v.Text));
        return new OrderCatalog
        {
            Dialect = SqlDialect.MySql,
            FoldsTableNames = folds,
            DefaultIsolation = Isolation(settings.GetValueOrDefault("transaction_isolation") ?? settings.GetValueOrDefault("tx_isolation")),
            LexerOptions = Options(settings.GetValueOrDefault("sql_mode")),
            SearchPath = [],
            Tables = [.. tables.Select(t => t with { Triggers = [.. triggers[$"{t.Schema}.{t.Name}"].Select(g => new CatalogTrigger(g.Events, touches.OfTrigger(t, g.Schema, g.Text)))] })],
            Views = [.. views.Select(v => new CatalogView(v.Schema, v.Name, touches.Of(v.Schema, v.Text) is { Writes: false } known ? known.Tables : CatalogView.Anything))],
            Functions = [.. functions.Select(f => touches.Of(f.Schema, f.Text) is { } known
                ? new CatalogFunction(f.Name, known.Writes, known.Tables)
                : new CatalogFunction(f.Name, f.Access is not ("READS SQL DATA" or "NO SQL")))],
        };
    }

    private static string Table(string?[] row) => $"{row[0]}.{row[1]}";

    private static RoutineText? Body(string? text, string? mode) => RoutineText.Read(SqlDialect.MySql, text, Options(mode));

    private static LexerOptions Options(string? mode) =>
        (Has(mode, "ANSI_QUOTES") ? LexerOptions.AnsiQuotes : LexerOptions.None) | (Has(mode, "NO_BACKSLASH_ESCAPES") ? LexerOptions.NoBackslashEscapes : LexerOptions.None);

    private static bool Has(string? text, string part) => text?.Contains(part, StringComparison.OrdinalIgnoreCase) == true;

    private static CatalogColumn Column(string?[] row, bool isMariaDb)
    {
        var extra = row[6];
        var isGiven = row[5] is { } value && !(isMariaDb && value == "NULL");
        var isExpression = isMariaDb ? row[5]?.StartsWith('\'') == false : Has(extra, "DEFAULT_GENERATED");
        var isGenerated = Has(extra, "auto_increment") || (isExpression && MadeAnew().IsMatch(row[5] ?? ""));
        return new CatalogColumn(row[2]!, Type(row[3]!), isGenerated, isGiven || isGenerated || row[4] == "NO" || MySqlKeys.IsComputed(row));
    }

    // Text of any collation as folded: that is at most coarser, and what letters beyond ASCII are depends on the session's character set too.
    private static KeyType Type(string type) => type.ToLowerInvariant() switch
    {
        "tinyint" or "smallint" or "mediumint" or "int" or "integer" or "bigint" => KeyType.Integer,
        "char" or "varchar" or "tinytext" or "text" or "mediumtext" or "longtext" => KeyType.FoldedText,
        "binary" or "varbinary" or "tinyblob" or "blob" or "mediumblob" or "longblob" => KeyType.Text,
        "uuid" => KeyType.Uuid,
        "date" => KeyType.Date,
        _ => KeyType.Other,
    };

    private static CatalogForeignKey ForeignKey(List<string?[]> parts, bool cascades) => new(
        [.. parts.Select(p => p[3]!)], parts[0][4]!, parts[0][5]!, [.. parts.Select(p => p[6]!)], cascades ? ReferenceAction.Cascade : ReferenceAction.Restrict);

    private static IsolationLevel Isolation(string? name) => name switch
    {
        "READ-UNCOMMITTED" => IsolationLevel.ReadUncommitted,
        "READ-COMMITTED" => IsolationLevel.ReadCommitted,
        "SERIALIZABLE" => IsolationLevel.Serializable,
        _ => IsolationLevel.RepeatableRead,
    };

    [GeneratedRegex(@"\b(uuid\w*|sys_guid|nextval)\s*\(", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex MadeAnew();
}

/// <summary>Rows of information_schema as <see cref="MySqlCatalogQuery"/> asks for them.</summary>
internal sealed record MySqlCatalogRows
{
    public IReadOnlyList<string?[]> Settings { get; init; } = [];

    public IReadOnlyList<string?[]> Tables { get; init; } = [];

    public IReadOnlyList<string?[]> Columns { get; init; } = [];

    public IReadOnlyList<string?[]> Keys { get; init; } = [];

    public IReadOnlyList<string?[]> ForeignKeys { get; init; } = [];

    public IReadOnlyList<string?[]> References { get; init; } = [];

    public IReadOnlyList<string?[]> Triggers { get; init; } = [];

    public IReadOnlyList<string?[]> Views { get; init; } = [];

    public IReadOnlyList<string?[]> Functions { get; init; } = [];
}
