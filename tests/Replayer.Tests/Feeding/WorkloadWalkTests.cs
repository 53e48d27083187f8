using Replay.TestKit;
using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class WorkloadWalkTests
{
    private const long Window = 1_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void EveryExchangeComesOnceAndBeforeTheWalkHasPassedItsStart(int seed)
    {
        using var folder = new TempFolder();
        using var maker = new WorkloadMaker(folder.File("w.workload"));
        var random = new Random(seed);
        var planned = new List<(int Session, long Started, long Ended)>();
        for (var session = 1; session <= 6; session++)
        {
            maker.Add(WorkloadMaker.Session(session));
            var at = (long)random.Next(500);
            for (var i = 0; i < 60; i++)
            {
                // One in fifteen is a report that lies far behind what began with it.
                var length = random.Next(15) == 0 ? random.Next(2_000, 20_000) : random.Next(1, 100);
                planned.Add((session, at, at + length));
                at += length + random.Next(0, 300);
            }
        }

        var started = new Dictionary<long, long>();
        foreach (var (session, from, to) in planned.OrderBy(p => p.Ended))
        {
            started[maker.Add(session, from, to)] = from;
        }

        using var reader = maker.Read();
        var receiver = new Collector();
        using var walk = new WorkloadWalk(reader, receiver, Window);
        while (walk.Step())
        {
            var complete = walk.CompleteMicroseconds;
            var missing = started.Where(s => WorkloadMaker.Base + s.Value < complete && !receiver.Positions.Contains(s.Key)).ToList();
            Assert.True(missing.Count == 0, $"seed {seed}: {missing.Count} exchanges that started before the walk's mark were not handed out");
        }

        Assert.Equal(started.Count, receiver.Count);
        Assert.Equal(started.Count, receiver.Positions.Count);
        Assert.Equal(reader.ExchangeCount, walk.Walked);
        Assert.True(walk.IsAtEnd);
        Assert.False(walk.Step());
    }

    [Fact]
    public void AReportOfAnHourIsHandedOutWithWhatBeganWithIt()
    {
        using var folder = new TempFolder();
        using var maker = new WorkloadMaker(folder.File("w.workload"));
        maker.Add(WorkloadMaker.Session(1));
        maker.Add(WorkloadMaker.Session(2));
        for (var i = 0; i < 100; i++)
        {
            maker.Add(1, i * 100, (i * 100) + 10);
        }

        var report = maker.Add(2, 250, 3_600_000);
        using var reader = maker.Read();
        var receiver = new Collector();
        using var walk = new WorkloadWalk(reader, receiver, Window);
        walk.Step();
        walk.Step();
        Assert.Contains(report, receiver.Positions);
        Assert.True(receiver.Count < 20, "the walk read ahead to find it");
    }

    private sealed class Collector : IWalkReceiver
    {
        public HashSet<long> Positions { get; } = [];

        public int Count { get; private set; }

        public void OnExchange(long position, in Exchange exchange)
        {
            Positions.Add(position);
            Count++;
        }
    }
}
