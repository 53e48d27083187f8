using System.Globalization;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Runs that are played again because the replayer's own lag, and nothing else, makes them unfit: that is the host's doing, and another time it may not be. They are chosen by lag and never by
/// latency, so that neither side is favoured; each is kept beside the one that takes its place, and that one says so.
/// </summary>
public sealed class LateRuns(int allowed, Progress progress)
{
    private int _left = allowed;

    /// <summary>Whether what is played now takes the place of a late run.</summary>
    public bool IsRepeating => Remark is not null;

    /// <summary>What the run that is played now has to say of the one whose place it takes; null: it is the first.</summary>
    public string? Remark { get; private set; }

    /// <summary>Whether runs that have just been played, one or a pair, are to be played again; moves them out of the way then.</summary>
    public bool IsToRepeat(params ReadOnlySpan<string> folders)
    {
        string? reason = null;
        foreach (var folder in folders)
        {
            using var run = RunReader.Open(folder);
            var fitness = run.Manifest.Fitness;
            if (!fitness.Fit && fitness.Gates is not [Certificate.OwnLagGate])
            {
                return Go(); // another time would not help
            }

            reason ??= fitness.Reasons is [var first, ..] ? first : null;
        }

        if (reason is null || _left == 0)
        {
            return Go();
        }

        _left--;
        var kept = "";
        foreach (var folder in folders)
        {
            kept = FreeName(folder);
            Directory.Move(folder, kept);
        }

        Remark = $"played again, because the run before it ({Path.GetFileName(kept)}) was unfit for the replayer's own lag alone: {reason}";
        progress.Say($"{Path.GetFileName(folders[0])} is played again: {reason}");
        return true;
    }

    private bool Go()
    {
        Remark = null;
        return false;
    }

    // A1.run -> A1-late1.run
    private static string FreeName(string folder)
    {
        var stem = Path.Combine(Path.GetDirectoryName(folder)!, Path.GetFileNameWithoutExtension(folder));
        for (var i = 1; ; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{stem}-late{i}.run");
            if (!Directory.Exists(name))
            {
                return name;
            }
        }
    }
}
