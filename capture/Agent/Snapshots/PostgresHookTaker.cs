using Replay.Agent.Hosting;
using Replay.Workload;

namespace Replay.Agent.Snapshots;

/// <summary>The user's own command on a PostgreSQL server, with the same evidence as the vendor's tools.</summary>
internal sealed class PostgresHookTaker(SnapshotRequest request, ToolSessions sessions, Reporter reporter, string folder)
    : PostgresTaker(request, sessions, reporter, folder)
{
    protected override async Task<SnapshotInfo> TakeCoreAsync(CancellationToken stop)
    {
        using var psql = PsqlSession.Open(Tools, FirstDatabase);
        var serverVersion = await psql.ValueAsync("SHOW server_version", stop).ConfigureAwait(false);
        var systemIdentifier = await psql.OptionalAsync("SELECT system_identifier FROM pg_control_system()", stop).ConfigureAwait(false);
        var left = await WaitAsync(psql, stop).ConfigureAwait(false);
        IReadOnlyList<string> names = Request.Url.Database is { } one ? [one] : await DatabasesAsync(psql, stop).ConfigureAwait(false);
        var startedAt = DateTimeOffset.UtcNow;
        Reporter.Say("snapshot: the hook");
        var cut = await SnapshotHook.RunAsync(Request, Sessions, Folder, stop).ConfigureAwait(false);
        var databases = new List<SnapshotDatabase>();
        foreach (var name in names)
        {
            databases.Add(await DescribeAsync(
                new SnapshotDatabase { Name = name, File = SnapshotHook.LeftFolder, CutEarliestMicroseconds = cut.Earliest, CutLatestMicroseconds = cut.Latest }, stop).ConfigureAwait(false));
        }

        return new SnapshotInfo
        {
            Tool = Request.Tool,
            ToolVersion = SnapshotHook.Name(Request.Command!),
            Engine = Engine.PostgreSql,
            ServerVersion = serverVersion,
            SystemIdentifier = systemIdentifier,
            StartedAt = startedAt,
            EndedAt = DateTimeOffset.UtcNow,
            CutEarliestMicroseconds = cut.Earliest,
            CutLatestMicroseconds = cut.Latest,
            Databases = databases,
            Roles = await RolesAsync(psql, stop).ConfigureAwait(false),
            OpenTransactionsLeft = left,
        };
    }
}
