using Replay.TestKit;

namespace Replay.Replayer.Tests;

/// <summary>Which executions are explained besides a shape's first: what the capture says, whatever a run took.</summary>
public sealed class ExecutionChooserTests : IDisposable
{
    private const string Text = "select * from orders where kind = ?";

    private readonly TempFolder _folder = new();
    private readonly WorkloadMaker _workload;
    private readonly int _shape;
    private long _clock;

    public ExecutionChooserTests()
    {
        _workload = new WorkloadMaker(_folder.File("w.workload"));
        _workload.Add(WorkloadMaker.Session(1));
        _workload.Add(WorkloadMaker.Session(2) with { User = "bob" });
        _shape = _workload.Shape(Text, "read");
    }

    public void Dispose()
    {
        _workload.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void ParametersThatTookMostTimeAndTheSlowestExecutionAreChosen()
    {
        var first = Execute(1, "1", 100);
        var often = Execute(1, "7", 300);
        var next = Execute(1, "8", 600);
        for (var i = 0; i < 20; i++)
        {
            Execute(1, "7", 300); // 6,300 in all
            Execute(1, $"{100 + i}", 30);
            Execute(1, "1", 290); // most but one, but it is explained anyway
        }

        var slowest = Execute(1, "9", 900);
        Execute(1, "8", 700); // 1,300 in all
        Execute(1, "10", 500);
        Execute(1, "11", 5000, error: "57014");
        Assert.Equal([often, slowest, next], Chosen(first));
    }

    [Fact]
    public void CommentsAreNoParametersAndASignIs()
    {
        var first = Execute(1, "5 /*trace='1'*/", 100);
        Execute(1, "5 /*trace='2'*/", 200);
        var negative = Execute(1, "-5", 100);
        Assert.Equal([negative], Chosen(first));
    }

    [Fact]
    public void AnotherUserMayHaveAnotherPlan()
    {
        var first = Execute(1, "5", 100);
        var other = Execute(2, "5", 100);
        Execute(2, "5", 150);
        Assert.Equal([other], Chosen(first));
    }

    [Fact]
    public void WhatComesBeforeTheFirstThatWasPlayedIsLeftOut()
    {
        Execute(1, "6", 9000);
        var first = Execute(1, "5", 100);
        var other = Execute(1, "7", 10);
        Assert.Equal([other], Chosen(first));
    }

    [Fact]
    public void AmongManyValuesTheHeavyOnesAreFoundInBoundedMemory()
    {
        var heavy = new HeavyParameters();
        for (var i = 0; i < 30_000; i++)
        {
            heavy.Add((ulong)(1_000_000 + i), i, 10);
            if (i % 20 == 0)
            {
                heavy.Add(7, i, 40); // a sixth of the time
                heavy.Add(8, i, 20);
            }
        }

        var found = heavy.Heaviest.ToList();
        Assert.Equal([7UL, 8UL], found.Take(2).Select(one => one.Key));
        Assert.Equal(64, found.Count);
        Assert.Equal((7UL, 0L, 40L), heavy.Slowest);
    }

    private long Execute(int session, string value, long microseconds, string error = "")
    {
        _clock += 10_000;
        return _workload.Add(session, _clock, _clock + microseconds, _shape, sql: Text.Replace("?", value, StringComparison.Ordinal), error: error);
    }

    private IEnumerable<long> Chosen(long first)
    {
        using var reader = _workload.Read();
        return ExecutionChooser.Choose(reader, "shop", [(_shape, first)])[_shape].ToList();
    }
}
