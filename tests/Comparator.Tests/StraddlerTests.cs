using Replay.Workload;

namespace Replay.Comparator.Tests;

/// <summary>A transaction that began in the pre-roll and ended on the schedule. All shapes take turns in one session.</summary>
public sealed class StraddlerTests
{
    private const string OneStraddles = """{"cut":{"straddling_transactions":1,"pre_rolled":20}}""";

    [Fact]
    public void WhatEndsATransactionOfThePreRollIsNotTimed()
    {
        // Turn 0 runs before the schedule; the transaction that it leaves open ends with the first exchange of turn 2.
        using var campaign = new SyntheticCampaign(Shapes(n => n < 2 ? TransactionState.Open : TransactionState.Idle), documents: _ => [("certificate.json", OneStraddles)]);
        var by = campaign.Compare().ByEligibility;
        Assert.Equal((20L, 21L, 20L * 300 - 41), (by[(int)Eligibility.PreRoll], by[(int)Eligibility.Straddling], by[(int)Eligibility.Compared]));
    }

    [Fact]
    public void InTheMiddleOfABatchTheTransactionGoesOn()
    {
        using var campaign = new SyntheticCampaign(
            Shapes(n => n == 0 ? TransactionState.Open : n < 3 ? TransactionState.Unknown : TransactionState.Idle), documents: _ => [("certificate.json", OneStraddles)]);
        Assert.Equal(41, campaign.Compare().ByEligibility[(int)Eligibility.Straddling]);
    }

    [Theory]
    [InlineData("""{"cut":{"straddling_transactions":0,"pre_rolled":20}}""")]
    [InlineData("""{"replayed_share":1}""")]
    public void WithoutStraddlersNothingIsLeftOut(string certificate)
    {
        using var campaign = new SyntheticCampaign(Shapes(_ => TransactionState.Open), documents: _ => [("certificate.json", certificate)]);
        Assert.Equal(0, campaign.Compare().ByEligibility[(int)Eligibility.Straddling]);
    }

    [Fact]
    public void ADamagedCertificateIsAWarning()
    {
        using var campaign = new SyntheticCampaign(Shapes(_ => TransactionState.Open), documents: _ => [("certificate.json", """{"cut":{}}""")]);
        var comparison = campaign.Compare();
        Assert.Equal(0, comparison.ByEligibility[(int)Eligibility.Straddling]);
        Assert.Contains(comparison.Warnings, warning => warning.Contains("certificate.json", StringComparison.Ordinal));
    }

    private static List<SyntheticShape> Shapes(Func<int, TransactionState> state) =>
    [
        .. SyntheticCampaign.Ordinary().Select(shape => shape with
        {
            Transaction = state,
            Change = (_, n, outcome) => n == 0 ? outcome with { Flags = outcome.Flags | RunFlags.PreRoll, LatencyMicroseconds = float.NaN } : outcome,
        }),
    ];
}
