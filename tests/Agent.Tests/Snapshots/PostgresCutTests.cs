using Replay.Agent.Snapshots;
using Replay.Workload;

namespace Replay.Agent.Tests.Snapshots;

public class PostgresCutTests
{
    private const long Now = 1_700_000_000_000_000;

    // Sessions with transactions 101 and 4294967299 mod 2^32 = 3; the own one drew `next`.
    private const string Answer = """
        {"snapshot":"SNAPSHOT","now":1700000000000000,"prepared":["107"],"sessions":[
         {"next":"NEXT","xid":null,"address":null,"port":null,"here":null,"own":false,"reads_at":null,"state":null,"started":null,"reads":null},
         {"next":"NEXT","xid":"101","address":"10.0.0.7","port":4001,"here":true,"own":false,"reads_at":null,"state":"active","started":1699999999999000,"reads":false},
         {"next":"NEXT","xid":null,"address":"::1","port":4002,"here":true,"own":false,"reads_at":null,"state":"idle","started":1699999999998000,"reads":true},
         {"next":"NEXT","xid":null,"address":"10.0.0.7","port":4003,"here":true,"own":false,"reads_at":AT,"state":"active","started":1699999999999500,"reads":READS},
         {"next":"NEXT","xid":"3","address":"10.0.0.8","port":4004,"here":false,"own":false,"reads_at":null,"state":"idle in transaction","started":1699999999999500,"reads":true},
         {"next":"NEXT","xid":null,"address":"10.0.0.9","port":4005,"here":true,"own":true,"reads_at":null,"state":"active","started":1700000000000000,"reads":true}]}
        """;

    [Theory]
    [InlineData("101:103:101", 103, true)]
    [InlineData("101:103:101,102", 103, false)] // 102 had not ended at the cut, and has by now
    [InlineData("101:101:", 102, true)] // behind the last one that has ended: 101 is still there
    [InlineData("101:102:101", 103, false)] // 102 was given out since, and has ended
    [InlineData("107:108:107", 108, true)] // a prepared one
    [InlineData("4294967299:4294967300:4294967299", 4294967300, true)] // in the second epoch
    public void ACutIsExactIfNothingThatWroteHasEndedSince(string snapshot, long next, bool isExact)
    {
        var cut = Read(snapshot, next);
        Assert.Equal(isExact, cut.IsExact);
        Assert.Null(cut.Warning);
        Assert.Equal(snapshot, cut.Snapshot);
    }

    [Theory]
    [InlineData("true", "null", 0)]
    [InlineData("false", "null", 1)]
    [InlineData("false", "\"101\"", 0)] // with a snapshot it has not committed yet
    public void SessionsOfTheDatabaseAreTold(string reads, string at, int undecided)
    {
        var cut = Read("101:103:101", 103, reads, at);
        Assert.Equal(
            [
                new SessionAtCut("10.0.0.7:4001", SessionActivity.Active, true, false, Now - 1000),
                new SessionAtCut("[::1]:4002", SessionActivity.Idle, false, false, Now - 2000),
                new SessionAtCut("10.0.0.7:4003", SessionActivity.Active, false, at != "null", Now - 500),
            ],
            cut.Sessions);
        Assert.Equal(undecided, cut.Undecided);
    }

    [Fact]
    public void WithoutPrivilegeOrOnAnotherClockNothingIsTold()
    {
        var hidden = PostgresCut.Read(Text("101:103:101", 103).Replace("\"state\":\"active\"", "\"state\":null", StringComparison.Ordinal), 1, Now - 100, Now + 100);
        Assert.Contains("pg_read_all_stats", hidden.Warning, StringComparison.Ordinal);
        Assert.Empty(hidden.Sessions);
        var late = PostgresCut.Read(Text("101:103:101", 103), 1, Now + 5000, Now + 6000);
        Assert.Contains("clock", late.Warning, StringComparison.Ordinal);
        Assert.False(late.IsExact);
    }

    [Fact]
    public void TheAttemptIsInTheText()
    {
        Assert.Equal(17, PostgresCut.AttemptOf("SELECT /* dbcapture cut 17 */ 1"u8));
        Assert.Equal(0, PostgresCut.AttemptOf("SELECT 1"u8));
    }

    private static PostgresCut Read(string snapshot, long next, string reads = "true", string at = "null") => PostgresCut.Read(Text(snapshot, next, reads, at), 1, Now - 100, Now + 100);

    private static string Text(string snapshot, long next, string reads = "true", string at = "null") => Answer
        .Replace("SNAPSHOT", snapshot, StringComparison.Ordinal).Replace("NEXT", $"{next}", StringComparison.Ordinal).Replace("READS", reads, StringComparison.Ordinal)
        .Replace("AT,", $"{at},", StringComparison.Ordinal);
}
