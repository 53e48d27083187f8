using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Ordering;

/// <summary>
/// Concurrent writers, captured live with the snapshot in their midst: with order between sessions a replay ends with the captured server's rows,
/// without it does not. <c>build.sh soak state</c> runs the same with more of everything, and writes down what came of it instead of judging.
/// </summary>
[Collection(ServersCollection.Name)]
public sealed class StateTests
{
    private const int MostAttempts = 4;

    public static TheoryData<string> Servers() => new(StateCase.Servers);

    [ServerTheory("node", "npm", Live = true)]
    [MemberData(nameof(Servers))]
    public async Task TablesEndAsTheirOrderTells(string kind)
    {
        // Whether a transaction whose commit overlapped the cut is in the snapshot is not known to a run; it says how many there are. Then it is done again.
        for (var attempt = 1; !await PlayAsync(ServerKind.Parse(kind)); attempt++)
        {
            Assert.True(attempt < MostAttempts, $"a commit overlapped the snapshot's cut {MostAttempts} times in a row, and the tables differed each time");
        }
    }

    private static async Task<bool> PlayAsync(ServerKind kind)
    {
        await using var capture = await StateCapture.TakeAsync(kind, StateCase.Traffic);
        foreach (var (order, speed) in StateCase.Replays)
        {
            var replay = await capture.ReplayAsync(order, speed);
            var differ = replay.Difference.Rows.Count;
            if (StateCase.IsSoak)
            {
                await StateCase.TellAsync(kind, capture, replay);
            }
            else if (order == "none")
            {
                Assert.True(differ > 0, $"{order}, {speed}: no row differs, so the traffic does not show its order");
            }
            else if (differ > 0 && replay.AmbiguousAtTheCut > 0)
            {
                return false;
            }
            else
            {
                Assert.True(differ == 0, $"{order}, {speed}: {replay.Difference}");
                Assert.True(replay.Difference.Compared > 400, $"{order}, {speed}: only {replay.Difference.Compared} rows were compared");
            }
        }

        return true;
    }
}
