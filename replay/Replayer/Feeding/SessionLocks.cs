using System.Text.RegularExpressions;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What a statement does to locks that outlive transactions.</summary>
public enum SessionLockUse : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It takes one, or tries to.</summary>
    Takes,

    /// <summary>It gives one up.</summary>
    GivesUp,

    /// <summary>It gives all up.</summary>
    GivesUpAll,
}

/// <summary>Finds and counts them: pg_advisory_lock, GET_LOCK, LOCK TABLES.</summary>
public static partial class SessionLocks
{
    /// <summary>By shape.</summary>
    public static SessionLockUse[] Of(IReadOnlyList<Shape> shapes) => [.. shapes.Select(static s => Of(s.Text, s.Engine))];

    /// <summary>What a statement with a normalised text does.</summary>
    public static SessionLockUse Of(string text, Engine engine) =>
        AllMark().IsMatch(text) ? SessionLockUse.GivesUpAll
        : UnlockMark().IsMatch(text) ? SessionLockUse.GivesUp
        : LockMark().IsMatch(text) || (engine == Engine.MySql && TablesMark().IsMatch(text)) ? SessionLockUse.Takes
        : SessionLockUse.None;

    /// <summary>How many a session has after a statement.</summary>
    public static int Count(int before, SessionLockUse use) => use switch
    {
        SessionLockUse.Takes => before + 1,
        SessionLockUse.GivesUp => Math.Max(0, before - 1),
        SessionLockUse.GivesUpAll => 0,
        _ => before,
    };

    [GeneratedRegex(@"\b(pg_advisory_unlock_all|release_all_locks)\s*\(|^unlock\s+tables?\b|^discard\s+all\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AllMark();

    [GeneratedRegex(@"\b(pg_advisory_unlock|pg_advisory_unlock_shared|release_lock)\s*\(", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex UnlockMark();

    [GeneratedRegex(@"\b(pg_advisory_lock|pg_advisory_lock_shared|pg_try_advisory_lock|pg_try_advisory_lock_shared|get_lock)\s*\(", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LockMark();

    [GeneratedRegex(@"^lock\s+tables?\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex TablesMark();
}
