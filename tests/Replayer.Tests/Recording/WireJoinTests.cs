using System.Net;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class WireJoinTests
{
    [Fact]
    public void TheWiresTimesTakeTheClientsPlaceAndWhatItLacksHasNone()
    {
        using var folder = new TempFolder();
        using var maker = new WorkloadMaker(folder.File("wire.workload"));
        maker.Add(WorkloadMaker.Session(1) with { Client = new IPEndPoint(IPAddress.Loopback, 50_001) });
        maker.Add(WorkloadMaker.Session(2) with { Client = new IPEndPoint(IPAddress.Loopback, 50_002) });
        // Ordinal 0 of the first session is the replayer's own query.
        maker.Add(1, 0, 10);
        maker.Add(1, 100, 130);
        maker.Add(2, 110, 150);
        using var wire = maker.Read();
        using var journal = new WireJournal(folder.File("journal"));
        journal.Add(Entry(50_001, 1, 7, 140));
        journal.Add(Entry(50_002, 0, 8, 160));
        journal.Add(Entry(50_002, 1, 9, 170));
        var outcomes = new Dictionary<long, RunOutcome>();
        var join = new WireJoin((position, outcome) => outcomes.Add(position, outcome));
        join.Run(journal, wire);
        Assert.Equal((2, 1), (join.Joined, join.Missing));
        Assert.Equal(30, outcomes[7].LatencyMicroseconds);
        Assert.Equal(40, outcomes[8].LatencyMicroseconds);
        Assert.True(float.IsNaN(outcomes[9].LatencyMicroseconds));
        Assert.Equal(77u, outcomes[9].Rows);
    }

    private static WireEntry Entry(int port, int ordinal, long position, long endedAt) => new()
    {
        Port = port,
        Ordinal = ordinal,
        Position = position,
        EndedAtMicroseconds = WorkloadMaker.Base + endedAt,
        Outcome = new RunOutcome { Status = RunStatus.Replayed, LatencyMicroseconds = 999, Rows = 77 },
    };
}
