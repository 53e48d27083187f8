using System.Text;

namespace Replay.Sql.Tests.Access;

/// <summary>Accesses as short texts, so that tests read like a table.</summary>
internal static class Accesses
{
    public static TextAccess Of(SqlDialect dialect, string sql) => new AccessReader(dialect).Read(Encoding.UTF8.GetBytes(sql));

    /// <summary>
    /// Statements by semicolons: verb, control, isolation, flags, tables as <c>use name[column=values]</c>, rows as <c>(value,value)</c>, set columns after
    /// <c>set</c>. Values: <c>l0</c> literal, <c>-l0</c>, <c>p0</c> parameter, <c>null</c>, <c>default</c>, <c>?</c> unknown.
    /// </summary>
    public static string Describe(SqlDialect dialect, string sql) =>
        string.Join("; ", Of(dialect, sql).Statements.Select(Describe));

    private static string Describe(StatementAccess statement)
    {
        if (statement.IsUnknown)
        {
            return "Unknown";
        }

        var text = new StringBuilder(statement.Verb.ToString());
        if (statement.Control != TransactionControl.None)
        {
            text.Append(' ').Append(statement.Control);
        }

        if (statement.Isolation != IsolationLevel.Unspecified)
        {
            text.Append(' ').Append(statement.Isolation);
        }

        if (statement.Flags != AccessFlags.None)
        {
            text.Append(" <").Append(statement.Flags).Append('>');
        }

        foreach (var table in statement.Tables)
        {
            text.Append(" | ").Append(table.Use).Append(' ').Append(table.Schema == null ? "" : table.Schema + ".").Append(table.Name);
            text.Append(string.Concat(table.Where.Select(w => $"[{w.Column}={Values(w.Values)}]")));
            text.Append(table.Columns == null ? "" : $" ({string.Join(',', table.Columns)})");
            text.Append(table.Rows == null ? "" : " " + string.Join(' ', table.Rows.Select(r => $"({Values(r)})")));
            text.Append(table.Set is { Count: > 0 } ? " set " + string.Join(' ', table.Set.Select(s => $"{s.Column}={Values(s.Values)}")) : "");
            text.Append(table.ConflictColumns == null ? "" : $" conflict({string.Join(',', table.ConflictColumns)})");
            text.Append(table.IgnoresConflicts ? " ignores" : "").Append(table.LeavesKey ? " leaves-key" : "");
        }

        text.Append(string.Concat(statement.Indexes.Select(i => $" | index {(i.Schema == null ? "" : i.Schema + ".")}{i.Name}")));
        return text.ToString();
    }

    private static string Values(IEnumerable<SqlValue> values) => string.Join(',', values.Select(v => v.Kind switch
    {
        SqlValueKind.Literal => $"l{v.Index}",
        SqlValueKind.NegativeLiteral => $"-l{v.Index}",
        SqlValueKind.Parameter => $"p{v.Index}",
        SqlValueKind.Null => "null",
        SqlValueKind.Default => "default",
        _ => "?",
    }));
}
