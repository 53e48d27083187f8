using System.Net;
using Replay.TestKit;

namespace Replay.Workload.Tests;

public sealed class SessionTableTests
{
    public static TheoryData<string> Facts => [.. Variants.Keys];

    private static Dictionary<string, Session> Variants { get; } = new(StringComparer.Ordinal)
    {
        ["nothing told"] = Bare(1),
        ["empty is not null"] = Bare(1) with { User = "", Database = "", ServerVersion = "", ErrorCode = "", ErrorMessage = "", Undecodable = "" },
        ["all told"] = Bare(1) with
        {
            User = "müller",
            Database = "shop",
            ServerVersion = "18.1 (Debian 18.1-1)",
            ServerConnectionId = 4711,
            MySqlCapabilities = 0x1_0000_0000UL | 0xFFFF_FFFF,
            MySqlCollation = 255,
            ClosedAtMicroseconds = 2_000_000,
            FromStart = true,
            Encrypted = true,
            ErrorCode = "28P01",
            ErrorMessage = "password authentication failed",
            Undecodable = "BadFraming",
            Purpose = SessionPurpose.Replication,
            Parameters = new Dictionary<string, string>(StringComparer.Ordinal) { ["application_name"] = "psql", ["options"] = "" },
        },
        ["IPv6"] = Bare(1) with { Client = new IPEndPoint(IPAddress.Parse("2001:db8::1"), 65_535), Server = new IPEndPoint(IPAddress.IPv6Any, 0) },
        ["extremes"] = Bare(1) with
        {
            OpenedAtMicroseconds = long.MinValue,
            ClosedAtMicroseconds = long.MaxValue,
            ServerConnectionId = long.MinValue,
            MySqlCapabilities = ulong.MaxValue,
            MySqlCollation = int.MinValue,
            User = new string('x', 100_000),
            Purpose = (SessionPurpose)255,
            Engine = (Engine)255,
        },
        ["the highest number"] = Bare(int.MaxValue),
    };

    [Theory]
    [MemberData(nameof(Facts))]
    public void A_session_is_read_as_it_was_written(string name)
    {
        var session = Variants[name];
        using var folder = new TempFolder();
        Write(folder.File("w"), [[session]]);
        using var reader = WorkloadReader.Open(folder.File("w"));
        AssertSame(session, reader.Sessions.Find(session.Number));
    }

    [Fact]
    public void The_last_record_of_a_session_counts_within_a_block_and_across_blocks()
    {
        using var folder = new TempFolder();
        Write(folder.File("w"), [[Bare(1), Bare(2), Bare(1) with { User = "a" }], [Bare(3)], [Bare(2) with { User = "b" }, Bare(1) with { User = "c" }]]);
        using var reader = WorkloadReader.Open(folder.File("w"));
        Assert.Equal(["c", "b", null], reader.Sessions.Select(s => s.User));
        Assert.Equal("b", reader.Sessions.Find(2)?.User);
    }

    [Fact]
    public void A_number_that_was_not_recorded_is_not_found()
    {
        using var folder = new TempFolder();
        Write(folder.File("w"), [[Bare(3)]]);
        using var reader = WorkloadReader.Open(folder.File("w"));
        Assert.Equal(3, reader.Sessions.HighestNumber);
        foreach (var number in new[] { int.MinValue, -1, 0, 1, 2, 4, 100_000, int.MaxValue })
        {
            Assert.Null(reader.Sessions.Find(number));
        }
    }

    [Fact]
    public void A_workload_without_sessions_has_none()
    {
        using var folder = new TempFolder();
        Write(folder.File("w"), [[]]);
        using var reader = WorkloadReader.Open(folder.File("w"));
        Assert.Empty(reader.Sessions);
        Assert.Equal(0, reader.Sessions.HighestNumber);
        Assert.Null(reader.Sessions.Find(1));
    }

    [Fact]
    public void Tens_of_thousands_of_sessions_are_found_by_number_and_come_in_order()
    {
        const int count = 60_000;
        using var folder = new TempFolder();
        using (var writer = WorkloadWriter.Create(folder.File("w"), SampleWorkload.Manifest))
        {
            for (var number = 1; number <= count; number++)
            {
                writer.WriteSession(SampleWorkload.SessionAt(number));

                // A tenth end a good while after they began, the first of all at the very end.
                if (number % 10 == 0 && number > 20_000)
                {
                    writer.WriteSession(SampleWorkload.SessionAt(number - 20_000) with { ClosedAtMicroseconds = number });
                }

                if (number % 1000 == 0)
                {
                    writer.FlushAll();
                }
            }

            writer.WriteSession(SampleWorkload.SessionAt(1) with { ClosedAtMicroseconds = 1 });
            writer.Complete(SampleWorkload.Manifest);
        }

        using var reader = WorkloadReader.Open(folder.File("w"));
        Assert.Equal(Enumerable.Range(1, count), reader.Sessions.Select(s => s.Number));
        var random = new Random(4);
        for (var i = 0; i < 200; i++)
        {
            var number = 1 + random.Next(count);
            var session = reader.Sessions.Find(number);
            Assert.Equal(number, session?.Number);
            long? closed = number % 10 == 0 && number <= count - 20_000 ? number + 20_000 : null;
            Assert.Equal(number == 1 ? 1 : closed, session?.ClosedAtMicroseconds);
        }
    }

    [Fact]
    public async Task Several_threads_may_look_up_at_once()
    {
        using var folder = new TempFolder();
        Write(folder.File("w"), [[.. Enumerable.Range(1, 80_000).Select(SampleWorkload.SessionAt)]]);
        using var reader = WorkloadReader.Open(folder.File("w"));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            var random = new Random(thread);
            for (var i = 0; i < 100; i++)
            {
                var number = 1 + random.Next(80_000);
                Assert.Equal(number, reader.Sessions.Find(number)?.Number);
            }
        })));
    }

    private static Session Bare(int number) => new()
    {
        Number = number,
        Engine = Engine.MySql,
        Client = new IPEndPoint(IPAddress.Loopback, 1),
        Server = new IPEndPoint(IPAddress.Loopback, 3306),
        OpenedAtMicroseconds = 5,
    };

    private static void Write(string folder, Session[][] blocks)
    {
        using var writer = WorkloadWriter.Create(folder, SampleWorkload.Manifest);
        foreach (var block in blocks)
        {
            foreach (var session in block)
            {
                writer.WriteSession(session);
            }

            writer.FlushAll();
        }

        writer.Complete(SampleWorkload.Manifest);
    }

    private static void AssertSame(Session expected, Session? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.Parameters, actual.Parameters);
        Assert.Equal(expected, actual with { Parameters = expected.Parameters });
    }
}
