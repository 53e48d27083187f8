using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>One MySQL session's variables, as its player sets them before statements.</summary>
/// <remarks>
/// TIMESTAMP stays until the next statement that may read the clock, which gets its own; so it is never taken for the clock by a statement that reads it, and
/// where one does so unseen (deep in a view), it is nearer to the captured clock than the day of the replay. Measured: SET leaves warnings, FOUND_ROWS() and
/// LAST_INSERT_ID() alone, and makes ROW_COUNT() 0.
/// auto_increment_increment and its offset stay too: a client that reads them afterwards reads production's, and ids that are not known follow each other as there.
/// </remarks>
public sealed class MySqlSessionValues(Session session, MySqlSeries series, ValueCounts counts, ValueMap map) : ISessionValues
{
    private const ulong SeedMask = 0x3FFF_FFFF;

    private readonly ValueRewriter _rewriter = new(Engine.MySql, map, counts);
    private ValueNeeds _setting;
    private bool _clientsClock;
    private bool _clientsId;
    private AutoIncrementSeries? _series = series.Target; // null: the client's own
    private bool _maySetSeries = series.MaySet;

    /// <inheritdoc/>
    public string? Prepare(in PlannedExchange planned, bool isAlone)
    {
        var needs = planned.Values.Needs;
        if (needs == ValueNeeds.None)
        {
            return null;
        }

        if ((needs & ValueNeeds.MissesId) != 0)
        {
            counts.Miss(MissReason.IdNotProven);
        }

        if ((needs & ValueNeeds.MissesChance) != 0)
        {
            counts.Miss(MissReason.Chance);
        }

        var set = WhatToSet(needs) | (MustSetSeries(in planned.Values) ? ValueNeeds.FurtherIds : ValueNeeds.None);
        if (set == ValueNeeds.None)
        {
            return null;
        }

        if (!isAlone || (needs & ValueNeeds.ReadsDiagnostics) != 0)
        {
            counts.Miss(isAlone ? MissReason.ReadsDiagnostics : MissReason.Pipelined);
            return null;
        }

        _setting = set;
        return Statement(in planned, set);
    }

    /// <inheritdoc/>
    public void Prepared(in Exchange exchange)
    {
        if (exchange.Failed)
        {
            counts.Miss(MissReason.Refused);
            _maySetSeries &= (_setting & ValueNeeds.FurtherIds) == 0;
            return;
        }

        if ((_setting & ValueNeeds.Clock) != 0)
        {
            counts.SawSet("clock");
        }

        if ((_setting & ValueNeeds.InsertId) != 0)
        {
            counts.SawSet("id");
        }

        if ((_setting & ValueNeeds.FurtherIds) != 0)
        {
            _series = series.Captured;
            counts.SawSet("increment");
        }

        if ((_setting & ValueNeeds.Seeds) != 0)
        {
            counts.SawSet("seeds");
        }
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Rewrite(in PlannedExchange planned, ReadOnlySpan<byte> request) => _rewriter.Rewrite(planned.Command, request);

    /// <inheritdoc/>
    public void Ended(in PlannedExchange planned, in Exchange exchange, bool isAgain)
    {
        map.Learn(planned.KeptValues.Span, in exchange, isAgain);
        var needs = planned.Values.Needs;
        if (exchange.Failed)
        {
            return;
        }

        if ((needs & ValueNeeds.SetsItself) != 0)
        {
            _clientsClock = (needs & ValueNeeds.Clock) != 0 ? (needs & ValueNeeds.RestoresClock) == 0 : _clientsClock;
            _clientsId |= (needs & ValueNeeds.InsertId) != 0;
            _series = (needs & ValueNeeds.FurtherIds) == 0 ? _series : (needs & ValueNeeds.RestoresSeries) != 0 ? series.Target : null;
        }
        else if (planned.Command is Command.MySqlResetConnection or Command.MySqlChangeUser)
        {
            _clientsClock = _clientsId = false;
            _series = series.Target;
        }
    }

    /// <summary>What the client has set goes to the new connection with the rest of the session's state.</summary>
    public void Reset()
    {
        _clientsId = false;
        _series = _series is null ? null : series.Target;
    }

    private ValueNeeds WhatToSet(ValueNeeds needs)
    {
        if ((needs & ValueNeeds.SetsItself) != 0)
        {
            return ValueNeeds.None;
        }

        var set = needs & (ValueNeeds.Clock | ValueNeeds.InsertId | ValueNeeds.Seeds);
        set &= _clientsClock ? ~ValueNeeds.Clock : set;
        set &= _clientsId ? ~ValueNeeds.InsertId : set;
        _clientsId &= (needs & ValueNeeds.InsertId) == 0;
        return set;
    }

    // Before an insert of several rows; and before the client sets one of the two itself, as the other then was production's.
    private bool MustSetSeries(in PlannedValues values)
    {
        if ((values.Needs & ValueNeeds.FurtherIds) == 0 || _series is null)
        {
            return false;
        }

        if ((values.Needs & ValueNeeds.SetsItself) == 0 && !series.Knows(values.InsertId))
        {
            counts.Miss(MissReason.IdNotProven);
            return false;
        }

        if (series.Captured?.GoesLike(_series) != false)
        {
            return false;
        }

        if (!_maySetSeries)
        {
            counts.Miss(MissReason.Refused);
        }

        return _maySetSeries;
    }

    private string Statement(in PlannedExchange planned, ValueNeeds set)
    {
        var text = new StringBuilder("SET ");
        if ((set & ValueNeeds.Clock) != 0)
        {
            var clock = planned.Values.ClockMicroseconds;
            text.Append(CultureInfo.InvariantCulture, $"TIMESTAMP={clock / 1_000_000}.{clock % 1_000_000:000000},");
        }

        if ((set & ValueNeeds.InsertId) != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"INSERT_ID={planned.Values.InsertId},");
        }

        if ((set & ValueNeeds.Seeds) != 0)
        {
            // Production's are not on the wire. These are the same in every run.
            var seed = Hash128.Of(MemoryMarshal.AsBytes<int>([session.Number, planned.Ordinal]), 0);
            text.Append(CultureInfo.InvariantCulture, $"RAND_SEED1={seed.High & SeedMask},RAND_SEED2={seed.Low & SeedMask},");
        }

        if ((set & ValueNeeds.FurtherIds) != 0)
        {
            text.Append(MySqlSeries.Assignments(series.Captured!)).Append(',');
        }

        return text.ToString(0, text.Length - 1);
    }
}
