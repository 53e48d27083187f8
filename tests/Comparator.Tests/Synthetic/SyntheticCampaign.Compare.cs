namespace Replay.Comparator.Tests;

/// <content>Comparing in the tests' own process.</content>
internal sealed partial class SyntheticCampaign
{
    public Comparison Compare(Statistics.DecisionOptions? options = null, bool showValues = false, bool showLiterals = false)
    {
        using var input = ComparisonInput.Open(Side('A'), Side('B'), null);
        return ComparisonMaker.Compare(input, options ?? new Statistics.DecisionOptions(), DateTimeOffset.UnixEpoch, showValues: showValues, showLiterals: showLiterals);
    }
}
