namespace Replay.Replayer.Tests.Evidence;

public class CertainPairsTests
{
    // Against all ways in which as many as possible get one.
    [Fact]
    public void WhatIsCertainIsTrueOfEveryWay()
    {
        var random = new Random(3);
        var (certain, doubtful) = (0, 0);
        for (var i = 0; i < 3_000; i++)
        {
            var count = random.Next(1, 7);
            var candidates = Enumerable.Range(0, random.Next(1, 7)).Select(_ => Enumerable.Range(0, count).Where(_ => random.Next(3) == 0).ToArray()).ToArray();
            var pairs = new CertainPairs(candidates, count);
            var ways = Ways(candidates, 0, []).ToList();
            var most = ways.Max(w => w.Count(m => m >= 0));
            ways.RemoveAll(w => w.Count(m => m >= 0) < most);
            Assert.Contains(ways, w => w.SequenceEqual(pairs.Mate));
            for (var s = 0; s < candidates.Length; s++)
            {
                var isSame = ways.TrueForAll(w => w[s] == pairs.Mate[s]) && pairs.Mate[s] >= 0;
                var isNobodyElses = ways.TrueForAll(w => w.Contains(pairs.Mate[s]));
                var isAlone = pairs.Group.Count(g => g == pairs.Group[s]) == 1;
                Assert.Equal(isSame && isNobodyElses, pairs.Mate[s] >= 0 && !pairs.IsOpen[s] && isAlone);
                (certain, doubtful) = isSame ? (certain + 1, doubtful) : (certain, doubtful + 1);
                if (pairs.Mate[s] >= 0 && !pairs.IsOpen[s])
                {
                    // The group's candidates are its members' in every way.
                    var members = Enumerable.Range(0, candidates.Length).Where(o => pairs.Group[o] == pairs.Group[s]).ToList();
                    var theirs = members.Select(o => pairs.Mate[o]).Order().ToList();
                    Assert.All(ways, w => Assert.Equal(theirs, members.Select(o => w[o]).Order()));
                }
            }
        }

        Assert.True(certain > 500 && doubtful > 500, $"{certain}, {doubtful}");
    }

    private static IEnumerable<int[]> Ways(int[][] candidates, int seeker, int[] taken)
    {
        if (seeker == candidates.Length)
        {
            yield return taken;
            yield break;
        }

        foreach (var candidate in candidates[seeker].Where(c => !taken.Contains(c)).Append(-1))
        {
            foreach (var way in Ways(candidates, seeker + 1, [.. taken, candidate]))
            {
                yield return way;
            }
        }
    }
}
