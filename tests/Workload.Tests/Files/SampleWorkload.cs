using System.Net;
using System.Text;

namespace Replay.Workload.Tests;

/// <summary>A small workload with something of everything.</summary>
internal static class SampleWorkload
{
    public const int Exchanges = 300;
    public const int Sessions = 20;

    public static WorkloadManifest Manifest { get; } = new() { Id = Guid.Parse("11111111-2222-3333-4444-555555555555"), ToolVersion = "test" };

    /// <summary>Writes it in several blocks; <paramref name="complete"/> or as if cut off.</summary>
    public static void Write(string folder, bool complete = true, WorkloadWriterOptions? options = null)
    {
        using var writer = WorkloadWriter.Create(folder, Manifest, options ?? new WorkloadWriterOptions { BlockExchanges = 100 });
        for (var i = 0; i < Exchanges; i++)
        {
            if (i % (Exchanges / Sessions) == 0)
            {
                writer.WriteSession(SessionAt(1 + (i * Sessions / Exchanges)));
                writer.WriteGap(new Gap(1 + (i * Sessions / Exchanges), i % 2 == 0, 1_000_000 + i, i));
            }

            Assert.Equal(i % 3, writer.AddShape(Engine.PostgreSql, 1, (ulong)(i % 3), Encoding.UTF8.GetBytes($"select {i % 3} from t where a = ?"), "read"));
            writer.WriteExchange(ExchangeAt(i).ToExchange());
        }

        if (complete)
        {
            writer.Complete(Manifest);
        }
        else
        {
            writer.FlushAll();
        }
    }

    public static ExchangeCopy ExchangeAt(int position)
    {
        var text = Encoding.UTF8.GetBytes($"select {position % 3} from t where a = {position * 7919 % 1000}");
        return new ExchangeCopy
        {
            Session = 1 + (position * Sessions / Exchanges),
            Ordinal = position % (Exchanges / Sessions),
            RequestedAt = 1_000_000 + (position * 10),
            StartedAt = 1_000_000 + (position * 10),
            FirstByteAt = 1_000_005 + (position * 10),
            EndedAt = 1_000_007 + (position * 10),
            Request = [(byte)'Q', 0, 0, 0, (byte)(text.Length + 5), .. text, 0],
            Text = text,
            TextOffset = 5,
            Shape = position % 3,
            Rows = position % 2,
            ResponseBytes = 100 + position,
        };
    }

    public static Session SessionAt(int number) => new()
    {
        Number = number,
        Engine = Engine.PostgreSql,
        Client = new IPEndPoint(IPAddress.Loopback, 40_000 + (number % 20_000)),
        Server = new IPEndPoint(IPAddress.Loopback, 5432),
        OpenedAtMicroseconds = number,
        User = "app",
    };

    /// <summary>Reads all of it; every exchange must be the one that was written at its position. Returns their number.</summary>
    public static long ReadAndCheck(WorkloadReader reader)
    {
        using var cursor = reader.Read();
        var count = 0L;
        for (; cursor.MoveNext(); count++)
        {
            Assert.Equal(count, cursor.Position);
            ExchangeCopy.AssertSame(ExchangeAt((int)count), cursor.Current, $"position {count}");
        }

        Assert.Equal(reader.ExchangeCount, count);
        foreach (var session in reader.Sessions)
        {
            Assert.Equal(session.Number, session.OpenedAtMicroseconds);
        }

        foreach (var gap in reader.Gaps)
        {
            Assert.Equal(1_000_000 + gap.Bytes, gap.AtMicroseconds);
        }

        return count;
    }

    public static string Segment(string folder, int number = 1) => Path.Combine(folder, $"segment-{number:d6}.blocks");
}
