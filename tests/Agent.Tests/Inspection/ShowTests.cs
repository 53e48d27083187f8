using System.Globalization;
using System.Net;
using System.Text.Json;
using Replay.Agent.Inspection;
using Replay.Agent.Tests.Support;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.Agent.Tests.Inspection;

public sealed class ShowTests : IDisposable
{
    private readonly TempFolder _folder = new("show");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void NdjsonHasTheKeysOfTheContract()
    {
        var lines = Inspected.Show(Dbcapture.Workload(_folder, 7));
        var session = lines[0];
        Assert.Equal("session", session.GetProperty("type").GetString());
        Assert.Equal("postgres", session.GetProperty("engine").GetString());
        Assert.Equal("10.0.0.2:40000", session.GetProperty("client").GetString());
        Assert.Equal("10.0.0.1:5432", session.GetProperty("server").GetString());
        Assert.Equal("app", session.GetProperty("user").GetString());
        Assert.True(session.GetProperty("from_start").GetBoolean());
        Assert.False(session.GetProperty("encrypted").GetBoolean());
        Assert.NotEqual(JsonValueKind.Undefined, session.GetProperty("database").ValueKind);
        Assert.EndsWith("Z", session.GetProperty("opened_at").GetString(), StringComparison.Ordinal);

        var first = lines[1];
        Assert.Equal("exchange", first.GetProperty("type").GetString());
        Assert.Equal(0, first.GetProperty("ordinal").GetInt32());
        Assert.Equal("query", first.GetProperty("command").GetString());
        Assert.Equal("SELECT 1", first.GetProperty("sql").GetString());
        Assert.Equal(32, first.GetProperty("shape").GetString()!.Length);
        Assert.Equal(1, first.GetProperty("rows").GetInt64());
        Assert.Equal(10, first.GetProperty("latency_us").GetInt64());
        Assert.Equal("idle", first.GetProperty("transaction").GetString());
        Assert.True(first.GetProperty("complete").GetBoolean());
        foreach (var missing in new[] { "parameters", "affected", "error", "copy" })
        {
            Assert.Equal(JsonValueKind.Null, first.GetProperty(missing).ValueKind);
        }

        var failed = lines[7];
        Assert.Equal("22012", failed.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal("division by zero", failed.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal("terminate", lines[8].GetProperty("command").GetString());
        Assert.Equal(9, lines.Count);
    }

    [Fact]
    public void FiltersNarrow()
    {
        var workload = Dbcapture.Workload(_folder, 21);
        var all = Exchanges(Inspected.Show(workload));
        Assert.Equal(22, all.Count);
        Assert.Equal(3, Exchanges(Inspected.Show(workload, new ShowFilter { Errors = true })).Count);
        var shape = all[0].GetProperty("shape").GetString()!;
        Assert.Equal(21, Exchanges(Inspected.Show(workload, new ShowFilter { Shape = shape })).Count);
        Assert.Equal(21, Exchanges(Inspected.Show(workload, new ShowFilter { Shape = shape[..6].ToUpperInvariant() })).Count);
        Assert.Equal(22, Exchanges(Inspected.Show(workload, new ShowFilter { Session = 1 })).Count);
        Assert.Empty(Inspected.Show(workload, new ShowFilter { Session = 2 }));
        var named = Inspected.Show(workload, new ShowFilter { Exchanges = new HashSet<(int, int)> { (1, 11), (1, 3), (2, 5) } });
        Assert.Equal("session", named[0].GetProperty("type").GetString());
        Assert.Equal([3, 11], Exchanges(named).Select(e => e.GetProperty("ordinal").GetInt32()));
        var (from, to) = (At(all[5]), At(all[9]));
        var part = Inspected.Show(workload, new ShowFilter { FromMicroseconds = from, ToMicroseconds = to });
        Assert.Equal("session", part[0].GetProperty("type").GetString());
        Assert.Equal([5, 6, 7, 8], Exchanges(part).Select(e => e.GetProperty("ordinal").GetInt32()));
    }

    [Fact]
    public void TextIsALineForEach()
    {
        var lines = Inspected.ShowText(Dbcapture.Workload(_folder, 7));
        Assert.Equal(9, lines.Length);
        Assert.Contains("session: postgres, 10.0.0.2:40000 -> 10.0.0.1:5432, user app", lines[0], StringComparison.Ordinal);
        Assert.Contains("SELECT 1", lines[1], StringComparison.Ordinal);
        Assert.Contains("ERROR 22012: division by zero", lines[7], StringComparison.Ordinal);
    }

    [Fact]
    public void OrderIsThatOfTimeThoughTheFilesIsThatOfCompletion()
    {
        const int Sessions = 20;
        const int PerSession = 200;
        var random = new Random(3);
        var exchanges = new List<(int Session, int Ordinal, long Start, long End)>();
        for (var session = 1; session <= Sessions; session++)
        {
            long at = 1_000_000 + session;
            for (var ordinal = 0; ordinal < PerSession; ordinal++)
            {
                var end = at + random.Next(1, random.Next(50) == 0 ? 2_000_000 : 2_000);
                exchanges.Add((session, ordinal, at, end));
                at = end + random.Next(1, 500);
            }
        }

        var folder = _folder.File("made.workload");
        using (var writer = WorkloadWriter.Create(folder, new WorkloadManifest(), new WorkloadWriterOptions { BlockExchanges = 50 }))
        {
            for (var session = 1; session <= Sessions; session++)
            {
                writer.WriteSession(new Session { Number = session, Engine = Engine.MySql, Client = new(IPAddress.Loopback, session), Server = new(IPAddress.Loopback, 3306), OpenedAtMicroseconds = 1_000_000 + session });
            }

            foreach (var (session, ordinal, start, end) in exchanges.OrderBy(e => e.End))
            {
                var exchange = Exchange.Empty;
                (exchange.Session, exchange.Ordinal, exchange.Command) = (session, ordinal, Command.MySqlPing);
                (exchange.RequestedAtMicroseconds, exchange.StartedAtMicroseconds, exchange.FirstByteAtMicroseconds, exchange.EndedAtMicroseconds) = (start, start, end, end);
                writer.WriteExchange(exchange);
            }

            writer.Complete(new WorkloadManifest());
        }

        var shown = Inspected.Show(folder);
        Assert.Equal(Sessions + exchanges.Count, shown.Count);
        var times = shown.Select(At).ToList();
        Assert.Equal(times.Order(), times);
        Assert.Equal(exchanges.OrderBy(e => e.Start).Select(e => e.Start), Exchanges(shown).Select(At));
        // a session's line stands before its exchanges', also where both are of the same moment
        Assert.Equal(Enumerable.Range(1, Sessions), shown.DistinctBy(line => line.GetProperty("session").GetInt32()).Where(line => line.GetProperty("type").GetString() == "session").Select(line => line.GetProperty("session").GetInt32()).Order());
    }

    [Fact]
    public void BytesThatAreNotUtf8AreShownAsLatin1()
    {
        Assert.Equal("größe", WireText.Of("größe"u8));
        Assert.Equal("gr\u00f6\u00dfe", WireText.Of([(byte)'g', (byte)'r', 0xF6, 0xDF, (byte)'e']));
    }

    private static List<JsonElement> Exchanges(IEnumerable<JsonElement> lines) => [.. lines.Where(line => line.GetProperty("type").GetString() == "exchange")];

    private static long At(JsonElement line)
    {
        var text = (line.TryGetProperty("started_at", out var at) ? at : line.GetProperty("opened_at")).GetString()!;
        return (DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal) - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
    }
}
