using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What exchanges do, by their commands and shapes, and where transactions end, by the wire's own word.</summary>
internal sealed class ExchangeKinds(IReadOnlyList<Shape> shapes, ShapeTraits[] traits)
{
    // MySQL: what is said outside of a transaction of the next one alone (https://dev.mysql.com/doc/refman/en/set-transaction.html).
    private static readonly string[] OfTheNext = ["set transaction ", "set @@transaction_isolation ", "set @@tx_isolation ", "set @@transaction_read_only ", "set @@tx_read_only "];

    /// <summary>What an exchange does.</summary>
    /// <param name="exchange">The exchange; without its request <see cref="CutKind.NamedParse"/> is not told.</param>
    /// <param name="temporaryTables">Those of its session; what it makes is added.</param>
    public CutKind Of(in Exchange exchange, List<string> temporaryTables)
    {
        var ofShape = (uint)exchange.Shape < (uint)traits.Length ? traits[exchange.Shape] : ShapeTraits.None;
        var kind = exchange.Command switch
        {
            Command.Parse or Command.Close or Command.MySqlStatementPrepare or Command.MySqlStatementClose or Command.MySqlInitDb
                or Command.MySqlSetOption or Command.MySqlResetConnection or Command.MySqlChangeUser => CutKind.State,
            Command.Bind or Command.Describe or Command.Sync or Command.Cancel or Command.Terminate or Command.MySqlQuit or Command.MySqlPing
                or Command.MySqlFieldList or Command.MySqlStatistics or Command.MySqlProcessInfo or Command.MySqlStatementFetch
                or Command.MySqlStatementReset => CutKind.Read,
            _ when IsOfTheNext(exchange.Shape) => CutKind.Transaction,
            _ when (ofShape & ShapeTraits.SessionState) != 0 => CutKind.State,
            _ when (ofShape & ShapeTraits.Transaction) != 0 => CutKind.Transaction,
            _ when (ofShape & ShapeTraits.Read) != 0 => CutKind.Read,
            _ => CutKind.Write,
        };
        if ((uint)exchange.Shape < (uint)shapes.Count)
        {
            var shape = shapes[exchange.Shape];
            if (kind == CutKind.State && ShapeFacts.TemporaryTable(shape) is { } table)
            {
                temporaryTables.Add(table);
            }
            else if (kind == CutKind.Write && temporaryTables.Exists(t => shape.Text.Contains(t, StringComparison.OrdinalIgnoreCase)))
            {
                kind = CutKind.State;
            }
        }

        return exchange.Command == Command.Execute && kind != CutKind.State && PostgresMessages.HasNamedParse(exchange.Request)
            ? kind | CutKind.NamedParse
            : kind;
    }

    /// <summary>Whether a unit ends with an exchange: a transaction, or what was committed by itself. Within a PostgreSQL batch only its last exchange tells the state: until then the batch is one unit.</summary>
    public bool Ends(in Exchange exchange, ref bool inTransaction)
    {
        var isOpen = exchange.TransactionState is TransactionState.Open or TransactionState.Failed || (exchange.TransactionState == TransactionState.Unknown && inTransaction);
        var goesOn = isOpen || (exchange.TransactionState == TransactionState.Unknown && exchange.Batch >= 0 && (exchange.Flags & ExchangeFlags.EndsBatch) == 0);
        inTransaction = isOpen;
        return !goesOn && !IsOfTheNext(exchange.Shape);
    }

    private bool IsOfTheNext(int shape) =>
        (uint)shape < (uint)shapes.Count && Array.Exists(OfTheNext, start => shapes[shape].Text.StartsWith(start, StringComparison.OrdinalIgnoreCase));
}
