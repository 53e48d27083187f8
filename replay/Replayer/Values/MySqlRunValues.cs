using System.Text;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// MySQL and MariaDB: clock, generated ids and seeds of chance of the captured executions, set by the session variables that replication by statements
/// was made for, before the statements that need them and nowhere else.
/// </summary>
public sealed class MySqlRunValues(MySqlValueCatalog catalog, IReadOnlyList<Shape> shapes, SessionTable sessions, MySqlSeries series, ValueCounts counts, ValueMap map) : IRunValues
{
    private readonly MySqlShapeValues?[] _shapes = new MySqlShapeValues?[shapes.Count];
    private readonly AccessReader _reader = new(SqlDialect.MySql);
    private readonly GeneratedIds _ids = new();

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Plan(in Exchange exchange, ref PlannedExchange planned)
    {
        if (Runs(exchange.Command) && (uint)exchange.Shape < (uint)_shapes.Length)
        {
            var shape = _shapes[exchange.Shape] ??= MySqlShapeValues.Of(shapes[exchange.Shape], catalog, _reader);
            Note(in exchange, shape, ref planned.Values);
        }

        return map.Plan(in exchange, ref planned.Values);
    }

    /// <inheritdoc/>
    public ISessionValues Of(Session session) => new MySqlSessionValues(session, series, counts, map);

    private static bool Runs(Command command) => command is Command.MySqlQuery or Command.MySqlStatementExecute or Command.MySqlStatementBulkExecute;

    private void Note(in Exchange exchange, MySqlShapeValues shape, ref PlannedValues values)
    {
        values.Needs = shape.Needs;
        if ((shape.Needs & ValueNeeds.SetsItself) != 0)
        {
            var text = Encoding.UTF8.GetString(exchange.Text);
            values.Needs |= MySqlClockText.RestoresClock(text) ? ValueNeeds.RestoresClock : ValueNeeds.None;
            values.Needs |= MySqlClockText.RestoresSeries(text) ? ValueNeeds.RestoresSeries : ValueNeeds.None;
            return;
        }

        if ((shape.Needs & ValueNeeds.Clock) != 0)
        {
            values.ClockMicroseconds = CapturedClock.Of(in exchange);
        }

        if (shape.InsertsInto is null)
        {
            return;
        }

        var capabilities = (uint)(sessions.Find(exchange.Session)?.MySqlCapabilities ?? 0);
        var proof = _ids.Find(in exchange, shape, capabilities, out values.InsertId);
        values.Needs |= proof switch
        {
            IdProof.Known => ValueNeeds.InsertId
                | (shape.FurtherInserts > 0 ? ValueNeeds.MissesId : ValueNeeds.None)
                | (exchange.Affected > 1 || exchange.Rows > 1 ? ValueNeeds.FurtherIds : ValueNeeds.None),
            IdProof.NotProven => ValueNeeds.MissesId,
            _ => ValueNeeds.None,
        };
    }
}
