using System.Buffers.Binary;
using System.Buffers.Text;
using Replay.Protocol;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What is proven about the id that an insert generated.</summary>
public enum IdProof : byte
{
    /// <summary>It generated none.</summary>
    None,

    /// <summary>It generated one, and it is known.</summary>
    Known,

    /// <summary>It may have generated one, which is not known for certain.</summary>
    NotProven,
}

/// <summary>
/// Finds the first id that a captured insert generated. The server returns it as last_insert_id, but also what LAST_INSERT_ID(expr) was given, the client's own
/// value of the column, and an id for rows that were changed or passed over instead. An INSERT_ID that the statement does not take is left for the next one.
/// </summary>
public sealed class GeneratedIds
{
    /// <summary>The most texts whose accesses are kept; then it begins anew.</summary>
    public const int MaxTexts = 16_384;

    private const uint FoundRows = 2; // CLIENT_FOUND_ROWS: an upsert that changed nothing counts as 1

    private readonly AccessCache _texts = new(SqlDialect.MySql, MaxTexts);

    /// <summary>The proof and the id; <paramref name="capabilities"/> are those of the captured session.</summary>
    public IdProof Find(in Exchange exchange, MySqlShapeValues shape, uint capabilities, out ulong id)
    {
        id = 0;
        if (shape.InsertsInto is not { } table || exchange.Failed || (exchange.Flags & ExchangeFlags.Complete) == 0)
        {
            return IdProof.None;
        }

        var made = shape is { LeavesOutId: true, Upserts: false, Ignores: false } ? IdProof.Known : Made(in exchange, shape, table, capabilities);
        if (made != IdProof.Known || exchange.Affected == 0)
        {
            return exchange.Affected == 0 ? IdProof.None : made;
        }

        id = exchange.Rows > 0 ? Returned(in exchange, table.AutoColumn!) : exchange.InsertId;
        // A query may have given no rows; a trigger of its own may take the id for its table.
        return id == 0 && exchange.Rows == 0 ? IdProof.None
            : id == 0 || table.HasInsertTriggerBefore ? IdProof.NotProven
            : IdProof.Known;
    }

    private IdProof Made(in Exchange exchange, MySqlShapeValues shape, MySqlTableValues table, uint capabilities)
    {
        var insert = OnlyInsert(exchange.Text);
        if (insert?.Rows is not { Count: > 0 } rows)
        {
            // A query's rows, a file's.
            return shape.LeavesOutId && !shape.Upserts && !shape.Ignores ? IdProof.Known : IdProof.NotProven;
        }

        if (!shape.LeavesOutId && Gives(in exchange, insert, rows, table) is var given && given != IdProof.Known)
        {
            return given;
        }

        if (shape.Upserts)
        {
            return rows.Count == 1 && (capabilities & FoundRows) == 0 ? exchange.Affected == 1 ? IdProof.Known : IdProof.None : IdProof.NotProven;
        }

        return !shape.Ignores || exchange.Affected == rows.Count ? IdProof.Known : IdProof.NotProven;
    }

    // Whether the rows leave the column to the server: NULL, DEFAULT, 0, or no value for it.
    private static IdProof Gives(in Exchange exchange, TableAccess insert, IReadOnlyList<IReadOnlyList<SqlValue>> rows, MySqlTableValues table)
    {
        var at = insert.Columns is { } columns ? IndexOf(columns, table.AutoColumn!) : table.AutoIndex;
        IReadOnlyList<string?>? parameters = null;
        int left = 0, given = 0;
        foreach (var row in rows)
        {
            var value = at >= 0 && at < row.Count ? row[at] : new SqlValue(SqlValueKind.Default);
            var isLeft = value.Kind switch
            {
                SqlValueKind.Null or SqlValueKind.Default => true,
                SqlValueKind.NegativeLiteral => false,
                SqlValueKind.Literal => IsZero(exchange.Text, value.Index),
                SqlValueKind.Parameter when (parameters ??= PreparedParameters.Of(Engine.MySql, in exchange)) is { } all && value.Index < all.Count => all[value.Index] is null or "0",
                _ => (bool?)null,
            };
            if (isLeft is null)
            {
                return IdProof.NotProven;
            }

            left += isLeft.Value ? 1 : 0;
            given += isLeft.Value ? 0 : 1;
        }

        return left == 0 ? IdProof.None : given == 0 ? IdProof.Known : IdProof.NotProven;
    }

    private static int IndexOf(IReadOnlyList<string> columns, string column)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            if (columns[i].Equals(column, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool IsZero(ReadOnlySpan<byte> text, int literal)
    {
        var spans = literal < 256 ? stackalloc TextSpan[literal + 1] : new TextSpan[literal + 1];
        return LiteralReader.Read(text, SqlDialect.MySql, LexerOptions.None, spans) > literal
            && text.Slice(spans[literal].Start, spans[literal].Length).Trim("'\""u8).SequenceEqual("0"u8);
    }

    // MariaDB's RETURNING: the first row's value of the column.
    private static ulong Returned(in Exchange exchange, string column)
    {
        var columns = ColumnList.Decode(exchange.Columns);
        var at = Array.FindIndex(columns, c => c.Name.Equals(column, StringComparison.OrdinalIgnoreCase));
        if (at < 0 || RowValues.Decode(exchange.Values) is not [var row, ..] || at >= row.Length || row[at] is not { } value)
        {
            return 0;
        }

        if (columns[at].IsBinary)
        {
            return value.Length switch
            {
                8 => BinaryPrimitives.ReadUInt64LittleEndian(value),
                4 => BinaryPrimitives.ReadUInt32LittleEndian(value),
                2 => BinaryPrimitives.ReadUInt16LittleEndian(value),
                1 => value[0],
                _ => 0,
            };
        }

        return Utf8Parser.TryParse(value, out ulong id, out var used) && used == value.Length ? id : 0;
    }

    private TableAccess? OnlyInsert(ReadOnlySpan<byte> sql)
    {
        // Of a list, affected rows are a sum.
        return _texts.Read(sql).Statements is not [{ Verb: AccessVerb.Insert } insert] ? null : insert.Tables.FirstOrDefault(static t => t.Use is TableUse.Insert or TableUse.Upsert);
    }
}
