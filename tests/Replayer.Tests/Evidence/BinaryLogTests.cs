using Replay.TestKit;

namespace Replay.Replayer.Tests.Evidence;

public sealed class BinaryLogTests : IDisposable
{
    private readonly TempFolder _folder = new("binary-log");

    public static TheoryData<byte[], uint, int, bool> Servers => new()
    {
        { BinaryLogSamples.MySql97, 9, 5, true }, // of the updates two change nothing, and are not there
        { BinaryLogSamples.MariaDb118, 4, 8, false },
        { BinaryLogSamples.MariaDb1011, 4, 7, false }, // one in rows does not say whose it is
    };

    [Theory]
    [MemberData(nameof(Servers))]
    public void TransactionsOfRealServersAreFound(byte[] bytes, uint thread, int count, bool isMoment)
    {
        var all = All(bytes);
        Assert.Equal(count, all.Count(t => t.Thread == thread));
        Assert.Equal(Enumerable.Range(1, all.Count).Select(n => (long)n), all.Select(t => t.Number));
        Assert.All(all, t => Assert.Equal(isMoment, t.FromMicroseconds == t.ToMicroseconds));
        Assert.All(all, t => Assert.InRange(t.FromMicroseconds, 1_795_275_120_000_000, 1_795_275_170_000_000));
        Assert.Equal(all.OrderBy(t => t.FromMicroseconds), all);
    }

    [Fact]
    public void WhatIsStillBeingWrittenEndsIt()
    {
        var bytes = BinaryLogSamples.MySql97;
        var whole = All(bytes);
        for (var length = bytes.Length - 1; length > 127; length -= 7)
        {
            var some = All(bytes[..length]);
            Assert.Equal(whole.Take(some.Count), some);
            Assert.True(some.Count < whole.Count);
        }
    }

    [Fact]
    public void DamageIsSaid()
    {
        var bytes = BinaryLogSamples.MySql97.ToArray();
        bytes[200] ^= 1; // within a GTID
        Assert.Contains("damaged", Assert.Throws<CommandException>(() => All(bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNoBinaryLogIsRefused()
    {
        Assert.Contains("no binary log", Assert.Throws<CommandException>(() => All("SELECT 1; -- and so on, for a while"u8.ToArray())).Message, StringComparison.Ordinal);
        Assert.Contains("no binary log", Assert.Throws<CommandException>(() => All([])).Message, StringComparison.Ordinal);
        Assert.Contains("encrypted", Assert.Throws<CommandException>(() => All([0xFD, .. "bin and what nobody can read"u8])).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Throws<CommandException>(() => BinaryLog.Open([_folder.File("none")])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EachKindOfTransactionEndsWhereItEnds()
    {
        var maker = new BinaryLogMaker("8.4.0", 5);
        maker.MySql(7, 5_000_123, hasOriginalTime: true);
        maker.Event(34, 6, new byte[42]);
        maker.Query(8, 6, "CREATE TABLE t (id INT)");
        maker.Query(9, 7, "BEGIN"); // no GTID before 5.7
        maker.Event(30, 7, new byte[70_000]);
        maker.Query(9, 7, "COMMIT");
        maker.Event(33, 8, new byte[42]);
        maker.Query(10, 8, "XA START 'a'");
        maker.Query(10, 8, "XA END 'a'");
        maker.Event(38, 8, new byte[20]);
        maker.Event(33, 9, new byte[42]);
        maker.Query(11, 9, "XA COMMIT 'a'");
        maker.Event(33, 9, new byte[42]);
        maker.Event(40, 9, new byte[90]);
        maker.MySql(12, 9_500_000);
        Assert.Equal(
            [(1, 7, 5_000_123, 5_000_123), (2, 8, 6_000_000, 6_999_999), (3, 9, 7_000_000, 7_999_999), (4, 0, 8_000_000, 8_999_999), (5, 0, 9_000_000, 9_999_999), (6, 0, 9_000_000, 9_999_999), (7, 12, 9_500_000, 9_500_000)],
            All(maker.ToArray()).Select(t => ((int)t.Number, (int)t.Thread, (int)t.FromMicroseconds, (int)t.ToMicroseconds)));
    }

    [Fact]
    public void MariaDbsTransactionsTellTheirConnectionEitherWay()
    {
        var maker = new BinaryLogMaker("10.11.18-MariaDB", 5);
        maker.MariaDb(7, 5_000_000, tellsThread: true);
        maker.MariaDb(8, 6_000_000, tellsThread: false);
        maker.Event(162, 7, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 | 32, 0, 0, 0, 0, 0, 0]);
        maker.Query(9, 7, "CREATE TABLE t (id INT)");
        Assert.Equal([(1, 7), (2, 8), (3, 9)], All(maker.ToArray()).Select(t => ((int)t.Number, (int)t.Thread)));
    }

    [Fact]
    public void FilesFollowOneAnotherInTheOrderInWhichTheyWereWritten()
    {
        var (first, second) = (new BinaryLogMaker("8.4.0", 5), new BinaryLogMaker("8.4.0", 15));
        first.MySql(7, 6_000_000);
        second.MySql(7, 16_000_000);
        second.MySql(7, 60_000_000);
        File.WriteAllBytes(_folder.File("first"), first.ToArray());
        File.WriteAllBytes(_folder.File("second"), second.ToArray());
        using var log = BinaryLog.Open([_folder.File("second"), _folder.File("first")]);
        log.ReadThrough(14_000_000);
        Assert.Equal([(1L, 6_000_000L), (2L, 16_000_000L)], log.Of(7)!.Select(t => (t.Number, t.FromMicroseconds)));
        Assert.Equal(2, log.Transactions);
        Assert.Null(log.Of(8));
    }

    public void Dispose() => _folder.Dispose();

    private List<LoggedTransaction> All(byte[] bytes)
    {
        File.WriteAllBytes(_folder.File("binlog.000001"), bytes);
        using var file = BinaryLogFile.Open(_folder.File("binlog.000001"));
        var transactions = new BinaryLogTransactions();
        var all = new List<LoggedTransaction>();
        while (file.TryRead(transactions, out var transaction))
        {
            all.Add(transaction);
        }

        return all;
    }
}
