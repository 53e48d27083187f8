using System.Text;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class ExemplarTests : IDisposable
{
    private readonly TempFolder _folder = new("exemplars");
    private readonly WorkloadMaker _maker;

    public ExemplarTests() => _maker = new WorkloadMaker(_folder.File("w.workload"));

    [Fact]
    public void AnExecutionBringsItsSessionsSettingsAndNoMore()
    {
        _maker.Add(WorkloadMaker.Session(1));
        _maker.Add(WorkloadMaker.Session(2));
        var set = _maker.Shape("set work_mem = ?", "session");
        var read = _maker.Shape("select ?", "read");
        _maker.Add(1, 0, 10, set, sql: "set work_mem = 1");
        _maker.Add(2, 11, 12, set, sql: "set work_mem = 7");
        _maker.Add(1, 20, 30, set, sql: "set work_mem = 2");
        var first = _maker.Add(1, 40, 50, read, sql: "select 1");
        _maker.Add(1, 60, 70, set, sql: "set work_mem = 3");
        var second = _maker.Add(1, 80, 90, read, sql: "select 2");
        using var reader = _maker.Read();

        var exemplars = new ExemplarCollector(reader, Engine.PostgreSql).Collect([first, second], default);
        Assert.Equal(["set work_mem = 2"], Texts(exemplars[first].Context));
        Assert.Equal(["set work_mem = 3"], Texts(exemplars[second].Context));
        Assert.Equal("select 1", Text(exemplars[first].Request));
        Assert.NotEqual(exemplars[first].Context.Key, exemplars[second].Context.Key);
    }

    [Fact]
    public void OfPreparedStatementsItBringsItsOwn()
    {
        _maker.Add(WorkloadMaker.Session(1));
        var read = _maker.Shape("select ?", "read");
        _maker.Add(1, 0, 10, read, command: Command.Execute, request: [.. WorkloadMaker.ParseMessage("a", "select $1"), .. Bind("a"), .. Execute, .. PostgresMessages.Sync]);
        _maker.Add(1, 20, 30, read, command: Command.Execute, request: [.. WorkloadMaker.ParseMessage("b", "select $1"), .. Bind("b"), .. Execute, .. PostgresMessages.Sync]);
        var later = _maker.Add(1, 40, 50, read, command: Command.Execute, request: [.. Bind("a"), .. Execute, .. PostgresMessages.Sync]);
        var own = _maker.Add(1, 60, 70, read, command: Command.Execute, request: [.. WorkloadMaker.ParseMessage("c", "select 3"), .. Bind("c"), .. Execute]);
        var unnamed = _maker.Add(1, 80, 90, read, command: Command.Execute, request: [.. WorkloadMaker.ParseMessage("", "select 4"), .. Bind(""), .. Execute, .. PostgresMessages.Sync]);
        var torn = _maker.Add(1, 100, 110, read, command: Command.Execute, request: [.. Bind(""), .. Execute, .. PostgresMessages.Sync]);
        using var reader = _maker.Read();

        var exemplars = new ExemplarCollector(reader, Engine.PostgreSql).Collect([later, own, unnamed, torn], default);
        Assert.Equal([.. WorkloadMaker.ParseMessage("a", "select $1"), .. PostgresMessages.Sync], Assert.Single(exemplars[later].Context.Preparation).Bytes);
        Assert.Equal([.. Bind("a"), .. Execute, .. PostgresMessages.Sync], exemplars[later].Request.Bytes);
        // Prepared once for the connection, and ended by a Sync although the capture's batch went on.
        Assert.Equal([.. WorkloadMaker.ParseMessage("c", "select 3"), .. PostgresMessages.Sync], Assert.Single(exemplars[own].Context.Preparation).Bytes);
        Assert.Equal([.. Bind("c"), .. Execute, .. PostgresMessages.Sync], exemplars[own].Request.Bytes);
        Assert.Empty(exemplars[unnamed].Context.Preparation);
        Assert.Equal([.. WorkloadMaker.ParseMessage("", "select 4"), .. Bind(""), .. Execute, .. PostgresMessages.Sync], exemplars[unnamed].Request.Bytes);
        Assert.False(exemplars.ContainsKey(torn)); // its Parse came in a batch of its own
    }

    [Fact]
    public void ExecutionsAreChosenAtRandomOrTheSlowest()
    {
        _maker.Add(WorkloadMaker.Session(1));
        var read = _maker.Shape("select ?", "read");
        var other = _maker.Shape("select other", "read");
        const int Executions = 2_000;
        for (var i = 0; i < Executions; i++)
        {
            // Every hundredth takes ten times as long.
            _maker.Add(1, i * 1_000, (i * 1_000) + (i % 100 == 7 ? 500 : 50), read);
        }

        _maker.Add(1, 3_000_000, 3_000_010, other);
        using var reader = _maker.Read();
        var typical = Choose(reader, SuspectRespect.Typical, Executions);
        Assert.Equal(ExemplarChooser.MostExemplars, typical.Count);
        Assert.Equal(typical, Choose(reader, SuspectRespect.Typical, Executions));
        Assert.InRange(typical.Average(), 500, 1_500);
        Assert.InRange(typical.Count(p => p % 100 == 7), 0, 3);
        Assert.InRange(Choose(reader, SuspectRespect.Total, Executions).Count(p => p % 100 == 7), 1, 10);
        var slowest = Choose(reader, SuspectRespect.Tail, Executions);
        Assert.Equal(20, slowest.Count);
        Assert.All(slowest, p => Assert.Equal(7, p % 100));
        Assert.DoesNotContain(Executions, typical);

        // What was slow in each run is what the slowest are; not if others are asked for.
        long[] named = [3, 1_004, 1_999];
        Assert.Equal(named, Choose(reader, SuspectRespect.Tail, Executions, named));
        Assert.Equal(typical, Choose(reader, SuspectRespect.Typical, Executions, named));
    }

    public void Dispose()
    {
        _maker.Dispose();
        _folder.Dispose();
    }

    private static List<long> Choose(WorkloadReader reader, SuspectRespect respect, long captured, params long[] slow) =>
        Assert.Single(ExemplarChooser.Choose(reader, Engine.PostgreSql, [new Suspect(reader.Shapes[0].Hex, "", "regressed", respect, captured, 1.2) { Slow = slow }], default)).Value;

    private static byte[] Execute { get; } = [(byte)'E', .. WorkloadMaker.BigEndian(9), 0, 0, 0, 0, 0];

    private static byte[] Bind(string name) => [(byte)'B', .. WorkloadMaker.BigEndian(12 + name.Length), 0, .. Encoding.ASCII.GetBytes(name), 0, 0, 0, 0, 0, 0, 0];

    private static string[] Texts(ExemplarContext context) => [.. context.Preparation.Select(Text)];

    private static string Text(RecordedMessage message) => Encoding.ASCII.GetString(message.Bytes)[5..].TrimEnd('\0');
}
