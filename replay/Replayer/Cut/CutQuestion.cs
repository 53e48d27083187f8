using System.Globalization;
using System.Text;
using Replay.Client;
using Replay.Sql;

namespace Replay.Replayer;

/// <summary>
/// A question to data as of the cut that tells whether a statement has been executed in them: is the row there that it added, is the one gone that it deleted, has the one that it changed the
/// values that it set. Only for one row with a key of known values, or for a row all of whose given values are known.
/// </summary>
/// <param name="Sql">The query; its one value is a number of rows.</param>
/// <param name="IfAny">Whether the statement has been executed if there are any; null: that does not tell.</param>
/// <param name="IfNone">Whether it has been if there is none; null: that does not tell.</param>
/// <param name="IsCertain">Whether the answer is certain, and not only likely: a later transaction that the data have too may have changed the row again.</param>
/// <param name="Adds">The table to which the statement adds the row; null if it adds none.</param>
/// <param name="Takes">The table from which it deletes the row; null if it deletes none.</param>
internal sealed record CutQuestion(string Sql, bool? IfAny, bool? IfNone, bool IsCertain = false, CatalogTable? Adds = null, CatalogTable? Takes = null)
{
    /// <summary>The question where something else may have taken the row away: that it is missing then tells nothing, that it is there is likely to. Null if nothing is left to ask.</summary>
    public CutQuestion? WhereRowsGo() => Adds is null ? this : IfAny is null ? null : this with { IfNone = null, IsCertain = false };

    /// <summary>The question about a row that something else in that time has added before: that it is missing tells nothing.</summary>
    public CutQuestion WhereRowsCome() => Takes is null ? this : this with { IfNone = null };

    /// <summary>The question for a statement; null if there is none.</summary>
    /// <param name="catalog">The database, by captured names.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="database">The captured name of the database that it was executed in.</param>
    /// <param name="names">What MySQL's databases are called on the target.</param>
    public static CutQuestion? Of(CatalogIndex catalog, string sql, IReadOnlyList<string?> parameters, string database, TargetNames names)
    {
        var bytes = Encoding.UTF8.GetBytes(sql);
        var text = new AccessReader(catalog.Dialect).Read(bytes);
        if (text.Statements is not [{ Tables: [var access, ..] } statement] || statement.Tables.Any(t => t != access && t.Use != TableUse.Read)
            || catalog.Table(access.Schema, access.Name, database)?.Table is not { } table)
        {
            return null;
        }

        var values = new Values(catalog.Dialect, bytes, text.Literals, parameters);
        var schema = catalog.Dialect == SqlDialect.MySql ? names.Database(table.Schema) : table.Schema;
        var from = $"SELECT count(*) FROM {values.Name(schema)}.{values.Name(table.Name)} WHERE ";
        switch (statement.Verb, access.Use)
        {
            case (AccessVerb.Insert, TableUse.Insert) when !access.IgnoresConflicts && access.Rows is [var row]:
                var columns = access.Columns ?? [.. table.Columns.Select(c => c.Name)];
                var given = columns.Zip(row, (name, value) => new ColumnValues(name, [value])).ToList();
                return Key(table, given) is { } added && values.Where(added) is { } isAdded ? new CutQuestion(from + isAdded, true, false, IsCertain: true, table)
                    : values.Where(given) is { } isEqual ? new CutQuestion(from + isEqual, null, false, IsCertain: false, table)
                    : null;
            case (AccessVerb.Delete, TableUse.Delete) when Key(table, access.Where) is { } deleted && values.Where(deleted) is { } isDeleted:
                return new CutQuestion(from + isDeleted, false, true, Takes: table);
            case (AccessVerb.Update, TableUse.Update) when access.Set is { Count: > 0 } set && Key(table, access.Where) is { } changed && values.Where([.. changed, .. set]) is { } isChanged:
                return new CutQuestion(from + isChanged, true, false);
            default:
                return null;
        }
    }

    private static List<ColumnValues>? Key(CatalogTable table, IReadOnlyList<ColumnValues> given)
    {
        foreach (var key in table.Keys)
        {
            var found = key.Select(c => given.FirstOrDefault(g => g.Column.Equals(c, StringComparison.OrdinalIgnoreCase))).OfType<ColumnValues>().ToList();
            if (found.Count == key.Count)
            {
                return found;
            }
        }

        return null;
    }

    // Values as SQL: literals as they stand in the text.
    private sealed class Values(SqlDialect dialect, byte[] sql, int literals, IReadOnlyList<string?> parameters)
    {
        private readonly TextSpan[] _literals = Literals(dialect, sql, literals);

        public string Name(string name) => dialect == SqlDialect.MySql ? MySqlNames.Quote(name) : PostgresNames.Quote(name);

        // Null if any is not known.
        public string? Where(IReadOnlyList<ColumnValues> columns)
        {
            var conditions = columns.Select(c => c.Values is [var value] && Of(value) is { } known ? $"{Name(c.Column)} = {known}" : null).ToList();
            return conditions.Count > 0 && conditions.TrueForAll(c => c != null) ? string.Join(" AND ", conditions) : null;
        }

        private string? Of(SqlValue value) => value.Kind switch
        {
            SqlValueKind.Literal or SqlValueKind.NegativeLiteral when value.Index < _literals.Length =>
                (value.Kind == SqlValueKind.NegativeLiteral ? "-" : "") + Encoding.UTF8.GetString(_literals[value.Index].Of(sql)),
            SqlValueKind.Parameter when value.Index < parameters.Count && parameters[value.Index] is { } parameter && !parameter.StartsWith("\\x", StringComparison.Ordinal) =>
                decimal.TryParse(parameter, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _) && dialect == SqlDialect.MySql ? parameter
                    : dialect == SqlDialect.MySql ? MySqlNames.Literal(parameter)
                    : PostgresNames.Literal(parameter),
            _ => null,
        };

        private static TextSpan[] Literals(SqlDialect dialect, byte[] sql, int count)
        {
            var spans = new TextSpan[count];
            return spans[..LiteralReader.Read(sql, dialect, LexerOptions.None, spans)];
        }
    }
}
