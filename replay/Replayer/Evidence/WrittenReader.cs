using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Says what a statement of the wire wrote, as a log of the server's would have it: how many rows of which table, which by their keys, with which values.</summary>
internal sealed class WrittenReader(OrderCatalog catalog, CatalogIndex index)
{
    private readonly HashSet<string> _divided = [.. catalog.Tables.SelectMany(t => new[] { t.PartitionOf, t.Inherits }).OfType<string>()];
    private TextSpan[] _literals = new TextSpan[64];

    /// <summary>Reads an exchange that did not fail; null if it wrote nothing. Call it before sequences count as rows of the unit.</summary>
    public WrittenRows? Read(in Exchange exchange, TextAccess access, SearchPath? path, ReadOnlySpan<ParameterValue> parameters, ReadOnlySpan<byte> request, OrderUnit unit)
    {
        if (exchange.Failed || !unit.Accesses.Exists(static a => MayWrite(in a)))
        {
            return null;
        }

        var written = new WrittenRows();
        var (statement, table) = access.Statements is [{ Verb: AccessVerb.Insert or AccessVerb.Update or AccessVerb.Delete or AccessVerb.Merge } one] ? (one, Target(one)) : default;
        var rule = table is null || index.View(table.Schema, table.Name, path) is not null ? null : index.Table(table.Schema, table.Name, path);
        foreach (var other in unit.Accesses)
        {
            written.Anything |= other.Table == OrderTables.Everything;
            if (MayWrite(in other) && other.Table != rule?.Number)
            {
                written.Add(other.Table, 0, isExact: false);
            }
        }

        if (statement is null || table is null || rule is not { Table: { } known, IsTemporary: false })
        {
            if (rule is not null)
            {
                written.Add(rule.Number, 0, isExact: false);
            }

            return written;
        }

        var triggers = known.Triggers.Where(t => statement.Verb == AccessVerb.Merge || t.Events.Any(e => Fires(table.Use, e))).ToList();
        var affected = Math.Max(0, exchange.Affected);
        written.Add(rule.Number, affected, isExact: exchange.Affected >= 0 && triggers.Count == 0 && written.Tables.Count == 0 && !written.Anything && !MayWriteMore(statement, table, rule, unit));
        written.IsCertain = affected > 0 && triggers.TrueForAll(static t => t.Touches is not null); // a rule may do something else instead
        if (affected > 0 && rule.HasKeys)
        {
            Rows(table, rule, affected, hasTriggers: triggers.Count > 0, unit, written);
            if (triggers.Count == 0)
            {
                Values(in exchange, access, table, rule, affected, parameters, request, written);
            }
        }

        return written;
    }

    // Rows of its table beside those that are counted: by functions, by cascades that come back to it, or because a row that goes to another partition is deleted and inserted.
    private bool MayWriteMore(StatementAccess statement, TableAccess table, TableRule rule, OrderUnit unit) =>
        _divided.Contains($"{rule.Table!.Schema}.{rule.Table.Name}") || statement.Functions.Any(f => index.Function(f) is { Writes: true })
        || (table.Use is TableUse.Update or TableUse.Delete && unit.Accesses.Exists(a => a.Table == rule.Number && a.Kind == OrderAccessKind.Barrier));

    // The one table that the statement writes; null if there are several.
    private static TableAccess? Target(StatementAccess statement)
    {
        TableAccess? target = null;
        foreach (var table in statement.Tables)
        {
            if (table.IsWritten)
            {
                if (target is not null || table.Use == TableUse.Whole)
                {
                    return null;
                }

                target = table;
            }
        }

        return target;
    }

    private static bool MayWrite(in OrderAccess access) => access.IsExclusive && access.Sets != ColumnMask.Nothing && access.Table != CatalogIndex.AdvisoryLocks;

    private static bool Fires(TableUse use, string what) => use switch
    {
        TableUse.Insert => what.Equals("insert", StringComparison.OrdinalIgnoreCase),
        TableUse.Upsert => !what.Equals("delete", StringComparison.OrdinalIgnoreCase),
        TableUse.Update => what.Equals("update", StringComparison.OrdinalIgnoreCase),
        _ => what.Equals("delete", StringComparison.OrdinalIgnoreCase),
    };

    // Rows that it names, if it found each of them.
    private static void Rows(TableAccess table, TableRule rule, long affected, bool hasTriggers, OrderUnit unit, WrittenRows written)
    {
        var isInsert = table.Use is TableUse.Insert or TableUse.Upsert;
        if (isInsert ? table.Rows is null || table.Rows.Count != affected : unit.Accesses.Count(a => IsFound(in a, rule)) > affected)
        {
            return;
        }

        foreach (var access in unit.Accesses)
        {
            // Of a row that went the log has its first key. What else an upsert was given, the row that was there need not have got; nor what a trigger may have set.
            var isTold = access.Kind switch
            {
                OrderAccessKind.KeyExclusive => true,
                OrderAccessKind.OtherKeyExclusive => table.Use != TableUse.Delete,
                OrderAccessKind.KeyInsert => table.Use != TableUse.Upsert && !hasTriggers,
                _ => false,
            };
            if (isTold && access.Table == rule.Number && MayWrite(in access))
            {
                written.Add(access.Key, WrittenFact.UnknownRow(rule.Number));
            }
        }
    }

    private static bool IsFound(in OrderAccess access, TableRule rule) => access.Table == rule.Number && access.IsOneRow && MayWrite(in access);

    private void Values(
        in Exchange exchange, TextAccess access, TableAccess table, TableRule rule, long affected, ReadOnlySpan<ParameterValue> parameters, ReadOnlySpan<byte> request, WrittenRows written)
    {
        if (_literals.Length < access.Literals)
        {
            _literals = new TextSpan[access.Literals * 2];
        }

        var literals = _literals.AsSpan(0, LiteralReader.Read(exchange.Text, SqlDialect.PostgreSql, LexerOptions.None, _literals.AsSpan(0, access.Literals)));
        var values = new StatementValues(exchange.Text, request, parameters, SqlDialect.PostgreSql, LexerOptions.None, literals);
        if (table.Use == TableUse.Update)
        {
            foreach (var set in table.Set ?? [])
            {
                var column = rule.ColumnNumber(set.Column);
                if (set.Step is { } step)
                {
                    if (column >= 0 && rule.Table!.Columns[column].Type == KeyType.Integer && values.TryInteger(step.By, out var by))
                    {
                        written.Add(WrittenFact.Step(rule.Number, column, step.IsSubtracted ? -by : by), WrittenFact.UnknownStep(rule.Number, column));
                    }
                }
                else if (set.Values is [var value])
                {
                    Value(rule, column, value, in values, written);
                }
            }
        }
        else if (table is { Use: TableUse.Insert, Rows: { } rows } && rows.Count == affected)
        {
            foreach (var row in rows)
            {
                for (var i = 0; i < row.Count; i++)
                {
                    var name = table.Columns is null ? rule.Table!.Columns.ElementAtOrDefault(i)?.Name : table.Columns.ElementAtOrDefault(i);
                    Value(rule, name is null ? -1 : rule.ColumnNumber(name), row[i], in values, written);
                }
            }
        }
    }

    private static void Value(TableRule rule, int column, SqlValue value, in StatementValues values, WrittenRows written)
    {
        if (column >= 0 && rule.Table!.Columns[column].Type is var type and not KeyType.Other && values.TryHash(type, value, out var hash, out var isNull) && !isNull)
        {
            written.Add(WrittenFact.Value(rule.Number, column, hash), WrittenFact.UnknownValue(rule.Number, column));
        }
    }
}
