using System.Globalization;

namespace Replay.Agent.Snapshots;

/// <summary>How PostgreSQL's tools are called: login by the environment, never by the command line.</summary>
internal sealed class PostgresTools
{
    private readonly SnapshotRequest _request;
    private readonly ToolSessions _sessions;
    private readonly Dictionary<string, string> _environment;

    public PostgresTools(SnapshotRequest request, ToolSessions sessions)
    {
        (_request, _sessions) = (request, sessions);
        var url = request.Url;
        Server = ["-h", url.Host, "-p", url.Port.ToString(CultureInfo.InvariantCulture), "-U", url.User];
        _environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["PGAPPNAME"] = sessions.ApplicationName, ["PGCONNECT_TIMEOUT"] = "10", ["LC_ALL"] = "C.UTF-8" };
        if (url.Password is not null)
        {
            _environment["PGPASSWORD"] = url.Password;
        }

        if (url.SslMode is not null)
        {
            _environment["PGSSLMODE"] = url.SslMode;
        }
    }

    /// <summary>The options that name the server and the user.</summary>
    public IReadOnlyList<string> Server { get; }

    /// <summary>Starts a tool.</summary>
    public ToolProcess Start(string tool, IEnumerable<string> arguments) =>
        ToolProcess.Start(ToolProcess.Find(tool, _request.ToolFolder), arguments, _environment, _sessions);

    /// <summary>Runs a tool to its end.</summary>
    public Task<string> RunAsync(string tool, IEnumerable<string> arguments, CancellationToken stop, Action<string>? said = null) =>
        ToolProcess.RunAsync(ToolProcess.Find(tool, _request.ToolFolder), arguments, _environment, _sessions, null, stop, said);

    /// <summary>A tool's version as it says it: <c>pg_dump (PostgreSQL) 18.0</c>.</summary>
    public async Task<string> VersionAsync(string tool, CancellationToken stop) => (await RunAsync(tool, ["--version"], stop).ConfigureAwait(false)).Trim();
}
