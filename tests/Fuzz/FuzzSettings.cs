using System.Globalization;

namespace Replay.Fuzz;

/// <summary>How much is tried, and from which seed. Failures name the seed of the one case that failed.</summary>
internal static class FuzzSettings
{
    /// <summary>Cases over all captures; REPLAY_FUZZ_CASES sets it (the soak takes 10,000 a capture's worth and more).</summary>
    public static int Cases { get; } = Number("REPLAY_FUZZ_CASES", 3000);

    /// <summary>Cases through the whole program, which writes a workload for each; REPLAY_FUZZ_PROGRAM_CASES sets it (the soak takes 10,000).</summary>
    public static int ProgramCases { get; } = Number("REPLAY_FUZZ_PROGRAM_CASES", 300);

    /// <summary>The first case's seed, the next one's is one more; REPLAY_FUZZ_SEED sets it.</summary>
    public static int Seed { get; } = Number("REPLAY_FUZZ_SEED", 1);

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
