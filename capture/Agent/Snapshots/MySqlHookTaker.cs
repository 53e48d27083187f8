using Replay.Agent.Hosting;
using Replay.Workload;

namespace Replay.Agent.Snapshots;

/// <summary>The user's own command on a MySQL or MariaDB server, with the same evidence as the vendor's tools.</summary>
internal sealed class MySqlHookTaker(SnapshotRequest request, ToolSessions sessions, Reporter reporter, string folder)
    : MySqlTaker(request, sessions, reporter, folder)
{
    protected override async Task<SnapshotInfo> TakeCoreAsync(CancellationToken stop)
    {
        using var tools = await MySqlTools.FindAsync(Request, Sessions, stop).ConfigureAwait(false);
        var server = (await tools.QueryAsync("SELECT VERSION()", stop).ConfigureAwait(false))[0];
        var isMariaDb = ServerVersion.Of(Engine.MySql, server).IsMariaDb;
        var left = await WaitAsync(tools, stop).ConfigureAwait(false);
        string[] databases = Request.Url.Database is { } one ? [one] : await DatabasesAsync(tools, stop).ConfigureAwait(false);
        var startedAt = DateTimeOffset.UtcNow;
        Reporter.Say("snapshot: the hook");
        var before = await AutoIncrementsAsync(tools, stop).ConfigureAwait(false);
        var cut = await SnapshotHook.RunAsync(Request, Sessions, Folder, stop).ConfigureAwait(false);
        await PositionsAsync(before, await AutoIncrementsAsync(tools, stop).ConfigureAwait(false), stop).ConfigureAwait(false);
        return new SnapshotInfo
        {
            Tool = Request.Tool,
            ToolVersion = SnapshotHook.Name(Request.Command!),
            Engine = Engine.MySql,
            ServerVersion = server,
            SystemIdentifier = isMariaDb ? null : (await OptionalAsync(tools, "SELECT @@server_uuid", stop).ConfigureAwait(false)).FirstOrDefault(),
            StartedAt = startedAt,
            EndedAt = DateTimeOffset.UtcNow,
            CutEarliestMicroseconds = cut.Earliest,
            CutLatestMicroseconds = cut.Latest,
            Databases = [.. databases.Select(name => Describe(name, SnapshotHook.LeftFolder, new CutMoment(cut.Earliest, cut.Latest), before))],
            Roles = await AccountsAsync(tools, stop).ConfigureAwait(false),
            OpenTransactionsLeft = left,
            BinlogPosition = CopyPosition(),
            CommitsInLogOrder = await CommitsInLogOrderAsync(tools, isMariaDb, stop).ConfigureAwait(false),
            AutoIncrement = await AutoIncrementSeriesAsync(tools, stop).ConfigureAwait(false),
        };
    }
}
