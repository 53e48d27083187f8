using Replay.Workload;

namespace Replay.Replayer.Tests.Values;

public sealed class MySqlSessionValuesTests
{
    private const ValueNeeds Several = ValueNeeds.InsertId | ValueNeeds.FurtherIds;
    private const ValueNeeds All = ValueNeeds.Clock | ValueNeeds.InsertId | ValueNeeds.Seeds;

    private static readonly AutoIncrementSeries Production = new(3, 2);

    private readonly ValueCounts _counts = new();
    private readonly MySqlSessionValues _values;

    public MySqlSessionValuesTests() => _values = Make(MySqlSeries.Usual);

    [Fact]
    public void OneStatementSetsAllAndItsAnswerCounts()
    {
        Assert.Equal("SET TIMESTAMP=1700000000.000123,INSERT_ID=41", Prepare(ValueNeeds.Clock | ValueNeeds.InsertId));
        Assert.Empty(_counts.Set);
        _values.Prepared(Exchange.Empty);
        Assert.Equal([new("clock", 1), new("id", 1)], _counts.Set);
    }

    [Fact]
    public void SeedsAreTheSameInEveryRunAndOthersInEveryExchange()
    {
        var first = Prepare(ValueNeeds.Seeds, ordinal: 1);
        Assert.Matches("^SET RAND_SEED1=[0-9]+,RAND_SEED2=[0-9]+$", first);
        Assert.Equal(first, Make(MySqlSeries.Usual).Prepare(Planned(ValueNeeds.Seeds, 1), isAlone: true));
        Assert.NotEqual(first, Prepare(ValueNeeds.Seeds, ordinal: 2));
    }

    [Fact]
    public void NothingIsSetWhereNothingIsNeeded() => Assert.Null(Prepare(ValueNeeds.ReadsDiagnostics));

    [Fact]
    public void WhatCannotBePreparedIsMissed()
    {
        Assert.Null(_values.Prepare(Planned(All), isAlone: false));
        Assert.Null(Prepare(ValueNeeds.Clock | ValueNeeds.ReadsDiagnostics));
        Assert.Equal("SET TIMESTAMP=1700000000.000123", Prepare(ValueNeeds.Clock | ValueNeeds.MissesId));
        Assert.Null(Prepare(ValueNeeds.MissesChance));
        Assert.Equal([new("chance", 1), new("id_not_proven", 1), new("pipelined", 1), new("reads_diagnostics", 1)], _counts.Missed);
    }

    [Fact]
    public void ARefusalIsMissed()
    {
        Prepare(ValueNeeds.Clock);
        var refused = Exchange.Empty;
        refused.ErrorCode = "1227"u8;
        _values.Prepared(in refused);
        Assert.Empty(_counts.Set);
        Assert.Equal([new("refused", 1)], _counts.Missed);
    }

    [Fact]
    public void AClientsOwnClockIsRespectedUntilItGivesItBack()
    {
        End(Planned(ValueNeeds.SetsItself | ValueNeeds.Clock));
        Assert.Null(Prepare(ValueNeeds.Clock));
        _values.Reset(); // a connection opened again is given the client's settings
        Assert.Null(Prepare(ValueNeeds.Clock));
        End(Planned(ValueNeeds.SetsItself | ValueNeeds.Clock | ValueNeeds.RestoresClock));
        Assert.NotNull(Prepare(ValueNeeds.Clock));

        End(Planned(ValueNeeds.SetsItself | ValueNeeds.Clock));
        End(new PlannedExchange { Command = Command.MySqlResetConnection });
        Assert.NotNull(Prepare(ValueNeeds.Clock));
        Assert.Empty(_counts.Missed);
    }

    [Fact]
    public void AClientsOwnIdIsForItsNextInsert()
    {
        End(Planned(ValueNeeds.SetsItself | ValueNeeds.InsertId));
        Assert.Null(Prepare(ValueNeeds.InsertId));
        Assert.NotNull(Prepare(ValueNeeds.InsertId));
    }

