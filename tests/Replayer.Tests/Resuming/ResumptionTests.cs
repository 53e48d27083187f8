using Replay.Client;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.Replayer.Tests;

/// <summary>What can be gone on with, and what cannot, by its options.</summary>
public sealed class ResumptionTests : IDisposable
{
    private readonly TempFolder _folder = new("resumption");
    private readonly WorkloadMaker _maker;

    public ResumptionTests() => _maker = new WorkloadMaker(_folder.File("w.workload"), new SnapshotInfo { Tool = "pg_dump", Engine = Engine.PostgreSql });

    [Fact]
    public void WhatHasAMomentThatPartsItIsGoneOnWith()
    {
        using var reader = _maker.Read();
        Assert.Null(Problem(reader, static o => o));
        Assert.Null(Problem(reader, static o => o with { Transactions = TransactionMode.Rollback }));
        Assert.Null(Problem(reader, static o => o with { Schedule = new ScheduleOptions { Mode = ScheduleMode.ThinkTime } }));
        Assert.Null(Problem(reader, static o => o with { Wire = "lo" }, isKilled: false));
    }

    [Fact]
    public void TheRefusalHasTheReason()
    {
        using var reader = _maker.Read();
        Assert.Contains("killed before it was joined", Problem(reader, static o => o with { Wire = "lo" }), StringComparison.Ordinal);
        Assert.Contains("has gone on", Problem(reader, static o => o with { Turns = "socket" }), StringComparison.Ordinal);
        Assert.Contains("paces of their own", Problem(reader, static o => o with { Schedule = new ScheduleOptions { ThinkScale = 0.5 } }), StringComparison.Ordinal);
        Assert.Contains("paces of their own", Problem(reader, static o => o with { Schedule = new ScheduleOptions { ConnectScale = 0 } }), StringComparison.Ordinal);
    }

    [Fact]
    public void ATargetThatMoreWasDoneToThanARestoreIsPutBackByTheUser()
    {
        using var reader = _maker.Read();
        Resumption.CheckReset("a.run", Options(reader), reader);
        var e = Assert.Throws<CommandException>(() => Resumption.CheckReset("a.run", Options(reader) with { PreparedBy = ["after_restore", "before_run"] }, reader));
        Assert.Contains("than a restore (after_restore, before_run)", e.Message, StringComparison.Ordinal);
        Assert.Contains("--no-reset", e.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _maker.Dispose();
        _folder.Dispose();
    }

    private static RunOptions Options(WorkloadReader reader) => new() { Workload = reader.Folder, Out = "a.run", Target = TargetUrl.Parse("postgres://app@new/shop") };

    private static string? Problem(WorkloadReader reader, Func<RunOptions, RunOptions> change, bool isKilled = true)
    {
        var manifest = new RunManifest { WorkloadId = reader.Manifest.Id, Captured = reader.ExchangeCount, EndedAt = isKilled ? null : DateTimeOffset.UnixEpoch };
        try
        {
            Resumption.Check("a.run", manifest, change(Options(reader)), reader);
            return null;
        }
        catch (CommandException e)
        {
            return e.Message;
        }
    }
}
