using System.Globalization;

namespace Replay.Network.Tests;

/// <summary>Seeds for tests by chance: the same each time, or one that REPLAY_FUZZ_SEED names.</summary>
internal static class Seeds
{
    public static IEnumerable<(int Seed, Random Random)> Of(int rounds)
    {
        bool isGiven = int.TryParse(Environment.GetEnvironmentVariable("REPLAY_FUZZ_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out int given);
        return Enumerable.Range(isGiven ? given : 1, isGiven ? 1 : rounds).Select(seed => (seed, new Random(seed)));
    }
}
