using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Ordering;

/// <summary>
/// Concurrent writers, captured live with the snapshot in their midst: with order between sessions a replay ends with the captured server's rows, but for those
/// that lead to a cause with a name; without it does not. <c>build.sh soak state</c> runs the same with more of everything, and writes down what came of it instead of judging.
/// </summary>
[Collection(TrafficCollection.Name)]
public sealed class StateTests
{
    // So that explaining all away is no way to pass.
    private const double MostExplained = 0.01;

    public static TheoryData<string> Servers() => new(StateCase.Servers);

    [ServerTheory("node", "npm", Live = true)]
    [MemberData(nameof(Servers))]
    public async Task TablesEndAsTheirOrderTells(string kind)
    {
        await using var capture = await StateCapture.TakeAsync(ServerKind.Parse(kind), StateCase.Traffic);
        foreach (var (order, speed) in StateCase.Replays)
        {
            if (StateCase.IsSoak)
            {
                await StateCase.TellAsync(capture, order, speed);
            }
            else
            {
                Judge(await capture.ReplayAsync(order, speed));
            }
        }
    }

    private static void Judge(StateReplay replay)
    {
        var told = $"{replay.Order}, {replay.Speed}: {replay}";
        Assert.True(replay.Difference.Compared > 400, told);
        if (replay.Causes is not { } causes)
        {
            Assert.True(replay.Difference.Rows.Count > replay.Difference.Compared * MostExplained, $"so few rows differ that the traffic does not show its order: {told}");
            return;
        }

        Assert.True(!causes.Unexplained.Any(), told);
        var isCut = causes.All.Count(r => r.Cause.GetProperty("cause").GetString() == "at_the_cut");
        Assert.True(causes.All.Count - isCut <= replay.Difference.Compared * MostExplained, told);
    }
}
