using Replay.Workload;

namespace Replay.Replayer.Tests.Values;

public sealed class MySqlSessionValuesTests
{
    private const ValueNeeds All = ValueNeeds.Clock | ValueNeeds.InsertId | ValueNeeds.Seeds;

    private readonly ValueCounts _counts = new();
    private readonly MySqlSessionValues _values;

    public MySqlSessionValuesTests() => _values = new MySqlSessionValues(WorkloadMaker.Session(3), _counts, new ValueMap(_counts));

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
        Assert.Equal(first, new MySqlSessionValues(WorkloadMaker.Session(3), _counts, new ValueMap(_counts)).Prepare(Planned(ValueNeeds.Seeds, 1), isAlone: true));
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

    private string? Prepare(ValueNeeds needs, int ordinal = 0) => _values.Prepare(Planned(needs, ordinal), isAlone: true);

    private void End(PlannedExchange planned) => _values.Ended(in planned, Exchange.Empty, isAgain: false);

    private static PlannedExchange Planned(ValueNeeds needs, int ordinal = 0) => new()
    {
        Command = Command.MySqlQuery,
        Ordinal = ordinal,
        Values = new PlannedValues { Needs = needs, ClockMicroseconds = 1_700_000_000_000_123, InsertId = 41 },
    };
}
