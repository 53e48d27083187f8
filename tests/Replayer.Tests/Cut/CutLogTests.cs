using System.Globalization;
using Replay.Replayer.Tests.Evidence;
using Replay.Sql;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.Replayer.Tests;

/// <summary>The cut lies between 1,000 and 2,000; sessions 1 to 5 commit one after the other, and of each the wire tells only that it was in that time.</summary>
public sealed class CutLogTests : IDisposable
{
    private static readonly Guid Server = Guid.Parse("3e11fa47-71ca-11e1-9e33-c80aa9429562");
    private static readonly OrderCatalog Catalog = new() { Dialect = SqlDialect.MySql, SearchPath = [], Tables = [new CatalogTable { Schema = "shop", Name = "t", Columns = [new("id", KeyType.Integer)], Keys = [["id"]] }] };

    private readonly TempFolder _folder = new();
    private readonly BinaryLogMaker _log = new("9.7.0", (uint)(WorkloadMaker.Base / 1_000_000));
    private readonly List<long> _positions = [];

    public CutLogTests()
    {
        _log.MySql(199, WorkloadMaker.Base - 2_000_000, server: Server, number: 9);
        for (var session = 1; session <= 5; session++)
        {
            _log.MySql((uint)(100 + session), WorkloadMaker.Base + 1_100 + session, server: Server, number: 9 + session);
            _positions.Add(_log.Position);
        }

        _log.MySql(199, WorkloadMaker.Base + 9_000_000, server: Server, number: 20);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WhatThePositionHasIsInsideAndNothingElse() =>
        Assert.Equal([true, true, false, false, false], Told(string.Create(CultureInfo.InvariantCulture, $"binlog.000007:{_positions[1]}")));

    [Theory]
    [InlineData(":1-12", new[] { true, true, true })]
    [InlineData(":1-4:8-10:12, 4e11fa47-71ca-11e1-9e33-c80aa9429562:1-99", new[] { true, true, true })]
    [InlineData(":1-9", new bool[0])]
    [InlineData(":other:1-99", new bool[0])]
    public void ExecutedGtidsAreInsideAndOfOthersNothingIsTold(string executed, bool[] inside) =>
        Assert.Equal([.. inside.Select(i => (bool?)i), .. Enumerable.Repeat((bool?)null, 5 - inside.Length)], Told($"{Server}{executed}"));

    [Fact]
    public void WhatElseIsKnownTellsOfItsNeighbours()
    {
        Assert.Equal([null, null, null, null, null], Told(null));
        Assert.Equal([true, true, null, null, null], Told(null, (2, true)));
        Assert.Equal([true, true, null, false, false], Told(null, (2, true), (4, false)));
        Assert.Equal([true, true, null, false, false], Told(null, (2, true), (4, false), (1, false))); // not against what is known
    }

    [Theory]
    [InlineData(true)] // session 3 had its answer before the cut
    [InlineData(false)] // it committed after it
    public void WhatTheWireTellsOfOneTellsOfItsNeighbours(bool isInside)
    {
        var log = new BinaryLogMaker("9.7.0", (uint)(WorkloadMaker.Base / 1_000_000));
        log.MySql(199, WorkloadMaker.Base - 2_000_000);
        for (var session = 1; session <= 5; session++)
        {
            log.MySql((uint)(100 + session), WorkloadMaker.Base + (isInside ? 980 : 2_010) + session);
        }

        log.MySql(199, WorkloadMaker.Base + 9_000_000);
        (long, long) sure = isInside ? (950, 999) : (2_001, 2_100), open = isInside ? (950, 1_500) : (1_500, 2_100);
        Assert.Equal(isInside ? [true, true, null, null, null] : [null, null, false, false, false], Told(null, s => s == 3 ? sure : open, log));
    }

    [Fact]
    public void AFileOfAnotherNameTellsNothing()
    {
        Assert.Equal([null, null, null, null, null], Told("binlog.000008:4"));
        Assert.Null(BinaryLogPoint.Parse(""));
        Assert.Null(BinaryLogPoint.Parse("0-1-5"));
        Assert.Null(BinaryLogPoint.Parse($"{Server}:a-b,x:1"));
    }

    private List<bool?> Told(string? position, params (int Session, bool IsInside)[] known) => Told(position, static _ => (1_100, 1_200), null, known);

    private List<bool?> Told(string? position, Func<int, (long Requested, long Ended)> times, BinaryLogMaker? log = null, params (int Session, bool IsInside)[] known)
    {
        var snapshot = new SnapshotInfo { Tool = "hook", Engine = Engine.MySql, CutEarliestMicroseconds = WorkloadMaker.Base + 1_000, CutLatestMicroseconds = WorkloadMaker.Base + 2_000, BinlogPosition = position };
        using var maker = new WorkloadMaker(_folder.File(Guid.NewGuid().ToString()), snapshot, engine: Engine.MySql);
        var added = new long[6];
        for (var session = 1; session <= 5; session++)
        {
            maker.Add(WorkloadMaker.Session(session) with { Engine = Engine.MySql, ServerConnectionId = 100 + session });
        }

        foreach (var (session, (requested, ended)) in Enumerable.Range(1, 5).Select(s => (s, times(s))).OrderBy(s => s.Item2.Item2))
        {
            added[session] = maker.Add(session, requested, ended, command: Command.MySqlQuery, sql: $"INSERT INTO t VALUES ({session})");
        }

        File.WriteAllBytes(_folder.File("binlog.000007"), (log ?? _log).ToArray());
        using var reader = maker.Read();
        var input = new OrderInput
        {
            Reader = reader,
            Engine = Engine.MySql,
            Catalogs = new Dictionary<string, OrderCatalog>(StringComparer.Ordinal) { [CatalogReader.Server] = Catalog },
            BinaryLog = [_folder.File("binlog.000007")],
        };
        var read = CutLog.Read(input, new SnapshotCuts(snapshot).Whole);
        foreach (var (session, isInside) in known)
        {
            read.Learn(added[session], isInside);
        }

        return [.. added.Skip(1).Select(read.IsInside)];
    }
}
