using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Takes over a MariaDB server that was started on a physical copy, or a server that the user's own command has filled. That it is a copy is told by an
/// empty schema, whose folder laying the copy left.
/// </summary>
internal sealed class MySqlPhysicalRestorer(WorkloadReader reader, SnapshotInfo snapshot, RestoreOptions options, TargetUrl url, Progress progress)
    : MySqlRestorer(reader, snapshot, options, url, progress)
{
    protected override async Task PutAsync(TargetControl control, TargetFacts facts, CancellationToken cancellation)
    {
        if (!PhysicalCopy.IsPhysical(Snapshot))
        {
            await RestoreHook.RunAsync(Options, Snapshot, SnapshotFolder, Url, cancellation);
            facts = await control.ReadFactsAsync();
        }
        else if (Options.Reset && facts.Databases.Values.Any(mark => mark?.Workload == Mark.Workload))
        {
            throw new CommandException(
                "a physical copy is put back by stopping the server, laying the copy anew (--data-directory DIR) and starting it; 'upgrade' takes a command for that as a side's 'reset'");
        }
        else
        {
            await CheckCopyAsync(control, facts);
        }

        if (Schemas.FirstOrDefault(s => !facts.Databases.ContainsKey(s)) is { } missing)
        {
            throw new CommandException($"the target has no database '{missing}', which is in the snapshot; is it a server on the copy?");
        }
    }

    private async Task CheckCopyAsync(TargetControl control, TargetFacts facts)
    {
        var schema = PhysicalCopy.ConsentSchema(Mark.Workload);
        if (facts.Databases.ContainsKey(schema))
        {
            await control.QueryAsync($"DROP DATABASE {MySqlNames.Quote(schema)}", "taking the copy over");
            return;
        }

        var (captured, target) = (ServerVersion.Of(Engine.MySql, Snapshot.ServerVersion).Series, ServerVersion.Of(Engine.MySql, facts.ServerVersion).Series);
        throw new CommandException(captured == target
            ? $"the target does not run on a copy of this workload's snapshot; lay it into an empty folder by --data-directory DIR and start MariaDB {captured} on it"
            : $"the snapshot is a copy of MariaDB {captured}'s files; lay it into an empty folder by --data-directory DIR, and start MariaDB {captured} on it, or {target} with mariadb-upgrade after it; or capture with --snapshot mariadb-dump");
    }
}
