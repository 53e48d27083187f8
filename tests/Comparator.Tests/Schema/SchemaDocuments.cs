using System.Text.Json.Nodes;
using Replay.Statistics;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.Comparator.Tests.Schema;

/// <summary>Documents that the JSON report writes, of comparisons that together have something in each of its properties, and nothing where it may be null.</summary>
internal static class SchemaDocuments
{
    private const int Executions = 100;
    private const string Slow = "select a.note from orders a join names b on b.id = a.name where a.customer = ?";
    private const string Hurt = "select toll from ledger where id = ?";
    private const string Broken = "select gone(?)";
    private const string Fewer = "select v from other where id = ?";

    private static readonly Column[] Names = [new("id", 23, -1, false), new("name", 25, -1, false)];

    /// <summary>Each with what it is of.</summary>
    public static IReadOnlyDictionary<string, string> Make()
    {
        var golden = File.ReadAllText(RepositoryFolder.Path("tests", "Comparator.Tests", "Golden", "comparison.json"));
        foreach (var label in new[] { "A1", "A2", "B1", "B2" })
        {
            golden = golden.Replace($"id of {label}", Guid.NewGuid().ToString(), StringComparison.Ordinal); // it has none of its own
        }

        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["golden"] = golden,
            ["faults"] = Faults(showsData: true),
            ["faults without data"] = Faults(showsData: false),
            ["confirmed"] = Confirmed("confirmed"),
            ["refuted"] = Confirmed("refuted"),
            ["one run a side"] = Of(SyntheticCampaign.Ordinary(9, Executions), ["A1", "B1"]),
            ["nothing paired"] = Of([new SyntheticShape("select ?", 20, 100), new SyntheticShape("select v from t", 20, 100) { Change = (_, _, _) => new RunOutcome { Status = RunStatus.Skipped, Reason = RunReason.Excluded, LatencyMicroseconds = float.NaN } }]),
            ["interleaved"] = Of(SyntheticCampaign.Ordinary(9, Executions), manifest: (label, manifest) => manifest with { Slices = new RunSlices { Pair = new Guid(label[1], 0, 0, new byte[8]), LengthMicroseconds = 20_000 } }),
            ["untrusted"] = Untrusted(),
            ["perhaps slower"] = Of([.. SyntheticCampaign.Ordinary(), new SyntheticShape(Slow, 25, 2000) { Ratio = 1.05, Deviation = 0.4 }]),
            ["more errors than examples"] = Of([.. SyntheticCampaign.Ordinary(3, 20), new SyntheticShape(Broken, ExampleReader.MostExamples + 10, 100) { Error = (label, n) => label[0] == 'B' ? $"{n:00000}" : null }]),
            ["noisy"] = Noisy(),
            ["bounds beyond all measure"] = Unbounded(),
        };
    }

    // Shapes take turns and have as many executions each, so an execution's position is known: shapes * execution + shape.
    private static string Faults(bool showsData)
    {
        List<SyntheticShape> shapes =
        [
            .. SyntheticCampaign.Ordinary(8, Executions),
            new(Slow, Executions, 3000) { Ratio = 2 },
            new(Hurt, Executions, 3000)
            {
                Text = n => $"SELECT toll FROM ledger WHERE id = {(n % 4 == 0 ? 7001 : n)}",
                Deviation = 0.02,
                Session = n => showsData && n % 4 == 0 ? 2 : 1,
                Change = (label, n, outcome) => outcome with { LatencyMicroseconds = outcome.LatencyMicroseconds * (label[0] == 'B' && n % 4 == 0 ? 5 : 1) },
            },
            new(Broken, Executions, 900) { Error = (label, n) => label[0] == 'B' && n < 30 ? "42883" : null, Session = n => n % 2 == 0 ? 2 : 1 },
            new("select after(?)", Executions, 900) { Error = (label, n) => label[0] == 'B' && n == 3 ? "25P02" : null },
            new("insert into t values (?)", Executions, 900) { Class = "write", ProductionError = "23505", Error = (label, _) => label[0] == 'B' ? "42P10" : "23505" },
            new("select mended(?)", Executions, 900) { Error = (label, n) => label[0] == 'A' && n == 4 ? "XX000" : null },
            new("update t set n = n + ?", Executions, 900) { Class = "write", Error = (label, n) => (label == "A1" && n == 4) || (label == "B2" && n == 9) ? "40P01" : null },
            new("select late(?)", Executions, 900) { Change = (label, n, outcome) => label[0] == 'B' && n == 7 ? new RunOutcome { Status = RunStatus.Failed, Reason = RunReason.TimedOut, LatencyMicroseconds = float.NaN } : outcome },
            new(Fewer, Executions, 2000) { Change = (label, _, outcome) => label[0] == 'B' ? outcome with { Rows = 0 } : outcome },
            new("call counted(?)", Executions, 2000) { Class = "call", ProductionRows = -1, Change = (label, _, outcome) => outcome with { Rows = label[0] == 'B' ? 1U : 2U } },
            new("call uncounted(?)", Executions, 2000) { Class = "call", ProductionRows = 5, Change = (label, n, outcome) => outcome with { Rows = n % 2 == 0 == (label[0] == 'B') ? RunOutcome.NoCount : 2U } },
            new("select id, name from t where a = ?", Executions, 2000) { Columns = Names, Row = (label, n) => [$"{n}", n % 2 == 0 || label[0] != 'B' ? n % 3 == 0 ? "right" : null : n % 3 == 0 ? null : "wrong"] },
            new("set application_name = ?", Executions, 100) { Class = "session" },
            new("select version()", Executions, 100),
            new("select ?", Executions, 100),
            new("select once from yearly where report = ?", 4, 250_000),
            new("delete from carts where id = ?", Executions, 100) { Class = "write", Change = (_, _, outcome) => outcome with { Rows = RunOutcome.NoCount } },
        ];
        var causes = $$"""
            {"roots":2,"consequences":1,"causes":[{"position":{{At(10, 0)}},"session":2,"ordinal":0,"kind":"error","shape":null,"sql":"{{Broken}}","pair":null,"consequences":1},
            {"position":{{At(12, 0)}},"session":1,"ordinal":3,"kind":"values","shape":null,"sql":null,"pair":null,"consequences":0}],"links":[[{{At(11, 3)}},{{At(10, 0)}}]]}
            """;
        using var campaign = new SyntheticCampaign(shapes, user: _ => showsData ? "guest" : null, documents: label => [.. ServerDocuments.Of(label[0] == 'B', shapes.FindIndex(shape => shape.Sql == Slow) + 1), .. label[0] == 'B' ? [("causes.json", causes)] : Array.Empty<(string, string)>()]);
        using var input = ComparisonInput.Open(campaign.Side('A'), campaign.Side('B'), null);
        var waivers = WaiverFile.Parse($$"""
            waivers:
            - {sql: "{{Slow}}", accept: slower, at_most: 9, reason: known, owner: ana, until: 1970-01-02}
            - {sql: "{{Broken}}", accept: error, code: 42883, reason: known, owner: ana, until: 1970-01-02}
            - {sql: "{{Fewer}}", accept: rows, reason: known, owner: ana, until: 1970-01-02}
            """);
        var objectives = ObjectiveFile.Parse($$"""
            objectives:
            - {sql: "{{Broken}}", good: 99%, at_most: 2}
            - {class: read, new_errors: 9}
            - {class: write, new_errors: 9}
            - {sql: "select nothing", good: 99%, at_most: 2}
            """);
        return Written.Text(ComparisonMaker.Compare(input, new DecisionOptions(), DateTimeOffset.UnixEpoch, showValues: showsData, showLiterals: showsData, waivers: waivers, objectives: objectives), JsonReport.Write);

        // The rare shape has its executions at the end of each quarter.
        long At(int shape, int execution) => ((shapes.Count - 1L) * execution) + (4L * execution / Executions) + shape;
    }

    private static string Confirmed(string outcome)
    {
        List<SyntheticShape> shapes = [.. SyntheticCampaign.Ordinary(9, Executions), new SyntheticShape(Slow, Executions, 2000) { Ratio = 2 }];
        using var campaign = new SyntheticCampaign(shapes);
        File.WriteAllText(campaign.File("c.json"), $$"""
            {"workload":"11111111-2222-3333-4444-555555555555","minimum_ratio":1.05,"baseline":{"server_version":"15.8"},"candidate":{"server_version":"18.1"},
             "shapes":[{"shape":"{{7:x16}}{{shapes.Count:x16}}","outcome":"{{outcome}}","ratio":{"estimate":1.02,"low":1.01,"high":1.03},"rounds":12,"executions":600}]}
            """);
        using var input = ComparisonInput.Open(campaign.Side('A'), campaign.Side('B'), null);
        return Written.Text(ComparisonMaker.Compare(input, new DecisionOptions(), DateTimeOffset.UnixEpoch, confirmation: ConfirmationFile.Read(campaign.File("c.json"))), JsonReport.Write);
    }

    // One run did not end, another has missed its gates, a third has left something out.
    private static string Untrusted()
    {
        using var campaign = new SyntheticCampaign(
            [.. SyntheticCampaign.Ordinary(9, Executions), new SyntheticShape(Slow, Executions, 2000) { Ratio = 1.3, Change = (label, n, outcome) => label == "B1" && n == 5 ? outcome with { Status = RunStatus.NotReached } : outcome }],
            manifest: (label, manifest) => label == "A2" ? manifest with { Fitness = new RunFitness { Gates = ["cpu"], Reasons = ["cpu: do this about it"] }, Retries = new RunRetryCounts { Retried = 3 } } : manifest);
        var file = Path.Combine(campaign.Run("B2"), "run.json");
        var manifest = JsonNode.Parse(File.ReadAllText(file))!;
        Assert.NotNull(manifest["endedAt"]);
        manifest["endedAt"] = null;
        File.WriteAllText(file, manifest.ToJsonString());
        return Written.Text(campaign.Compare(), JsonReport.Write);
    }

    // Runs of a side lie apart, and shapes have few executions: it is told how many would do.
    private static string Noisy() => Of([.. SyntheticCampaign.Ordinary(9, 30).Select(shape => shape with { Deviation = 0.7 }), new SyntheticShape("select once from yearly", 4, 250_000)]);

    private static string Unbounded()
    {
        using var campaign = new SyntheticCampaign(SyntheticCampaign.Ordinary(3, 20));
        var comparison = campaign.Compare();
        return Written.Text(comparison with { Decision = comparison.Decision with { Overall = comparison.Decision.Overall with { Ratio = new RatioInterval(1, 1e-40, 1e40) } } }, JsonReport.Write);
    }

    private static string Of(IReadOnlyList<SyntheticShape> shapes, string[]? runs = null, Func<string, RunManifest, RunManifest>? manifest = null)
    {
        using var campaign = new SyntheticCampaign(shapes, runs, manifest: manifest);
        return Written.Text(campaign.Compare(), JsonReport.Write);
    }
}
