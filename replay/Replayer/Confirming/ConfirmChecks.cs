namespace Replay.Replayer;

/// <summary>What a run asks of a target, as far as it matters to who executes single statements and leaves nothing behind.</summary>
internal static class ConfirmChecks
{
    /// <summary>Checks; the server's version. A <see cref="CommandException"/> says what was refused and what helps.</summary>
    public static async Task<string> CheckAsync(GuardDemand demand, IReadOnlySet<string> force, Progress progress, CancellationToken interrupted)
    {
        var (facts, all) = await TargetGuards.CheckAsync(demand, interrupted);
        var guards = all.Where(g => g.Name is "engine" or "source" or "databases" or "users").ToList();
        TargetGuards.Enforce(guards, force);
        foreach (var guard in guards.Where(g => g.Level == GuardLevel.Warning))
        {
            progress.Warn($"{demand.Target}: {guard.Text}");
        }

        return facts.ServerVersion;
    }
}
