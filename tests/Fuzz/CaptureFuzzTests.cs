namespace Replay.Fuzz;

/// <summary>Damaged captures, from file to exchanges and shapes: nothing throws, sums hold, memory stays flat.</summary>
public sealed class CaptureFuzzTests
{
    private const long MaxGrowthBytes = 96L << 20;

    [Fact]
    public void SoundCapturesDecode()
    {
        foreach (var seed in SeedCapture.All().Take(2))
        {
            var harness = new DecodeHarness(seed);
            harness.Decode(seed.Bytes);
            Assert.True(harness.Exchanges >= 60, $"{seed.Name}: {harness.Exchanges} exchanges");
        }
    }

    [Fact]
    public void DamagedCapturesNeverThrow()
    {
        var seeds = SeedCapture.All();
        var failures = new Dictionary<string, string>(StringComparer.Ordinal); // one a place in the code
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < FuzzSettings.Cases; i++)
        {
            var number = FuzzSettings.Seed + i;
            var seed = seeds[number % seeds.Count];
            var file = new CaptureMutator(number).Mutate(seed.Bytes);
            try
            {
                new DecodeHarness(seed).Decode(file);
            }
            catch (Exception e)
            {
                failures.TryAdd(PlaceOf(e), $"REPLAY_FUZZ_SEED={number} REPLAY_FUZZ_CASES=1 with {seed.Name}: {e}");
            }
        }

        Assert.True(failures.Count == 0, string.Join("\n\n", failures.Values));
        var growth = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(growth < MaxGrowthBytes, $"memory grew by {growth} bytes over {FuzzSettings.Cases} cases");
    }

    private static string PlaceOf(Exception e) => (e.StackTrace ?? "").Split('\n').FirstOrDefault(l => l.Contains("Replay.", StringComparison.Ordinal)) ?? e.Message;
}
