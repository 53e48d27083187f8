namespace Replay.Fuzz.Network;

/// <summary>Runs numbered cases and names the seed of the first that fails.</summary>
internal static class Cases
{
    public static void Run(int count, Action<Random> one)
    {
        for (int i = 0; i < count; i++)
        {
            int seed = FuzzSettings.Seed + i;
            try
            {
                one(new Random(seed));
            }
            catch (Exception e)
            {
                Assert.Fail($"REPLAY_FUZZ_SEED={seed} REPLAY_FUZZ_CASES=1: {e}");
            }
        }
    }
}
