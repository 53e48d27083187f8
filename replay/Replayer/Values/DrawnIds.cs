using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What an insert drew from a sequence, as far as its response tells.</summary>
/// <param name="Column">The column that the sequence fills.</param>
/// <param name="Rows">How many values it drew, at least; 1 where an insert failed.</param>
/// <param name="First">The smallest; 0 if the response does not tell.</param>
/// <param name="Last">The largest; 0 if the response does not tell.</param>
public readonly record struct Draw(SequenceColumn Column, long Rows, long First, long Last)
{
    /// <summary>Whether the response tells which values.</summary>
    public bool IsTold => Last > 0;
}

/// <summary>Finds what exchanges of one PostgreSQL database drew from its sequences. Not safe for several threads.</summary>
public sealed class DrawnIds
{
    private readonly Dictionary<string, List<SequenceColumn>> _byTable = new(StringComparer.Ordinal);
    private readonly Dictionary<int, SequenceColumn?> _byShape = [];
    private readonly AccessReader _reader = new(SqlDialect.PostgreSql);
    private readonly IReadOnlyList<Shape> _shapes;

    /// <summary>A finder for a database with these columns.</summary>
    public DrawnIds(IEnumerable<SequenceColumn> columns, IReadOnlyList<Shape> shapes)
    {
        _shapes = shapes;
        foreach (var column in columns)
        {
            if (!_byTable.TryGetValue(column.Table, out var list))
            {
                _byTable.Add(column.Table, list = []);
            }

            list.Add(column);
        }
    }

    /// <summary>What an exchange drew; false if it inserts nowhere where a sequence fills a column.</summary>
    public bool TryFind(in Exchange exchange, out Draw draw)
    {
        draw = default;
        if (exchange.Command is not (Command.Query or Command.Execute) || (uint)exchange.Shape >= (uint)_shapes.Count
            || (exchange.Flags & ExchangeFlags.SkippedAfterError) != 0 || Column(exchange.Shape) is not { } column)
        {
            return false;
        }

        if (exchange.Failed)
        {
            draw = new Draw(column, 1, 0, 0);
            return true;
        }

        var rows = Math.Max(exchange.Affected, exchange.Rows);
        draw = TryRead(in exchange, column.Column, out var first, out var last) ? new Draw(column, rows, first, last) : new Draw(column, rows, 0, 0);
        return rows > 0;
    }

    /// <summary>The smallest and largest value of a column in what is kept of a response.</summary>
    public static bool TryRead(in Exchange exchange, string column, out long first, out long last)
    {
        (first, last) = (long.MaxValue, long.MinValue);
        if (exchange.Values.IsEmpty || exchange.Columns.IsEmpty || (exchange.Flags & ExchangeFlags.AllValues) == 0)
        {
            return false;
        }

        var columns = ColumnList.Decode(exchange.Columns);
        var at = Array.FindIndex(columns, c => c.Name == column);
        if (at < 0)
        {
            return false;
        }

        foreach (var row in RowValues.Decode(exchange.Values))
        {
            if (at >= row.Length || row[at] is not { } value || Number(value, columns[at].IsBinary) is not { } id)
            {
                return false;
            }

            (first, last) = (Math.Min(first, id), Math.Max(last, id));
        }

        return last >= first;
    }

    private static long? Number(ReadOnlySpan<byte> value, bool isBinary)
    {
        if (isBinary)
        {
            return value.Length switch
            {
                8 => BinaryPrimitives.ReadInt64BigEndian(value),
                4 => BinaryPrimitives.ReadInt32BigEndian(value),
                2 => BinaryPrimitives.ReadInt16BigEndian(value),
                _ => null,
            };
        }

        return Utf8Parser.TryParse(value, out long id, out var used) && used == value.Length ? id : null;
    }

    // The column of the shape's only statement that its insert leaves to a sequence.
    private SequenceColumn? Column(int shape)
    {
        if (_byShape.TryGetValue(shape, out var column))
        {
            return column;
        }

        var text = _shapes[shape].Text;
        if (_shapes[shape].Engine == Engine.PostgreSql && _reader.Read(Encoding.UTF8.GetBytes(text)).Statements is [{ Verb: AccessVerb.Insert } statement]
            && statement.Tables.FirstOrDefault(static t => t.Use == TableUse.Insert) is { IgnoresConflicts: false, Columns: { } named } table)
        {
            column = _byTable.GetValueOrDefault(table.Name)?.FirstOrDefault(c => (table.Schema is null || table.Schema == c.Schema) && !named.Contains(c.Column));
            column = column is { HasNamesakes: true } && table.Schema is null ? column with { IsUnclear = true } : column;
        }

        _byShape.Add(shape, column);
        return column;
    }
}
