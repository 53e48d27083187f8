using Replay.Client;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.Replayer.Tests;

/// <summary>What a run of a selection would send is known before it.</summary>
public sealed class SentExchangesTests
{
    private const long Second = 1_000_000;

    [Theory]
    [InlineData("", "", null, "all")]
    [InlineData("to=15s", "", null, "read write read write alone")]
    [InlineData("from=10s", "", null, "write read write alone other")] // writes before the window are sent too
    [InlineData("from=10s", "", 10L, "read write alone other")] // a checkpoint has them
    [InlineData("", "user=bob", null, "other")]
    [InlineData("", "class=write", null, "write read write")] // what else is in the transaction is sent
    public async Task AsTheRunDecides(string window, string include, long? checkpoint, string sent)
    {
        using var folder = new TempFolder("sent");
        using var maker = new WorkloadMaker(folder.File("w.workload"));
        var shapes = new Dictionary<int, string>();
        foreach (var text in (string[])["read", "write"])
        {
            shapes[maker.Shape(text, text)] = text;
        }

        var (read, write) = (shapes.Single(static s => s.Value == "read").Key, shapes.Single(static s => s.Value == "write").Key);
        maker.Add(WorkloadMaker.Session(1));
        maker.Add(WorkloadMaker.Session(2) with { User = "bob" });
        maker.Add(1, 0, 1, read);
        maker.Add(1, Second, Second + 1, write);
        maker.Add(1, 11 * Second, (11 * Second) + 1, read, TransactionState.Open);
        maker.Add(1, 12 * Second, (12 * Second) + 1, write);
        var alone = maker.Add(1, 14 * Second, (14 * Second) + 1, read);
        var other = maker.Add(2, 20 * Second, (20 * Second) + 1, read);
        using var reader = maker.Read();
        var options = new SelectionOptions
        {
            From = window.StartsWith("from=", StringComparison.Ordinal) ? window[5..] : null,
            To = window.StartsWith("to=", StringComparison.Ordinal) ? window[3..] : null,
            Filter = SelectionFilter.Parse(include.Length == 0 ? [] : [include], []),
        };
        var selection = Selection.Of(options, reader, WorkloadMaker.Base, TimeSpan.Zero);
        using var exchanges = await SentExchanges.OfAsync(reader, selection, TargetUrl.Parse("postgres://nowhere.invalid/shop"), WorkloadMaker.Base + (checkpoint * Second), CancellationToken.None);
        if (exchanges is null)
        {
            Assert.Equal("all", sent);
            return;
        }

        List<string> found = [];
        using var cursor = reader.Read();
        while (cursor.MoveNext())
        {
            var exchange = cursor.Current;
            if (exchanges.Has(reader.Sessions.Find(exchange.Session)!, cursor.Position, in exchange))
            {
                found.Add(cursor.Position == alone ? "alone" : cursor.Position == other ? "other" : shapes[exchange.Shape]);
            }
        }

        Assert.Equal(sent, string.Join(' ', found));
    }
}
