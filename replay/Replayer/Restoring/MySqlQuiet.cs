namespace Replay.Replayer;

/// <summary>
/// What changes a target by itself: events, and replication. Neither is on the wire, so neither is replayed, and on the target both would come in between.
/// </summary>
internal sealed class MySqlQuiet(TargetControl control, Progress progress)
{
    /// <summary>How many events are enabled on a server whose scheduler runs them; 0 if none would run.</summary>
    public static async Task<int> EventsAsync(TargetControl control)
    {
        var scheduler = await control.TryAsync("SELECT @@GLOBAL.event_scheduler");
        if (scheduler.Scalar is not ("ON" or "1"))
        {
            return 0;
        }

        // sys_ and the like have none.
        var events = await control.TryAsync("SELECT COUNT(*) FROM information_schema.events WHERE status = 'ENABLED'");
        return int.TryParse(events.Scalar, out var count) ? count : 0;
    }

    /// <summary>Whether the server follows another one; null if the user may not know.</summary>
    public static async Task<bool?> IsReplicaAsync(TargetControl control)
    {
        // The first is known from MySQL 8.0.22 and MariaDB 10.5 on; a channel that is stopped changes nothing.
        var status = await control.TryAsync("SHOW REPLICA STATUS");
        status = status.Succeeded ? status : await control.TryAsync("SHOW SLAVE STATUS");
        return status.Succeeded ? status.Rows.Any(row => row.Any(value => value is "Yes" or "Connecting" or "Preparing")) : null;
    }

    /// <summary>Turns the scheduler off, and refuses a replica.</summary>
    public async Task MakeQuietAsync()
    {
        if (await IsReplicaAsync(control) == true)
        {
            throw new CommandException($"{control.Url} is a replica of another server, which would change the data between runs; STOP REPLICA (older: STOP SLAVE) there first");
        }

        var off = await control.TryAsync("SET GLOBAL event_scheduler = OFF");
        if (!off.Succeeded && (await control.TryAsync("SELECT @@GLOBAL.event_scheduler")).Scalar is "ON" or "1")
        {
            progress.Warn($"the target's event scheduler is on and could not be turned off ({off.ErrorMessage}): events that are restored will run; start the server with --event-scheduler=OFF");
        }
    }
}
