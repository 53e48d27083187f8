using System.Text.Json;
using Replay.Workload;

namespace Replay.Comparator.Tests;

public sealed class CertificateTests
{
    private const string Whole = """
        {"replayed_share":1,"cpu_share":0.25,"stretch":1,"own_lag_us":{"count":9,"p50":12,"p90":20,"p99":210,"p999":300,"max":345},"inherited_lag_us":{"count":0,"p50":0,"p99":0,"max":0},
        "rate":{"captured_per_second":5000,"scheduled_per_second":10000,"achieved_per_second":9990.5},"concurrency":{"captured":3.5,"achieved":4.25,"most":17},
        "over_time":{"bucket_seconds":0.5,"due":[5000,5000],"sent":[4990,5010],"captured_concurrency":[3.5,3.5],"concurrency":[4,4.5],"own_lag_max_us":[345,12]},
        "order":{"waits":12,"wait_us":3400,"violations":2,"violated_share":0.001},"garbage_collections":{"count":3,"pause_us":4000,"longest_us":2500,"touched":31},
        "processor":{"processors":2,"cpu_seconds":1.5,"wait_seconds":0.25,"stolen_seconds":null,"others_seconds":1,"seconds":2}}
        """;

    [Theory]
    [InlineData("replayed")]
    [InlineData("violations")]
    [InlineData("cpu")]
    [InlineData("own_lag")]
    [InlineData("rate")]
    public void ThereIsNoVerdictOnARunOutsideOfAGate(string gate)
    {
        using var campaign = new SyntheticCampaign(
            SyntheticCampaign.Ordinary(), manifest: (label, manifest) => label == "A1" ? manifest with { Fitness = new RunFitness { Gates = [gate], Reasons = [$"{gate}: do this about it"] } } : manifest);
        var comparison = campaign.Compare();
        Assert.Equal(WholeVerdict.Undecided, comparison.Verdict);
        Assert.Contains(comparison.Reasons, reason => reason.Contains($"{gate}: do this about it", StringComparison.Ordinal));
    }

    [Fact]
    public void ItsFiguresAreInTheReports()
    {
        using var campaign = new SyntheticCampaign(SyntheticCampaign.Ordinary(), documents: label => label == "A1" ? [("certificate.json", Whole)] : []);
        var comparison = campaign.Compare();
        Assert.Null(comparison.Runs[^1].Certificate);
        var page = Written.Text(comparison, HtmlReport.Write);
        Assert.Contains("id=\"certificates\"", page, StringComparison.Ordinal);
        foreach (var figure in new[] { "12.0 us / 210 us / 345 us", "9,990 / 10,000", "4.25 / 3.5", "12, 3.40 ms", "3, 4.00 ms, 2.50 ms", "25 %", "250 ms", "A1 over time" })
        {
            Assert.Contains(figure, page, StringComparison.Ordinal);
        }

        using var json = JsonDocument.Parse(Written.Text(comparison, JsonReport.Write));
        var certificate = json.RootElement.GetProperty("runs")[0].GetProperty("certificate");
        Assert.Equal((210, 9990.5, 2), (certificate.GetProperty("own_lag_p99_us").GetDouble(), certificate.GetProperty("achieved_per_second").GetDouble(), certificate.GetProperty("order_violations").GetDouble()));
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("runs")[1].GetProperty("certificate").GetProperty("cpu_share").ValueKind);
    }

    [Theory]
    [InlineData(true, true, false)]
    [InlineData(false, false, false)]
    [InlineData(null, true, false)]
    [InlineData(false, true, true)]
    public void RunsWhoseProcessorsSleptAreToldFromThoseWhoseDidNot(bool? firstStayedAwake, bool othersStayedAwake, bool isSaid)
    {
        static string Of(bool? stayedAwake) => stayedAwake is { } known ? $"{{\"processors_stayed_awake\":{(known ? "true" : "false")}}}" : "{}";
        using var campaign = new SyntheticCampaign(SyntheticCampaign.Ordinary(), documents: label => [("certificate.json", Of(label == "A1" ? firstStayedAwake : othersStayedAwake))]);
        Assert.Equal(isSaid, campaign.Compare().Warnings.Any(warning => warning.Contains("processors awake (as root), A1 did not", StringComparison.Ordinal)));
    }

    [Fact]
    public void WhatTheCaptureMissedIsSaid()
    {
        var whole = new WorkloadManifest
        {
            Source = "live eth0",
            CompletedAt = DateTimeOffset.UnixEpoch,
            Counters = new CaptureCounters { PacketsSeen = 1010, PacketsDecoded = 1000, PacketsIgnored = new Dictionary<string, long> { ["no payload"] = 7, ["other port"] = 3 }, Sessions = 12, Exchanges = 500 },
        };
        Assert.Equal(
            "Capture (live eth0): 1,010 packets seen = 1,000 decoded + 10 ignored (no payload 7, other port 3) + 0 dropped by the kernel + 0 dropped by the agent; 0 bytes missing in 0 gaps; 12 sessions, 0 encrypted, 0 undecodable; 500 exchanges, 0 with a part missing, 0 not recorded.",
            CaptureCertificate.Sums(whole));
        Assert.Empty(CaptureCertificate.Warnings(whole));

        var less = whole with { Counters = whole.Counters with { PacketsSeen = 1013, PacketsDroppedByKernel = 1, PacketsDroppedByAgent = 2, Gaps = 1, GapBytes = 1448, SessionsEncrypted = 1, ExchangesIncomplete = 1, ExchangesDropped = 4 }, Warnings = ["the clock was set back"] };
        Assert.Equal(["The capture is not whole: 3 packets dropped, 1,448 bytes missing, 1 session encrypted, 1 exchange with a part missing, 4 exchanges not recorded. Nothing here speaks of what is missing.", "Capture: the clock was set back"], CaptureCertificate.Warnings(less));
        Assert.Contains("504 exchanges, 1 with a part missing, 4 not recorded", CaptureCertificate.Sums(less), StringComparison.Ordinal);

        var killed = whole with { CompletedAt = null };
        Assert.Equal("Capture (live eth0): it did not end, so its sums are not known.", CaptureCertificate.Sums(killed));
        Assert.StartsWith("The capture did not end", Assert.Single(CaptureCertificate.Warnings(killed)), StringComparison.Ordinal);
        Assert.DoesNotContain("packets", CaptureCertificate.Sums(whole with { Counters = new CaptureCounters { Sessions = 1, Exchanges = 2 } }), StringComparison.Ordinal); // of a log
    }

    [Theory]
    [InlineData("""{"cut":{"straddling_transactions":0,"pre_rolled":0},"own_lag_us":7}""", true)]
    [InlineData("""{"cut":{"straddling_transactions":0,"pre_rolled":0},"replayed_share":1}""", false)]
    public void WhatIsDamagedIsLeftOutWithAWarningAndWhatIsOlderIsNot(string json, bool warns)
    {
        using var campaign = new SyntheticCampaign(SyntheticCampaign.Ordinary(), documents: _ => [("certificate.json", json)]);
        var comparison = campaign.Compare();
        Assert.Equal(warns, comparison.Warnings.Any(warning => warning.Contains("certificate.json", StringComparison.Ordinal)));
        Assert.Equal(!warns, Written.Text(comparison, HtmlReport.Write).Contains("id=\"certificates\"", StringComparison.Ordinal));
    }
}
