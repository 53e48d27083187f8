using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Reads what <c>UPDATE t SET n = n + 1 WHERE id = 5 RETURNING n</c> told its client: whoever moved the counter further came later. PostgreSQL; of MySQL's and MariaDB's
/// updates none returns anything.
/// </summary>
internal sealed class RowCounters
{
    private const uint Int8 = 20, Int2 = 21, Int4 = 23; // types of columns, https://www.postgresql.org/docs/current/datatype-oid.html
    private const string All = "*";

    private readonly HashSet<string> _tables; // of which all by the name can be trusted: no trigger sets what it likes
    private TextSpan[] _literals = new TextSpan[16];

    /// <summary>For a database's tables.</summary>
    public RowCounters(OrderCatalog catalog)
    {
        _tables = [.. catalog.Tables.GroupBy(t => t.Name, StringComparer.Ordinal).Where(g => g.All(t => !t.Triggers.Any(r => r.Events.Contains("update")))).Select(g => g.Key)];
    }

    /// <summary>Adds to a unit of one exchange which counter it moved and what it came to, if that is told.</summary>
    public void Read(in Exchange exchange, TextAccess access, ReadOnlySpan<ParameterValue> parameters, ReadOnlySpan<byte> request, OrderUnit unit)
    {
        if (access.Statements is not [{ Verb: AccessVerb.Update, Tables: [{ Use: TableUse.Update, Set: { } set, Returning.Count: > 0 } table] }]
            || exchange is not { Affected: 1, Rows: 1, Failed: false } || (exchange.Flags & ExchangeFlags.AllValues) == 0 || !_tables.Contains(table.Name) || !NamesOneRow(unit))
        {
            return;
        }

        foreach (var column in set)
        {
            if (column.Step is { } step && Sign(step, exchange.Text, parameters, request) is var sign and not 0 && Returned(in exchange, table.Returning, column.Column) is { } value)
            {
                unit.Rows.Counter = KeyForm.Mix(Hash128.Of(Encoding.UTF8.GetBytes(column.Column)).Low, (ulong)sign) | 1;
                unit.Rows.Count = value * sign;
                return;
            }
        }
    }

    private static bool NamesOneRow(OrderUnit unit)
    {
        var rows = 0;
        foreach (var access in unit.Accesses)
        {
            rows += access is { IsExclusive: true, Key: not 0 } ? 1 : 0;
        }

        return rows == 1;
    }

    // 1, -1, or 0 if it is not known or nothing is added.
    private int Sign(ColumnStep step, ReadOnlySpan<byte> sql, ReadOnlySpan<ParameterValue> parameters, ReadOnlySpan<byte> request)
    {
        var by = 0L;
        if (step.By.Kind == SqlValueKind.Literal && step.By.Index < _literals.Length)
        {
            var found = LiteralReader.Read(sql, SqlDialect.PostgreSql, LexerOptions.None, _literals);
            by = step.By.Index < found && LiteralReader.TryValue(_literals[step.By.Index].Of(sql), backslashEscapes: false, out var digits, out _) ? Number(digits) ?? 0 : 0;
        }
        else if (step.By.Kind == SqlValueKind.Parameter && step.By.Index < parameters.Length)
        {
            var parameter = parameters[step.By.Index];
            by = parameter.Form switch
            {
                ParameterForm.Integer => parameter.Integer,
                ParameterForm.Text => Number(parameter.Bytes.Of(request)) ?? 0,
                _ => 0,
            };
        }

        return Math.Sign(by) * (step.IsSubtracted ? -1 : 1);
    }

    private static long? Returned(in Exchange exchange, IReadOnlyList<string?> returning, string column)
    {
        var columns = ColumnList.Decode(exchange.Columns);
        var at = Array.FindIndex(columns, c => c.Name == column);
        var isIt = returning is [All] || (!returning.Contains(All) && at >= 0 && at < returning.Count && returning[at] == column);
        if (at < 0 || !isIt || columns[at].Type is not (Int2 or Int4 or Int8) || RowValues.Decode(exchange.Values) is not [{ } row] || at >= row.Length || row[at] is not { } value)
        {
            return null;
        }

        return !columns[at].IsBinary ? Number(value)
            : columns[at].Type == Int8 && value.Length == 8 ? BinaryPrimitives.ReadInt64BigEndian(value)
            : columns[at].Type == Int4 && value.Length == 4 ? BinaryPrimitives.ReadInt32BigEndian(value)
            : columns[at].Type == Int2 && value.Length == 2 ? BinaryPrimitives.ReadInt16BigEndian(value)
            : null;
    }

    private static long? Number(ReadOnlySpan<byte> text) => Utf8Parser.TryParse(text, out long number, out var used) && used == text.Length ? number : null;
}
