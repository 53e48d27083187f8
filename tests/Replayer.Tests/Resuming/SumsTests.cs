using System.Text.Json.Nodes;
using Replay.Workload;

namespace Replay.Replayer.Tests;

/// <summary>The parts of a run as one.</summary>
public sealed class SumsTests
{
    [Fact]
    public void OfACertificateCountsAreSumsAndMaximaTheGreatest()
    {
        const string Earlier = """{"own_lag_us":{"count":5},"concurrency":{"achieved":1.5,"most":9},"order":{"waits":3,"wait_us":100,"violations":1},"garbage_collections":{"count":2,"longest_us":70},"connections":{"lost":1,"shared":{"limit":4,"most":3,"hand_overs":10}},"retries":{"victims":2,"given_up":{"attempts":1}}}""";
        const string Last = """{"own_lag_us":{"count":8},"concurrency":{"achieved":2.5,"most":4},"order":{"waits":2,"wait_us":50,"violations":4},"garbage_collections":{"count":1,"longest_us":90},"connections":{"lost":0,"shared":{"limit":4,"most":4,"hand_overs":7}},"retries":{"victims":1,"given_up":{"too_large":1}}}""";
        const string Whole = """{"own_lag_us":{"count":8},"concurrency":{"achieved":2.5,"most":9},"order":{"waits":5,"wait_us":150,"violations":4},"garbage_collections":{"count":3,"longest_us":90},"connections":{"lost":1,"shared":{"limit":4,"most":4,"hand_overs":17}},"retries":{"victims":3,"given_up":{"too_large":1,"attempts":1}}}""";
        Equal(Whole, DocumentSums.Certificate(Last, Earlier));
    }

    [Fact]
    public void OfTheOrderWaitsAndStallsAreSumsAndTheRestIsTheLastPart()
    {
        const string Earlier = """{"databases":{"a":1},"waits":{"row":{"count":2,"microseconds":10,"released":1}},"stalls":{"circles":1,"limits":0,"longest_us":5}}""";
        const string Last = """{"databases":{"a":1},"waits":{"row":{"count":3,"microseconds":1,"released":0}},"stalls":{"circles":0,"limits":2,"longest_us":4}}""";
        Equal("""{"databases":{"a":1},"waits":{"row":{"count":5,"microseconds":11,"released":1}},"stalls":{"circles":1,"limits":2,"longest_us":5}}""", DocumentSums.Order(Last, Earlier));
    }

    [Fact]
    public void ResponsesAreSumsByShapeAndColumns()
    {
        const string Earlier = """{"shapes":[{"shape":"aa","exchanges":5,"warnings":1,"with_warnings":1,"columns":[{"count":4,"list":[{"name":"id"}]},{"count":1,"list":[{"name":"no"}]}],"other_columns":0},{"shape":"bb","exchanges":1,"warnings":0,"with_warnings":0,"columns":[],"other_columns":0}]}""";
        const string Last = """{"shapes":[{"shape":"aa","exchanges":3,"warnings":0,"with_warnings":0,"columns":[{"count":3,"list":[{"name":"id"}]}],"other_columns":2}]}""";
        const string Whole = """{"shapes":[{"shape":"aa","exchanges":8,"warnings":1,"with_warnings":1,"columns":[{"count":7,"list":[{"name":"id"}]},{"count":1,"list":[{"name":"no"}]}],"other_columns":2},{"shape":"bb","exchanges":1,"warnings":0,"with_warnings":0,"columns":[],"other_columns":0}]}""";
        Equal(Whole, DocumentSums.Responses(Last, Earlier));
    }

    [Fact]
    public void OfAManifestWhatOutcomesTellIsLeftAlone()
    {
        var earlier = new RunManifest { Replayed = 10, Sessions = 4, MaxConcurrency = 9, Warnings = ["one", "both"], Knobs = new RunKnobs { MostTransactions = 3, AdmissionWaits = 2, StatementTimeouts = 7 } };
        var last = new RunManifest { Replayed = 30, Sessions = 5, MaxConcurrency = 6, Warnings = ["both", "two"], Knobs = new RunKnobs { MostTransactions = 2, AdmissionWaits = 1, StatementTimeouts = 8 } };
        var whole = RunSums.Of(last, earlier);
        Assert.Equal((30, 9, 9), (whole.Replayed, whole.Sessions, whole.MaxConcurrency));
        Assert.Equal(["both", "two", "one"], whole.Warnings);
        Assert.Equal((3, 3, 8), (whole.Knobs!.MostTransactions, whole.Knobs.AdmissionWaits, whole.Knobs.StatementTimeouts));
    }

    [Fact]
    public void LagIsCountedOn()
    {
        var (first, whole) = (new LagHistogram(), new LagHistogram());
        var second = new LagHistogram();
        for (var i = 1; i <= 1000; i++)
        {
            (i % 2 == 0 ? first : second).Add(i);
            whole.Add(i);
        }

        second.Add(first.ToCounts());
        Assert.Equal((whole.Count, whole.MaxMicroseconds), (second.Count, second.MaxMicroseconds));
        Assert.All([0.1, 0.5, 0.9, 0.99], q => Assert.Equal(whole.Quantile(q), second.Quantile(q)));
    }

    [Fact]
    public void TheTimeBetweenTheTwoIsNotInTheSeries()
    {
        var first = new RunSeries();
        first.Begin(1_000_000);
        first.Add(1_000_000, 1_000_000, 500_000, 0, 400_000, 10);
        first.Add(2_000_000, 2_000_000, 500_000, 1_000_000, 400_000, 20);
        var second = new RunSeries();
        second.Continue(first.ToState());
        second.Begin(900_000_000);
        second.Add(900_250_000, 900_250_000, 250_000, 1_500_000, 400_000, 5);
        Assert.Equal(3, second.Sent);
        Assert.Equal(1_500_000 + 500_000, second.SpanMicroseconds);
        Assert.Equal(1_750_000, second.ScheduledSpanMicroseconds);
        Assert.Equal([1, 0, 0, 0, 1, 0, 0, 1], second.Buckets.Select(static b => b.Due).Take(8));
    }

    private static void Equal(string expected, string actual) => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), actual);
}