    [Fact]
    public void ProductionsStepIsSetOnceWhereSeveralRowsNeedIt()
    {
        var values = Make(new MySqlSeries(Production, new(1, 1)));
        Assert.Equal("SET INSERT_ID=41", Prepare(values, ValueNeeds.InsertId));
        Assert.Equal("SET INSERT_ID=41,auto_increment_increment=3,auto_increment_offset=2", Prepare(values, Several));
        Assert.Equal("SET INSERT_ID=41", Prepare(values, Several));
        values.Reset();
        Assert.Contains("increment=3", Prepare(values, Several), StringComparison.Ordinal);
        End(values, new PlannedExchange { Command = Command.MySqlChangeUser });
        Assert.Contains("increment=3", Prepare(values, Several), StringComparison.Ordinal);
        Assert.Equal(3, _counts.Set["increment"]);
        Assert.Empty(_counts.Missed);
    }

    [Theory]
    [InlineData(1, 1, 1, 5, "SET INSERT_ID=41")]
    [InlineData(3, 2, 3, 2, "SET INSERT_ID=41")]
    [InlineData(3, 2, 3, 1, "SET INSERT_ID=41,auto_increment_increment=3,auto_increment_offset=2")]
    [InlineData(1, 1, 3, 2, "SET INSERT_ID=41,auto_increment_increment=1,auto_increment_offset=1")]
    public void OnlyAnotherStepIsSet(int captured, int capturedOffset, int target, int targetOffset, string expected) =>
        Assert.Equal(expected, Prepare(Make(new MySqlSeries(new(captured, capturedOffset), new(target, targetOffset))), Several));

    [Theory]
    [InlineData(null, 3, 1)] // what production's was is not known, and the target's is not the default
    [InlineData(null, 1, 0)]
    [InlineData(7, 1, 1)] // 41 is not of 2, 9, 16 ...: it has changed since
    public void AStepThatIsNotKnownIsMissed(int? captured, int target, int missed)
    {
        var values = Make(new MySqlSeries(captured is { } step ? new(step, 2) : null, new(target, 1)));
        Assert.Equal("SET INSERT_ID=41", Prepare(values, Several));
        Assert.Equal(missed, _counts.Missed.GetValueOrDefault("id_not_proven"));
    }

    [Fact]
    public void AUserWhoMayNotSetItStillGetsTheFirstId()
    {
        Assert.Equal("SET INSERT_ID=41", Prepare(Make(new MySqlSeries(Production, new(1, 1), MaySet: false)), Several));

        var values = Make(new MySqlSeries(Production, new(1, 1))); // asked with another user's rights
        Assert.Contains("increment=3", values.Prepare(Planned(Several), isAlone: true), StringComparison.Ordinal);
        var refused = Exchange.Empty;
        refused.ErrorCode = "1227"u8;
        values.Prepared(in refused);
        Assert.Equal("SET INSERT_ID=41", Prepare(values, Several));
        Assert.Equal([new("refused", 3)], _counts.Missed);
    }

    [Fact]
    public void AClientsOwnStepHoldsUntilItGivesItBack()
    {
        var values = Make(new MySqlSeries(Production, new(1, 1)));
        const ValueNeeds Own = ValueNeeds.SetsItself | ValueNeeds.FurtherIds;
        Assert.Equal("SET auto_increment_increment=3,auto_increment_offset=2", Prepare(values, Own)); // it may set one of them alone
        End(values, Planned(Own));
        Assert.Equal("SET INSERT_ID=41", Prepare(values, Several));
        values.Reset();
        Assert.Equal("SET INSERT_ID=41", Prepare(values, Several));
        End(values, Planned(Own | ValueNeeds.RestoresSeries));
        Assert.Contains("increment=3", Prepare(values, Several), StringComparison.Ordinal);
        Assert.Empty(_counts.Missed);
    }

    private MySqlSessionValues Make(MySqlSeries series) => new(WorkloadMaker.Session(3), series, _counts, new ValueMap(_counts));

    private static string? Prepare(MySqlSessionValues values, ValueNeeds needs)
    {
        var query = values.Prepare(Planned(needs), isAlone: true);
        values.Prepared(Exchange.Empty);
        return query;
    }

    private string? Prepare(ValueNeeds needs, int ordinal = 0) => _values.Prepare(Planned(needs, ordinal), isAlone: true);

    private void End(PlannedExchange planned) => End(_values, planned);

    private static void End(MySqlSessionValues values, PlannedExchange planned) => values.Ended(in planned, Exchange.Empty, isAgain: false);

    private static PlannedExchange Planned(ValueNeeds needs, int ordinal = 0) => new()
    {
        Command = Command.MySqlQuery,
        Ordinal = ordinal,
        Values = new PlannedValues { Needs = needs, ClockMicroseconds = 1_700_000_000_000_123, InsertId = 41 },
    };
}
