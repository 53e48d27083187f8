using System.Globalization;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>How the ids of an insert of several rows follow each other: in production, and on the target.</summary>
/// <param name="Captured">Production's; null if the snapshot does not tell.</param>
/// <param name="Target">Those of the target's new sessions.</param>
/// <param name="MaySet">Whether the target's user may set them for a session.</param>
public sealed record MySqlSeries(AutoIncrementSeries? Captured, AutoIncrementSeries Target, bool MaySet = true)
{
    /// <summary>Nothing is known, and the target's are the defaults.</summary>
    public static MySqlSeries Usual { get; } = new(null, new AutoIncrementSeries(1, 1));

    /// <summary>Asks the target, once; a <see cref="CommandException"/> if it does not say.</summary>
    /// <param name="control">Tries what the sessions are to do too.</param>
    /// <param name="captured">Production's; null if not known.</param>
    /// <param name="warn">Is told why only first ids will be certain.</param>
    public static async Task<MySqlSeries> ReadAsync(TargetControl control, AutoIncrementSeries? captured, Action<string> warn)
    {
        var row = (await control.QueryAsync("SELECT @@auto_increment_increment, @@auto_increment_offset", "reading auto_increment_increment")).Rows[0];
        var target = new AutoIncrementSeries(int.Parse(row[0]!, CultureInfo.InvariantCulture), int.Parse(row[1]!, CultureInfo.InvariantCulture));
        if (captured is null)
        {
            if (target.Increment != 1)
            {
                warn($"auto_increment_increment is {target.Increment} on the target, and what it was in production the snapshot does not say: of inserts of several rows only the first id is certain; set it on the target as it was in production");
            }

            return new MySqlSeries(null, target);
        }

        if (captured.GoesLike(target))
        {
            return new MySqlSeries(captured, target);
        }

        // MySQL before 8.0.18 asks for a privilege. Asked here, so that no session's INSERT_ID is refused with it.
        var set = await control.TryAsync($"SET {Assignments(captured)}");
        if (!set.Succeeded)
        {
            warn($"the target's user may not SET {Assignments(captured)}, so of inserts of several rows only the first gets production's id: set these on the target (SET GLOBAL), or give the user SESSION_VARIABLES_ADMIN: {set.ErrorMessage}");
        }

        return new MySqlSeries(captured, target, set.Succeeded);
    }

    /// <summary>Whether the ids that followed this one are known: by production's step, or, where that is not known, by the default, which the target has too.</summary>
    public bool Knows(ulong firstId) => Captured?.Has(firstId) ?? Target.Increment == 1;

    /// <summary>What sets a session's.</summary>
    public static string Assignments(AutoIncrementSeries series) =>
        string.Create(CultureInfo.InvariantCulture, $"auto_increment_increment={series.Increment},auto_increment_offset={series.Offset}");
}
